"""How far a message of ours has come: forwards alone, in whatever order Meta tells it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from inbox import live
from inbox.models import Chat, Message

Status = Message.Status

FORWARDS = [Status.QUEUED, Status.SENDING, Status.UNCONFIRMED, Status.SENT, Status.DELIVERED, Status.READ]
# These are Meta's word that it arrived: nothing takes them back.
ARRIVED = {Status.DELIVERED, Status.READ}


def later_of(before: str, after: str) -> str:
    """Which of the two a message has that was told both."""
    if before == after:
        return before
    if Status.FAILED in (before, after):
        other = after if before == Status.FAILED else before
        return other if other in ARRIVED else Status.FAILED
    return max(before, after, key=lambda status: FORWARDS.index(Status(status)))


def advance(message: Message, status: str, at: datetime) -> list[str]:
    """Takes Meta's word on one message; names the fields that changed, for the caller to save.

    What was QUEUED again by hand and turns out to have arrived is settled too: it must not go a second time.
    """
    changed = []
    reached = later_of(message.status, status)
    if status in ARRIVED and message.delivered_at is None:
        message.delivered_at = at
        changed.append("delivered_at")
    if status == Status.READ and message.read_at is None:
        message.read_at = at
        changed.append("read_at")
    if reached != message.status:
        message.status = reached
        changed.append("status")
        if reached != Status.FAILED and (message.error or message.error_code):
            message.error = message.error_code = ""
            changed += ["error", "error_code"]
    return changed


def join_echo(message_id: Any, external_id: str) -> bool:
    """Meta's id of ours is on another row already, which an echo made: ours stays, with what the echo knew.

    Not joined, and False, where that row is a message of its own.
    """
    with transaction.atomic():
        chat_id = Message.objects.values_list("chat_id", flat=True).get(pk=message_id)
        chat = Chat.objects.select_for_update().get(pk=chat_id)
        ours = Message.objects.select_for_update().get(pk=message_id)
        echo = (
            Message.objects.select_for_update()
            .filter(channel=ours.channel_id, external_id=external_id)
            .exclude(pk=ours.pk)
            .first()
        )
        if echo is None or echo.sender != Message.Sender.ELSEWHERE or echo.chat_id != ours.chat_id:
            return False
        live.messages_changed(chat, [ours, echo])
        _take_over(ours, echo)
    return True


def _take_over(ours: Message, echo: Message) -> None:
    Message.objects.filter(reply_to=echo).update(reply_to=ours)
    Chat.objects.filter(last_message=echo).update(last_message=ours)
    Message.objects.filter(pk=echo.pk).delete()
    ours.external_id, ours.event, ours.sent_at = echo.external_id, echo.event, echo.sent_at
    ours.status = later_of(Status.SENT if ours.status == Status.SENDING else ours.status, echo.status)
    ours.delivered_at, ours.read_at = ours.delivered_at or echo.delivered_at, ours.read_at or echo.read_at
    ours.reactions = ours.reactions | echo.reactions
    ours.edited_at, ours.deleted_at = echo.edited_at, echo.deleted_at
    if echo.edited_at:
        ours.text, ours.earlier_texts = echo.text, echo.earlier_texts
    ours.pricing = ours.pricing or echo.pricing
    ours.error = ours.error_code = ""
    ours.lease_until = ours.not_before = None
    ours.save()
