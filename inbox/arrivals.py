"""Chats for which somebody is to be found; those to which customers write, before the transaction ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from agents.models import Agent
from agents.realtime.presence import DEALING
from inbox.models import Chat
from workspaces import bells
from workspaces.tenancy.search_path import current_schema


@dataclass(frozen=True, slots=True)
class Arrival:
    """Of a held chat, as it stood before."""

    chat: Chat
    # The first word ever, or the first since it was closed or snoozed: the rules are asked.
    begins: bool
    words: str

    @property
    def is_returning(self) -> bool:
        return self.chat.last_message_at is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """A held chat that is to have somebody."""

    chat: Chat
    # Whose it was, and is again if they are in turn.
    own: UUID | None = None
    # Whom a rule names, and its name.
    agent: UUID | None = None
    rule: str = ""
    # Who has just given it back; who does so because they go may have it again once they are back.
    but: UUID | None = None
    goes: bool = False
    # Whose doing it is, with their words.
    by: Agent | None = None
    why: str = ""

    @property
    def is_told(self) -> bool:
        """A rule, or a colleague, says whose it shall be."""
        return bool(self.agent or self.chat.team_id)


class Arrived:
    """Waits in the list of what is done on commit, so that a savepoint that is undone takes it along."""

    def __init__(self, arrivals: list[Arrival]) -> None:
        self.schema, self.arrivals = current_schema(), arrivals

    def __call__(self) -> None:
        if self.arrivals:
            bells.ring(DEALING, self.schema)


def look_again() -> None:
    """Somebody may have room now, or somebody may wait."""
    bells.ring_on_commit(DEALING, current_schema())


def note_arrivals(arrivals: Iterable[Arrival]) -> None:
    if found := list(arrivals):
        transaction.on_commit(Arrived(found))


def take_arrivals() -> dict[str, list[Arrival]]:
    """By schema; each chat once, as it was first seen."""
    taken: dict[str, dict[object, Arrival]] = {}
    for _, hook, _ in transaction.get_connection().run_on_commit:
        if isinstance(hook, Arrived):
            for arrival in hook.arrivals:
                taken.setdefault(hook.schema, {}).setdefault(arrival.chat.pk, arrival)
            hook.arrivals = []
    return {schema: list(taken[schema].values()) for schema in sorted(taken)}
