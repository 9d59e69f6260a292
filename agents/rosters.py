"""Members and invitations as the page about them shows them, with what this agent may do to each."""

from dataclasses import dataclass

from agents.models import Agent, Position
from workspaces.models import Invitation, Membership, Role, Workspace


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


def members_of(workspace: Workspace, *, seen_by: Agent, membership: Membership) -> list[Member]:
    agents = {agent.user_id: agent for agent in Agent.objects.select_related("position")}
    may = seen_by.can("members.manage")
    return [
        Member(found, agents.get(found.user_id), roles_for(found, by=membership) if may else [])
        for found in workspace.memberships.with_person().order_by("user__first_name", "user__last_name", "pk")
    ]


def roles_for(found: Membership, *, by: Membership) -> list[tuple[str, str]]:
    if found.is_owner or found.user_id == by.user_id or not by.outranks(found.role):
        return []
    return [(value, label) for value, label in Role.grantable() if by.outranks(value)]


def guests_of(workspace: Workspace, *, seen_by: Agent, membership: Membership) -> list[Guest]:
    names = dict(Position.objects.values_list("slug", "name"))
    may = seen_by.can("members.manage")
    return [
        Guest(found, names.get(found.position, "Agent"), may and membership.outranks(found.role))
        for found in workspace.invitations.pending().select_related("invited_by")
    ]
