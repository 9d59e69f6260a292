"""The inbox's rules."""

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent
from inbox.models import InboxRules
from workspaces.audit import record
from workspaces.models import Workspace


@transaction.atomic
def set_auto_close(days: int | None, *, by: Agent, workspace: Workspace) -> None:
    """After how many idle days an open chat is closed; None: never."""
    require(by, "inbox.manage")
    if InboxRules.objects.current().auto_close_days == days:
        return
    InboxRules.objects.update_or_create(is_only=True, defaults={"auto_close_days": days})
    words = f"Idle chats are closed after {days} {'day' if days == 1 else 'days'}" if days else "Idle chats stay open"
    record("inbox.changed", words, by=by.user, workspace=workspace, auto_close_days=days)
