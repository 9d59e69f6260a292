"""The labels that a workspace has; what is put on a chat is inbox/actions/labelling.py."""

from django.db import IntegrityError, transaction

from agents.actions.positions import require
from agents.models import Agent
from inbox import live
from inbox.models import Label
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import Refused


def save_label(label: Label, *, by: Agent, workspace: Workspace) -> None:
    """A new one, or one that is renamed, recoloured or described anew."""
    require(by, "inbox.manage")
    try:
        with transaction.atomic():
            before = Label.objects.select_for_update().filter(pk=label.pk).first()
            label.save()
            live.furniture_changed()
            if before is None:
                record("label.created", f"Created the label {label.name}", by=by.user, workspace=workspace)
            elif changes := changes_between(before, label):
                record("label.changed", f"Changed the label {label.name}: {changes}", by=by.user, workspace=workspace)
    except IntegrityError as error:
        raise Refused("There is a label of this name.", field="name") from error


def changes_between(before: Label, after: Label) -> str:
    changes = [f"it was called {before.name}"] if before.name != after.name else []
    changes += [f"{before.colour} became {after.colour}"] if before.colour != after.colour else []
    changes += ["another description"] if before.description != after.description else []
    return ", ".join(changes)


@transaction.atomic
def delete_label(label: Label, *, by: Agent, workspace: Workspace) -> int:
    """Taken off every chat that bears it: how many those were. What a thread tells of it stays told."""
    require(by, "inbox.manage")
    found = Label.objects.select_for_update().filter(pk=label.pk).first()
    if found is None:
        return 0
    count = found.chat_labels.count()
    found.delete()
    live.furniture_changed()
    record("label.deleted", f"Deleted the label {found.name}", by=by.user, workspace=workspace, chats=count)
    return count
