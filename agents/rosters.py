"""Members and invitations as the page about them shows them, with what this agent may do to each."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef

from agents.models import Agent, Position
from workspaces.models import Invitation, Mail, Membership, Role, Workspace

SIZE = 50


@dataclass(frozen=True)
class Member:
    membership: Membership
    agent: Agent | None
    # The roles this agent may give them; none where they may not touch the membership at all.
    roles: list[tuple[str, str]]

    @property
    def handled(self) -> bool:
        return bool(self.roles)


@dataclass(frozen=True)
class Guest:
    invitation: Invitation
    position: str
    handled: bool
    # The mail server has refused it so far; what waits is tried again by itself.
    unsent: bool


def members_of(
    workspace: Workspace, *, seen_by: Agent, membership: Membership, query: str = "", number: int | str = 1
) -> tuple[list[Member], Page[Membership]]:
    """One page of them, by name."""
    named = workspace.memberships.named(query).with_person().order_by("user__first_name", "user__last_name", "pk")
    page = Paginator(named, SIZE).get_page(number)
    agents = {agent.user_id: agent for agent in Agent.objects.filter(user__in=[found.user_id for found in page])}
    may = seen_by.can("members.manage")
    shown = [Member(found, agents.get(found.user_id), roles_for(found, by=membership) if may else []) for found in page]
    return shown, page


def roles_for(found: Membership, *, by: Membership) -> list[tuple[str, str]]:
    if found.is_owner or found.user_id == by.user_id or not by.outranks(found.role):
        return []
    return [(value, label) for value, label in Role.grantable() if by.outranks(value)]


def guests_of(workspace: Workspace, *, seen_by: Agent, membership: Membership) -> list[Guest]:
    names = dict(Position.objects.values_list("slug", "name"))
    may = seen_by.can("members.manage")
    unsent = Exists(Mail.objects.troubled().filter(to=OuterRef("email")))
    return [
        Guest(
            found,
            names.get(found.position, "Agent"),
            handled=may and membership.outranks(found.role),
            unsent=found.unsent,
        )
        for found in workspace.invitations.pending().select_related("invited_by").annotate(unsent=unsent)
    ]
