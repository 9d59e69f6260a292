"""Who works here at the moment, at a glance."""

from dataclasses import dataclass

from django.db.models import Case, When

from agents.models import Agent
from workspaces.models import UserPreferences

SHOWN = 8


@dataclass(frozen=True)
class Team:
    # The first few; the numbers count everybody.
    shown: list[Agent]
    active: int
    receiving: int

    @property
    def more(self) -> int:
        return self.active - len(self.shown)


def team_now(agent: Agent) -> Team:
    """Who receives chats comes first, and oneself before all: one's own name is where one looks."""
    oneself = Case(When(pk=agent.pk, then=0), default=1)
    active = Agent.objects.active().with_person().order_by(oneself, "-can_receive_new_chats", "user__first_name", "pk")
    return Team(list(active[:SHOWN]), active=active.count(), receiving=Agent.objects.receiving().count())


def sees_contact(viewer: Agent, agent: Agent) -> bool:
    """As the person wishes: everybody in their workspaces, or only who manages members."""
    if viewer.pk == agent.pk or viewer.can("members.manage"):
        return True
    return agent.user.preferences.privacy_profile_visibility == UserPreferences.Visibility.PUBLIC
