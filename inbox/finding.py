"""What was searched for, in the chat where it was found: its address says so (`find`, and `alike` where only words that
are written alike were found), and as long as it does, the words are marked and one goes from hit to hit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, QueryDict

from agents.models import Agent
from inbox.models import Chat
from inbox.search import IN_CHAT, TooMuch, find_in_chat
from inbox.search_words import Asked, places_in, read


@dataclass(frozen=True, slots=True)
class Sought:
    """The words to mark."""

    words: tuple[str, ...]
    alike: bool = False

    def places(self, text: str) -> list[tuple[int, int]]:
        return places_in(text, self.words, alike=self.alike)


@dataclass(frozen=True, slots=True)
class Finding:
    text: str
    alike: bool
    # As they are read; empty also where looking for them took too long.
    hits: list[UUID]
    here: UUID | None
    # Others are before these.
    and_more: bool = False

    @property
    def number(self) -> int:
        return self.hits.index(self.here) + 1 if self.here in self.hits else 0

    @property
    def query(self) -> str:
        """What addresses within this chat go on with."""
        return query_of(self.text, alike=self.alike)

    @property
    def before(self) -> UUID:
        """Around the end, as a browser's own search goes."""
        return self.hits[max(self.number - 1, 0) - 1]

    @property
    def after(self) -> UUID:
        return self.hits[self.number % len(self.hits)]


def query_of(text: str, *, alike: bool) -> str:
    return urlencode({"find": text} | ({"alike": "on"} if alike else {}))


def sought_by(request: HttpRequest) -> Sought | None:
    """By the page itself, or by one that asks for a part of it."""
    query: Mapping[str, Any] = request.GET
    if "find" not in query:
        page = request.headers.get("HX-Current-URL", "")
        if "find=" not in page:
            return None
        query = QueryDict(page.partition("?")[2].partition("#")[0])
    words = words_in(query.get("find", ""))
    return Sought(words, "alike" in query) if words else None


@lru_cache(maxsize=256)
def words_in(text: str) -> tuple[str, ...]:
    return tuple(read(text).words)


def finding_of(query: Mapping[str, str], chat: Chat, agent: Agent) -> Finding | None:
    asked = read(query.get("find", ""))
    if not asked.words:
        return None
    alike = "alike" in query
    hits = hits_in(asked, chat, agent, alike=alike)
    shown = hits[-IN_CHAT:]
    here = next((pk for pk in shown if str(pk) == query.get("around", "").lower()), None)
    return Finding(asked.text, alike, shown, here, and_more=len(hits) > IN_CHAT)


def hits_in(asked: Asked, chat: Chat, agent: Agent, *, alike: bool) -> list[UUID]:
    try:
        return find_in_chat(asked, chat, agent, alike=alike)
    except TooMuch:
        return []
