"""Members of the workspace, by an agent whose position allows it; the platform's own rules on roles come below."""

from agents.actions.positions import require, require_reach
from agents.models import Agent, Position
from workspaces.actions import invitations, memberships
from workspaces.models import Invitation, Membership, Workspace


def invite_member(workspace: Workspace, *, email: str, role: str, position: Position, by: Agent) -> Invitation:
    """Nobody hands out what they do not have themselves."""
    require(by, "members.manage")
    require_reach(by, position.permissions, field="position")
    return invitations.invite_member(workspace, email=email, role=role, position=position.slug, by=by.user)


def resend_invitation(invitation: Invitation, *, by: Agent) -> None:
    require(by, "members.manage")
    invitations.resend_invitation(invitation, by=by.user)


def withdraw_invitation(invitation: Invitation, *, by: Agent) -> None:
    require(by, "members.manage")
    invitations.withdraw_invitation(invitation, by=by.user)


def change_role(membership: Membership, role: str, *, by: Agent) -> None:
    """A viewer holds a position without its powers; whoever lifts that hands them out."""
    require(by, "members.manage")
    require_reach(by, agent_of(membership).reach, field="role")
    memberships.change_role(membership, role, by=by.user)


def suspend_member(membership: Membership, *, note: str, by: Agent) -> None:
    require(by, "members.manage")
    require_reach(by, agent_of(membership).reach)
    memberships.suspend_member(membership, note=note, by=by.user)


def reactivate_member(membership: Membership, *, note: str, by: Agent) -> None:
    require(by, "members.manage")
    require_reach(by, agent_of(membership).reach)
    memberships.reactivate_member(membership, note=note, by=by.user)


def agent_of(membership: Membership) -> Agent:
    return Agent.objects.select_related("position").get(user=membership.user_id)
