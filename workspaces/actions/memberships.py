"""Who belongs to a workspace: roles, suspension, and the one owner."""

from django.db import transaction

from workspaces import sessions
from workspaces.audit import record
from workspaces.models import Membership, Role, User, Workspace
from workspaces.refusals import NotAllowed, Refused
from workspaces.routes import tell_workspace
from workspaces.tenancy.hosts import announce_host_change


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> None:
    membership = _handled(membership, by)
    if not membership.workspace.memberships.active().filter(user=by).exists():
        raise NotAllowed("Roles are the workspace's own business: an operator suspends and reactivates, no more.")
    if role == Role.OWNER:
        raise Refused("Ownership is transferred, not granted.", field="role")
    if not acting_member(membership.workspace, by).outranks(role):
        raise NotAllowed(f"You cannot make anybody {Role(role).label}.")
    if membership.role == role:
        return
    before, membership.role = membership.role, role
    membership.save(update_fields=["role", "updated_at"])
    tell_workspace("member.changed", membership.workspace, membership=membership, by=by)
    record(
        "member.role",
        f"Made {membership.user.name} {Role(role).label.lower()}, before {Role(before).label.lower()}",
        by=by,
        workspace=membership.workspace,
        person=str(membership.user_id),
    )


@transaction.atomic
def suspend_member(membership: Membership, *, note: str = "", by: User) -> None:
    """Their sessions in this workspace end at once."""
    membership = _handled(membership, by)
    if not membership.is_active:
        raise Refused(f"{membership.user.name} is suspended already.")
    membership.status = Membership.Status.SUSPENDED
    membership.save(update_fields=["status", "updated_at"])
    tell_workspace("member.changed", membership.workspace, membership=membership, by=by, works=False, note=note)
    sessions.end_in_workspace(membership.user, membership.workspace)
    record(
        "member.suspended",
        f"Suspended {membership.user.name}" + (f": {note}" if note else ""),
        by=by,
        workspace=membership.workspace,
        person=str(membership.user_id),
    )


@transaction.atomic
def reactivate_member(membership: Membership, *, note: str = "", by: User) -> None:
    membership = _handled(membership, by)
    if membership.is_active:
        raise Refused(f"{membership.user.name} is not suspended.")
    membership.status = Membership.Status.ACTIVE
    membership.save(update_fields=["status", "updated_at"])
    tell_workspace("member.changed", membership.workspace, membership=membership, by=by, works=True, note=note)
    record(
        "member.reactivated",
        f"Reactivated {membership.user.name}",
        by=by,
        workspace=membership.workspace,
        person=str(membership.user_id),
    )


@transaction.atomic
def transfer_ownership(workspace: Workspace, to: Membership, *, by: User) -> None:
    """The old owner becomes an admin in the same moment."""
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if workspace.owner_id != by.pk:
        raise NotAllowed("Only the owner transfers the workspace.")
    heir = workspace.memberships.select_for_update().select_related("user").get(pk=to.pk)
    if heir.user_id == by.pk:
        raise Refused("You own this workspace already.")
    if not heir.is_active or not heir.user.is_active:
        raise Refused(f"{heir.user.name} is suspended and cannot own the workspace.")
    owner = workspace.memberships.select_for_update().get(role=Role.OWNER)
    owner.role = Role.ADMIN
    owner.save(update_fields=["role", "updated_at"])
    heir.role = Role.OWNER
    heir.save(update_fields=["role", "updated_at"])
    workspace.owner = heir.user
    workspace.save(update_fields=["owner", "updated_at"])
    tell_workspace("member.changed", workspace, membership=owner, by=by)
    # Whoever owns it works here, also if somebody had switched them off.
    tell_workspace("member.changed", workspace, membership=heir, by=by, works=True)
    record(
        "workspace.transferred",
        f"Transferred the ownership to {heir.user.name}",
        by=by,
        workspace=workspace,
        person=str(heir.user_id),
    )
    announce_host_change()


def _handled(membership: Membership, by: User) -> Membership:
    """The membership, locked, if this person may touch it."""
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("user", "workspace").get(pk=membership.pk)
    )
    if membership.workspace.status == Workspace.Status.ERASED:
        raise Refused(f"{membership.workspace.name} is erased: it has no members any more.")
    if membership.is_owner:
        raise Refused(f"{membership.user.name} owns the workspace: transfer the ownership first.")
    if membership.user_id == by.pk:
        raise Refused("You cannot change your own membership; ask another admin.")
    if not acting_member(membership.workspace, by).outranks(membership.role):
        raise NotAllowed(f"{membership.user.name} is {membership.get_role_display().lower()}: you are below that.")
    return membership


def acting_member(workspace: Workspace, by: User) -> Membership:
    """A platform operator acts with the owner's hands; everybody else with their own membership."""
    actor = workspace.memberships.active().filter(user=by).first()
    if actor is None and by.is_staff:
        return Membership(workspace=workspace, user=by, role=Role.OWNER)
    if actor is None:
        raise NotAllowed("You are not a member of this workspace.")
    return actor
