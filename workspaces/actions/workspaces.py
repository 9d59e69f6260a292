"""A workspace's life: made whole or not at all, suspended, closed, reopened, erased."""

from typing import Any

from django.db import IntegrityError, transaction

from workspaces import sessions
from workspaces.audit import record, spoken
from workspaces.models import (
    ChannelRoute,
    Domain,
    Membership,
    MetaApp,
    Role,
    User,
    Workspace,
    WorkspaceProfile,
)
from workspaces.refusals import NotAllowed, Refused
from workspaces.routes import end_streams, tell_workspace
from workspaces.slugs import SlugRefused, check_slug, skeleton
from workspaces.tenancy.hosts import announce_host_change
from workspaces.tenancy.schemas import create_schema, drop_schema, schema_exists

# What the database says when somebody else was faster: whichever of its indexes it looks at first.
TAKEN = ("workspace_slug_taken_once", "workspace_slug_not_a_look_alike", "workspaces_schema_name", "domains_domain")


def create_workspace(*, name: str, slug: str, owner: User, timezone: str = "UTC") -> Workspace:
    """Row, host, schema, positions and the owner's membership in one transaction: a crash leaves nothing."""
    check_slug(slug)
    try:
        with transaction.atomic():
            return _create(name=name, slug=slug, owner=owner, timezone=timezone)
    except IntegrityError as error:
        if not any(name in str(error) for name in TAKEN):
            raise
        # Somebody else was faster between our look and our insert.
        raise SlugRefused("This address was taken a moment ago.", slug) from error


def _create(*, name: str, slug: str, owner: User, timezone: str) -> Workspace:
    workspace = Workspace.objects.create(
        name=name, slug=slug, slug_skeleton=skeleton(slug), schema_name=_free_schema_name(slug), owner=owner
    )
    WorkspaceProfile.objects.create(
        workspace=workspace, timezone=timezone, admin_name=owner.name, admin_email=owner.email
    )
    Domain.objects.create(tenant=workspace, domain=workspace.host, is_primary=True)
    membership = Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
    create_schema(workspace.schema_name)
    tell_workspace("workspace.created", workspace)
    tell_workspace("member.joined", workspace, membership=membership, position="administrator")
    record("workspace.created", f"Created the workspace {name}", by=owner, workspace=workspace, slug=slug)
    announce_host_change()
    return workspace


def _free_schema_name(slug: str) -> str:
    """Readable in backups; a number when an erased namesake left its name in the record."""
    stem = f"ws_{slug.replace('-', '_')}"
    names = set(Workspace.objects.filter(schema_name__startswith=stem).values_list("schema_name", flat=True))
    number = 1
    while (name := stem if number == 1 else f"{stem}_{number}") in names or schema_exists(name):
        number += 1
    return name


@transaction.atomic
def change_workspace(workspace: Workspace, *, by: User, **values: Any) -> None:
    """Name, description, visibility and what its profile says."""
    profile = WorkspaceProfile.objects.select_for_update().get(workspace=workspace)
    changed = []
    for field, value in values.items():
        row = workspace if field in {"name", "description", "visibility"} else profile
        if getattr(row, field) != value:
            setattr(row, field, value)
            changed.append(field)
    if not changed:
        return
    workspace.save(update_fields=["name", "description", "visibility", "updated_at"])
    profile.save()
    record(
        "workspace.changed",
        f"Changed the workspace: {spoken(changed)}",
        by=by,
        workspace=workspace,
        fields=changed,
    )
    announce_host_change()


@transaction.atomic
def require_two_factor(workspace: Workspace, required: bool, *, by: User) -> None:
    """Members without a second factor are kept out from the next click on, until they have one."""
    if required and not by.has_two_factor:
        raise Refused("Set up two-factor for yourself first, or you would lock yourself out.")
    if workspace.requires_two_factor == required:
        return
    workspace.requires_two_factor = required
    workspace.save(update_fields=["requires_two_factor", "updated_at"])
    what = "Requires two-factor of every member" if required else "No longer requires two-factor"
    if required:
        end_streams("workspace.shut", workspace)
    record("workspace.two_factor", what, by=by, workspace=workspace, required=required)
    announce_host_change()


@transaction.atomic
def suspend_workspace(workspace: Workspace, *, note: str, by: User) -> None:
    """By a platform operator: its pages say so, its webhooks are still stored."""
    workspace = _locked(workspace)
    if workspace.status != Workspace.Status.ACTIVE:
        raise Refused(f"{workspace.name} is {workspace.get_status_display().lower()}; only an active one is suspended.")
    workspace.status, workspace.status_note = Workspace.Status.SUSPENDED, note
    _save_status(workspace)
    sessions.end_all_in_workspace(workspace)
    end_streams("workspace.shut", workspace)
    record("workspace.suspended", f"Suspended the workspace: {note}", by=by, workspace=workspace)


@transaction.atomic
def reactivate_workspace(workspace: Workspace, *, by: User) -> None:
    workspace = _locked(workspace)
    if workspace.status != Workspace.Status.SUSPENDED:
        raise Refused(f"{workspace.name} is not suspended.")
    workspace.mark_open()
    _save_status(workspace)
    record("workspace.reactivated", "Reactivated the workspace", by=by, workspace=workspace)


@transaction.atomic
def close_workspace(workspace: Workspace, *, note: str, by: User) -> None:
    """By its owner: nobody gets in, nothing is lost for thirty days."""
    workspace = _locked(workspace)
    if workspace.owner_id != by.pk:
        raise NotAllowed("Only the owner closes a workspace.")
    if workspace.status != Workspace.Status.ACTIVE:
        raise Refused(f"{workspace.name} is {workspace.get_status_display().lower()} already.")
    workspace.mark_closed(note)
    _save_status(workspace)
    sessions.end_all_in_workspace(workspace)
    end_streams("workspace.shut", workspace)
    record("workspace.closed", "Closed the workspace", by=by, workspace=workspace, note=note)


@transaction.atomic
def reopen_workspace(workspace: Workspace, *, by: User) -> None:
    workspace = _locked(workspace)
    if workspace.owner_id != by.pk and not by.is_staff:
        raise NotAllowed("Only the owner reopens a workspace.")
    if workspace.status != Workspace.Status.CLOSED:
        raise Refused(f"{workspace.name} is not closed.")
    workspace.mark_open()
    _save_status(workspace)
    record("workspace.reopened", "Reopened the workspace", by=by, workspace=workspace)


@transaction.atomic
def abandon_workspace(workspace: Workspace, note: str) -> None:
    """Nobody ever got in: it goes at once, and its address is free."""
    workspace = _locked(workspace)
    workspace.mark_closed(note)
    _save_status(workspace)
    erase_workspace(workspace)


@transaction.atomic
def erase_workspace(workspace: Workspace) -> None:
    """The schema goes for good; the row stays as a mark, its address is free again."""
    workspace = _locked(workspace)
    if workspace.status != Workspace.Status.CLOSED:
        raise Refused(f"{workspace.name} is not closed, so it is not erased.")
    drop_schema(workspace.schema_name)
    workspace.domains.all().delete()
    workspace.invitations.all().delete()
    # Its accounts may be connected elsewhere, and nobody signs for it any more.
    ChannelRoute.objects.filter(workspace=workspace).delete()
    MetaApp.objects.filter(workspace=workspace).delete()
    workspace.status = Workspace.Status.ERASED
    _save_status(workspace)
    record("workspace.erased", f"Erased {workspace.name} and all it held", by=None, workspace=workspace)


def _locked(workspace: Workspace) -> Workspace:
    return Workspace.objects.select_for_update().get(pk=workspace.pk)


def _save_status(workspace: Workspace) -> None:
    workspace.save(update_fields=["status", "status_note", "closed_at", "erase_after", "updated_at"])
    announce_host_change()
