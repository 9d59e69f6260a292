"""To whom a chat can be given: colleagues, with how they stand, and positions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from agents.models import Agent, Position
from agents.realtime.presence import who_is_here
from inbox.models import Chat
from workspaces.refusals import Refused
from workspaces.tenancy.search_path import current_schema

TURN = "turn"
POSITION = "position:"


@dataclass(frozen=True, slots=True)
class Colleague:
    agent: Agent
    here: bool
    # None: who asks is shown their own chats alone, and no numbers of others'.
    open_chats: int | None

    @property
    def state(self) -> str:
        """A dot of status.css."""
        if self.agent.availability == Agent.Availability.OFF:
            return "off"
        if self.is_away:
            return "away" if self.here else "off"
        return "on" if self.agent.can_receive_new_chats else "away"

    @property
    def is_away(self) -> bool:
        return not self.here or self.agent.is_idle or self.agent.availability == Agent.Availability.AWAY

    @property
    def words(self) -> str:
        if self.agent.availability == Agent.Availability.OFF:
            return "Off"
        if self.is_away:
            return "Away"
        return "Here" if self.agent.can_receive_new_chats else "Here, takes no new chats"

    @property
    def load(self) -> str:
        if self.open_chats is None:
            return ""
        limit = self.agent.limit
        return f"{self.open_chats} of {limit}" if limit is not None else f"{self.open_chats} open"


def taking_chats() -> QuerySet[Agent]:
    return Agent.objects.active().exclude(role=Agent.Role.VIEWER).with_person()


def colleagues_for(asker: Agent, *, but: Agent | None = None) -> list[Colleague]:
    """Who takes chats: those who are here come first."""
    here = who_is_here(current_schema())
    agents = list(taking_chats().exclude(pk=(but or asker).pk).order_by("user__first_name", "user__last_name"))
    numbers = open_chats_of(agents) if asker.can("messages.view") else None
    found = [
        Colleague(agent, agent.pk in here, numbers.get(agent.pk, 0) if numbers is not None else None)
        for agent in agents
    ]
    return sorted(found, key=lambda one: ({"on": 0, "away": 1, "off": 2}[one.state], not one.here))


def open_chats_of(agents: list[Agent]) -> dict[UUID, int]:
    counts = Chat.objects.open().filter(assigned_to__in=agents).order_by().values_list("assigned_to")
    return dict(counts.annotate(number=Count("*")))


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


def overload(agent: Agent, asker: Agent) -> str:
    """A warning, where by hand somebody has more chats than are dealt to them; nothing, if not."""
    if agent.limit is None:
        return ""
    number = Chat.objects.open().filter(assigned_to=agent).count()
    if number <= agent.limit:
        return ""
    who = "You have" if agent.pk == asker.pk else f"{agent.name} has"
    if agent.pk != asker.pk and not asker.can("messages.view"):
        return f"{who} more chats than are dealt to them."
    whom = "you" if agent.pk == asker.pk else "them"
    return f"{who} {number} chats now; no more than {agent.limit} are dealt to {whom}."
