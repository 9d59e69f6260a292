"""What an agent decides about a message that did not simply go: each a guarded change, so a second click is none."""

from typing import Any

from django.db import transaction

from agents.models import Agent
from inbox import live
from inbox.actions.outbox import announce_on_commit
from inbox.actions.sending import permit_for, require_answering
from inbox.models import Message
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import Refused

Status = Message.Status

AFRESH: dict[str, Any] = {
    "status": Status.QUEUED,
    "error": "",
    "error_code": "",
    "attempts": 0,
    "not_before": None,
    "lease_until": None,
    "external_id": None,
}


def retry_message(message: Message, *, by: Agent, workspace: Workspace) -> bool:
    """Failed: it is tried afresh, in its old place before what was written later."""
    return _queue_again(message, Status.FAILED, "Tried a failed message again", by=by, workspace=workspace)


def send_again(message: Message, *, by: Agent, workspace: Workspace) -> bool:
    """Perhaps sent: the agent has looked, and it did not arrive."""
    said = "Sent a message again that had perhaps arrived"
    return _queue_again(message, Status.UNCONFIRMED, said, by=by, workspace=workspace)


def confirm_arrival(message: Message, *, by: Agent, workspace: Workspace) -> bool:
    """Perhaps sent: the agent has looked, and it is there."""
    require_answering(by, message.chat)
    settled = {"status": Status.SENT, "error": "", "error_code": ""}
    said = "Confirmed that a message had arrived"
    with transaction.atomic():
        return _change(message, Status.UNCONFIRMED, settled, said, by=by, workspace=workspace)


def cancel_message(message: Message, *, by: Agent, workspace: Workspace) -> bool:
    """Still waiting: it stays where it was written, and never goes."""
    require_answering(by, message.chat)
    withdrawn = {
        "status": Status.FAILED,
        "error": f"Withdrawn by {by.name} before it was sent.",
        "error_code": "withdrawn",
        "not_before": None,
    }
    with transaction.atomic():
        done = _change(message, Status.QUEUED, withdrawn, "Withdrew a message", by=by, workspace=workspace)
        announce_on_commit(message.chat_id)
    return done


def _queue_again(message: Message, status: str, said: str, *, by: Agent, workspace: Workspace) -> bool:
    require_answering(by, message.chat)
    permit = permit_for(message.chat, message.sender)
    if not permit.allows(message.type):
        raise Refused(permit.reason, hint=permit.advice)
    with transaction.atomic():
        done = _change(message, status, AFRESH, said, by=by, workspace=workspace)
        if done:
            announce_on_commit(message.chat_id)
    return done


def _change(message: Message, status: str, to: dict[str, Any], said: str, *, by: Agent, workspace: Workspace) -> bool:
    waiting = Message.objects.outgoing().filter(pk=message.pk, status=status)
    if not waiting.update(**to):
        return False
    live.messages_changed(message.chat, [message])
    record("message.settled", said, by=by.user, workspace=workspace, message=str(message.pk), chat=str(message.chat_id))
    return True
