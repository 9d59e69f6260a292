"""To whom a chat can be given: colleagues, with how they stand, and positions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from agents.availability import Standing, standing_of
from agents.models import Agent, Position
from agents.teams import Load, here_with, loads_of
from workspaces.refusals import Refused

TURN = "turn"
POSITION = "position:"


DOTS = ["on", "away", "off"]


@dataclass(frozen=True, slots=True)
class Colleague:
    agent: Agent
    standing: Standing
    # None: who asks is shown their own chats alone, and no numbers of others'.
    load: Load | None

    @property
    def place(self) -> tuple[int, bool]:
        """Who is online and has room comes first."""
        return DOTS.index(self.standing.dot), bool(self.load and self.load.is_full)


def taking_chats() -> QuerySet[Agent]:
    return Agent.objects.active().exclude(role=Agent.Role.VIEWER).with_person()


def colleagues_for(asker: Agent, *, but: Agent | None = None) -> list[Colleague]:
    here = here_with(asker)
    agents = list(taking_chats().exclude(pk=(but or asker).pk).order_by("user__first_name", "user__last_name"))
    loads = loads_of(agents, seen_by=asker)
    found = [Colleague(agent, standing_of(agent, is_here=agent.pk in here), loads.get(agent.pk)) for agent in agents]
    return sorted(found, key=lambda one: one.place)


def positions_with_people() -> QuerySet[Position]:
    holders = taking_chats().filter(position=OuterRef("pk")).select_related(None).order_by()
    return Position.objects.filter(Exists(holders)).order_by("name")


def target_asked(text: str) -> Agent | Position | None:
    """An agent's id, position:<id>, or the turn."""
    if text == TURN:
        return None
    is_position = text.startswith(POSITION)
    among: QuerySet[Any] = Position.objects.all() if is_position else Agent.objects.with_person()
    try:
        found: Agent | Position | None = among.filter(pk=UUID(text.removeprefix(POSITION))).first()
    except ValueError:
        found = None
    if found is None:
        raise Refused(f"This {'position' if is_position else 'colleague'} is no longer here.")
    return found
