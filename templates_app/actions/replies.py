"""Canned replies: each agent's own, and those that all share."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from agents.models import Agent
from pages.graph.limits import size_of
from templates_app.assets import remove_unused, stored
from templates_app.models import MessageTemplate, SavedAsset
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import NotAllowed, Refused

# Of one agent.
MOST_OWN, LARGEST_IN_ALL = 500, 2 * 1024 * 1024 * 1024


def save_reply(
    reply: MessageTemplate,
    *,
    by: Agent,
    workspace: Workspace,
    files: Sequence["File[Any]"] = (),
    kept: Sequence[SavedAsset] = (),
) -> None:
    """With these files added, and of those it had only the kept ones."""
    try:
        with stored(files, by) as added, transaction.atomic():
            _save(reply, added, kept, by=by, workspace=workspace)
    except IntegrityError as error:
        raise Refused(f"“/{reply.shortcut}” is taken by another reply.", field="shortcut") from error


def _save(
    reply: MessageTemplate,
    added: Sequence[SavedAsset],
    kept: Sequence[SavedAsset],
    *,
    by: Agent,
    workspace: Workspace,
) -> None:
    before = MessageTemplate.objects.select_for_update().filter(pk=reply.pk).first()
    require_changing(before, reply, by)
    require_room(before, reply, added, by)
    had = list(before.assets.all()) if before else []
    reply.save()
    SavedAsset.objects.bulk_create(added)
    reply.assets.set([*(asset for asset in had if asset in kept), *added])
    remove_unused(had)
    if reply.is_shared or (before and before.is_shared):
        kind = "reply.changed" if before else "reply.created"
        words = "Changed" if before else "Created"
        record(kind, f"{words} the canned reply {reply.name}", by=by.user, workspace=workspace, shared=reply.is_shared)


def require_changing(before: MessageTemplate | None, after: MessageTemplate, by: Agent) -> None:
    """As it was, and as it is to be."""
    if not by.answers:
        raise NotAllowed("Canned replies are for those who answer customers.")
    if not all(reply.may_be_changed_by(by) for reply in (before or after, after)):
        raise NotAllowed("Shared replies are changed by those who manage the inbox.")


def require_room(
    before: MessageTemplate | None, after: MessageTemplate, added: Sequence[SavedAsset], by: Agent
) -> None:
    """What everybody may bring has an end."""
    is_new_own = before is None and not after.is_shared
    if is_new_own and MessageTemplate.objects.filter(created_by=by, is_shared=False).count() >= MOST_OWN:
        raise Refused(f"You keep {MOST_OWN} replies of your own already: delete one that you no longer use.")
    if added:
        brought = SavedAsset.objects.filter(created_by=by).aggregate(size=Coalesce(Sum("size"), 0))["size"]
        if brought + sum(asset.size for asset in added) > LARGEST_IN_ALL:
            words = f"The files of your replies come to more than {size_of(LARGEST_IN_ALL)}: delete some first."
            raise Refused(words, field="added")


@transaction.atomic
def delete_reply(reply: MessageTemplate, *, by: Agent, workspace: Workspace) -> None:
    found = MessageTemplate.objects.select_for_update().filter(pk=reply.pk).first()
    if found is None:
        return
    require_changing(found, found, by)
    had = list(found.assets.all())
    found.delete()
    remove_unused(had)
    if found.is_shared:
        record("reply.deleted", f"Deleted the canned reply {found.name}", by=by.user, workspace=workspace)


def count_use(pk: UUID, *, by: Agent) -> bool:
    """Whether there is such a reply."""
    if not by.answers:
        raise NotAllowed("Canned replies are for those who answer customers.")
    found = MessageTemplate.objects.visible_to(by).filter(pk=pk)
    return found.update(used_count=F("used_count") + 1, last_used_at=now()) > 0
