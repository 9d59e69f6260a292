"""One page of a box, with all that its rows show: a fixed number of queries, however many chats there are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, JSONObject, Left
from django.utils.timezone import now

from agents.models import Agent
from inbox.models import Chat, ChatLabel, ChatRead, Draft, Mention
from inbox.people import People
from inbox.rows import FIELDS, TEXT, Row, people_in, row_of
from workspaces.paging import read_key

SIZE = 50
# More than anybody has before him at once.
MOST = 200
SORTS = {"newest": "Newest first", "oldest": "Oldest first", "waiting": "Longest waiting first"}
# Marks the key of a page behind all who wait.
REST = "~"

Key = tuple[datetime, UUID]


@dataclass(frozen=True)
class ListPage:
    rows: list[Row] = field(default_factory=list)
    # The key of the page after this one.
    next: str = ""


def page_of(
    chats: QuerySet[Chat],
    agent: Agent,
    *,
    sort: str = "newest",
    after: str = "",
    size: int = SIZE,
    people: People | None = None,
) -> ListPage:
    found, following = _found(chats, agent, sort, after, size)
    return ListPage(_shown(found, agent, sort, people), following)


def rows_of(chats: QuerySet[Chat], agent: Agent, ids: Iterable[UUID], *, sort: str = "newest") -> list[Row]:
    """Those of these that lie in the box."""
    return _shown(list(_filled(chats.filter(pk__in=list(ids)[:MOST]), agent)), agent, sort, None)


def _shown(found: list[dict[str, Any]], agent: Agent, sort: str, people: People | None) -> list[Row]:
    known, moment = people or people_in(found), now()
    return [row_of(values, known, agent, sort, moment) for values in found]


def _found(chats: QuerySet[Chat], agent: Agent, sort: str, after: str, size: int) -> tuple[list[dict[str, Any]], str]:
    if sort == "waiting":
        return _by_waiting(chats, agent, after, size)
    ordered = _ordered(chats, "last_message_at", read_key(after), down=sort != "oldest")
    found = _first(ordered, agent, size + 1)
    return found[:size], _key(found[size - 1], "last_message_at") if len(found) > size else ""


def _by_waiting(chats: QuerySet[Chat], agent: Agent, after: str, size: int) -> tuple[list[dict[str, Any]], str]:
    """Who waits, the longest first; behind them who does not, the newest first."""
    found: list[dict[str, Any]] = []
    behind = after.startswith(REST)
    if not behind:
        waiting = _ordered(chats, "waiting_since", read_key(after), down=False)
        found = _first(waiting, agent, size + 1)
        if len(found) > size:
            return found[:size], _key(found[size - 1], "waiting_since")
    key = read_key(after.removeprefix(REST)) if behind else None
    rest = _ordered(chats.filter(waiting_since=None), "last_message_at", key, down=True)
    shown = size - len(found)
    others = _first(rest, agent, shown + 1)
    rows = [*found, *others[:shown]]
    if len(others) <= shown:
        return rows, ""
    return rows, REST + (_key(others[shown - 1], "last_message_at") if shown else "")


def _key(values: dict[str, Any], by: str) -> str:
    return f"{values[by].isoformat()}_{values['id']}"


def _ordered(chats: QuerySet[Chat], by: str, key: Key | None, *, down: bool) -> QuerySet[Chat]:
    if key:
        moment, pk = key
        side = "lt" if down else "gt"
        chats = chats.filter(
            Q(**{f"{by}__{side}e": moment}) & (Q(**{f"{by}__{side}": moment}) | Q(**{f"id__{side}": pk}))
        )
    sign = "-" if down else ""
    return chats.exclude(**{by: None}).order_by(f"{sign}{by}", f"{sign}id")


def _first(ordered: QuerySet[Chat], agent: Agent, size: int) -> list[dict[str, Any]]:
    """Which they are is found first: where an index has what is asked, no row is read that is not shown."""
    found = Chat.objects.filter(pk__in=ordered.values("pk")[:size]).order_by(*ordered.query.order_by)
    return list(_filled(found, agent))


def _filled(chats: QuerySet[Chat], agent: Agent) -> QuerySet[Chat, dict[str, Any]]:
    """Values, not models: fifty rows of four models each cost more than their query."""
    return chats.annotate(**_besides(agent.pk)).values(*FIELDS)


@lru_cache(maxsize=1024)
def _besides(agent: UUID) -> dict[str, Any]:
    """Expressions, not rows: to put them together takes as long as ten rows take."""
    labels = ChatLabel.objects.filter(chat=OuterRef("pk")).order_by("label__name")
    drafts = Draft.objects.filter(chat=OuterRef("pk"), agent=agent).order_by("-updated_at")
    return {
        "text": Left("last_message__text", TEXT),
        "unread": unread_for(agent),
        "draft": Subquery(drafts.values(words=Left("text", TEXT))[:1]),
        "mentioned": Exists(Mention.objects.unseen().filter(chat=OuterRef("pk"), agent=agent)),
        "labels_shown": ArraySubquery(labels.values(json=JSONObject(name="label__name", colour="label__colour"))),
    }


def unread_for(agent: Agent | UUID) -> Greatest:
    seen = ChatRead.objects.filter(chat=OuterRef("pk"), agent=agent).values("incoming_seen")
    return Greatest(F("incoming_count") - Coalesce(Subquery(seen, IntegerField()), Value(0)), Value(0))
