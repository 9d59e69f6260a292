"""Who works here at the moment, at a glance."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, When
from django.utils.module_loading import import_string

from agents.availability import shown_online
from agents.models import Agent
from agents.realtime.presence import who_is_here
from workspaces.models import UserPreferences
from workspaces.tenancy.search_path import current_schema

SHOWN = 8
# Chats lie above this app: who counts them is named, not imported.
COUNTER = "inbox.loads.open_chats"


@dataclass(frozen=True, slots=True)
class Load:
    """How many open chats somebody has, of how many at most."""

    number: int
    limit: int | None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.number >= self.limit

    def __str__(self) -> str:
        return str(self.number) if self.limit is None else f"{self.number} of {self.limit}"


@dataclass(frozen=True)
class Team:
    # The first few; the numbers count everybody.
    shown: list[Agent]
    active: int
    online: int
    here: set[UUID]

    @property
    def more(self) -> int:
        return self.active - len(self.shown)


def team_now(agent: Agent) -> Team:
    """Who is online comes first, and oneself before all: one's own name is where one looks."""
    here = here_with(agent)
    online = shown_online(here)
    place = Case(When(pk=agent.pk, then=0), When(online, then=1), default=2)
    active = Agent.objects.active().with_person().order_by(place, "user__first_name", "pk")
    return Team(list(active[:SHOWN]), active.count(), Agent.objects.filter(online).count(), here)


def here_with(agent: Agent) -> set[UUID]:
    """Who has a page open; oneself, who looks at one, is here."""
    return who_is_here(current_schema()) | {agent.pk}


def loads_of(agents: Iterable[Agent], *, seen_by: Agent) -> dict[UUID, Load]:
    """Of colleagues only for who may read all chats."""
    shown = [agent for agent in agents if agent.pk == seen_by.pk or seen_by.can("messages.view")]
    numbers: dict[UUID, int] = import_string(COUNTER)([agent.pk for agent in shown])
    return {agent.pk: Load(numbers[agent.pk], agent.limit) for agent in shown}


def sees_contact(viewer: Agent, agent: Agent) -> bool:
    """As the person wishes: everybody in their workspaces, or only who manages members."""
    if viewer.pk == agent.pk or viewer.can("members.manage"):
        return True
    return agent.user.preferences.privacy_profile_visibility == UserPreferences.Visibility.PUBLIC
