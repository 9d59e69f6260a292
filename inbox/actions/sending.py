"""An answer is written down, once, in the order in which it was given; the outbox sends it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File as DjangoFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.models import Agent
from inbox import live, policy
from inbox.actions.media import place_of
from inbox.actions.outbox import announce_on_commit
from inbox.composing import Piece, pieces_of
from inbox.models import Attachment, Chat, Message
from pages.graph.content import QuickReply
from workspaces.ids import uuid7
from workspaces.refusals import NotAllowed, Refused

Sender = Message.Sender


def send_message(
    chat: Chat,
    *,
    by: Agent | None,
    client_id: UUID,
    text: str = "",
    files: Sequence["DjangoFile[Any]"] = (),
    quick_replies: Sequence[QuickReply] = (),
    reply_to: Message | None = None,
    template: dict[str, Any] | None = None,
    sender: str = "",
    lane: str = "send",
    then: Callable[[], None] | None = None,
) -> Message:
    """Queues it, in as many messages as the platform needs, and rings the outbox. The first of them is returned.

    A client id that was used is the same message again. Without an agent, `sender` says who: BOT or SYSTEM.
    `then` is done with it or not at all, while the chat is held; what it raises keeps the message back.
    """
    if repeated := _of_client(client_id, chat):
        return repeated
    sender = Sender.AGENT if by else sender or Sender.SYSTEM
    require_answering(by, chat)
    permit = permit_for(chat, sender)
    if permit.mode == policy.Mode.NOTHING or (permit.mode == policy.Mode.TEMPLATE_ONLY and not template):
        raise Refused(permit.reason, hint=permit.advice)
    pieces = pieces_of(
        chat.platform,
        text=text.replace("\0", "").strip(),
        files=files,
        quick_replies=quick_replies,
        template=template,
        our_id=client_id,
    )
    common = {"author": by, "sender": sender}
    try:
        with stored(pieces) as attachments, transaction.atomic():
            return _queue(chat, pieces, attachments, reply_to, client_id, common, lane, then)
    except IntegrityError:
        # The same click came by two ways, into two chats or none.
        if repeated := _of_client(client_id, chat):
            return repeated
        raise


def require_answering(by: Agent | None, chat: Chat) -> None:
    if by is None:
        return
    if not by.is_active or by.role == Agent.Role.VIEWER:
        raise NotAllowed("Your position does not allow answering customers.")
    if not Chat.objects.visible_to(by).filter(pk=chat.pk).exists():
        raise NotAllowed("This chat is not yours to answer.")


def permit_for(chat: Chat, sender: str, now: datetime | None = None) -> policy.Permit:
    """What the composer shows before anything is typed."""
    opened_at = chat.window_expires_at - policy.WINDOW if chat.window_expires_at else None
    return policy.what_may_be_sent(
        platform=chat.platform,
        sender=sender,
        last_incoming_at=opened_at,
        now=now or timezone.now(),
        channel_works=chat.channel.works,
        blocked=chat.identity.contact.blocked,
        has_human_agent=bool(chat.channel.metadata.get("human_agent", True)),
    )


def _of_client(client_id: UUID, chat: Chat) -> Message | None:
    found = Message.objects.filter(client_id=client_id).first()
    if found and found.chat_id != chat.pk:
        raise Refused("This message was sent to another chat already. Reload the page.")
    return found


def _queue(
    chat: Chat,
    pieces: list[Piece],
    attachments: list[Attachment | None],
    reply_to: Message | None,
    client_id: UUID,
    common: dict[str, Any],
    lane: str,
    then: Callable[[], None] | None,
) -> Message:
    locked = Chat.objects.select_for_update().get(pk=chat.pk)
    if repeated := _of_client(client_id, chat):
        _forget(attachments)
        return repeated
    now, ids = timezone.now(), ids_after(_last_id(chat))
    group_id = uuid7() if len(pieces) > 1 else None
    messages = [
        Message(
            id=next(ids),
            chat=locked,
            channel_id=locked.channel_id,
            direction=Message.Direction.OUT,
            status=Message.Status.QUEUED,
            type=piece.type,
            text=piece.text,
            payload=piece.payload,
            group_id=group_id,
            sent_at=now,
            **common,
        )
        for piece in pieces
    ]
    first = messages[0]
    first.client_id = client_id
    if reply_to:
        first.reply_to, first.reply_to_external_id = reply_to, reply_to.external_id or ""
    Message.objects.bulk_create(messages)
    _attach(messages, attachments)
    touch_chat(locked, messages[-1], now)
    live.messages_came(messages)
    announce_on_commit(locked.pk, lane)
    if then:
        then()
    return first


def touch_chat(chat: Chat, message: Message, now: datetime) -> None:
    changed = ["last_message", "last_outgoing_at", "last_message_at", "updated_at"]
    chat.last_message, chat.last_outgoing_at = message, now
    chat.last_message_at = max(chat.last_message_at or now, now)
    if message.sender == Sender.AGENT:
        chat.answered_at, chat.waiting_since = max(chat.answered_at or now, now), None
        changed += ["answered_at", "waiting_since"]
    chat.save(update_fields=changed)


def _attach(messages: list[Message], attachments: list[Attachment | None]) -> None:
    kept = []
    for message, attachment in zip(messages, attachments, strict=True):
        if attachment:
            attachment.message = message
            kept.append(attachment)
    Attachment.objects.bulk_create(kept)


def _last_id(chat: Chat) -> UUID | None:
    return Message.objects.unsettled().filter(chat=chat.pk).order_by("-id").values_list("id", flat=True).first()


def ids_after(last: UUID | None) -> Iterator[UUID]:
    """The outbox's order is that of the ids, and within one millisecond, or by another machine's clock, they jump."""
    while True:
        made = uuid7()
        last = made if last is None or made > last else UUID(int=last.int + 1)
        yield last


@contextmanager
def stored(pieces: list[Piece]) -> Iterator[list[Attachment | None]]:
    """The files are put away before the transaction, and taken out again where that fails."""
    attachments: list[Attachment | None] = []
    try:
        attachments.extend(_put_away(piece) for piece in pieces)
        yield attachments
    except BaseException:
        _forget(attachments)
        raise


def _put_away(piece: Piece) -> Attachment | None:
    if not (upload := piece.upload):
        return None
    attachment = Attachment(
        kind=upload.kind,
        state=Attachment.State.STORED,
        name=upload.name,
        mime_type=upload.mime_type,
        size=upload.size,
        sha256=upload.sha256,
        created_at=timezone.now(),
    )
    attachment.file.name = default_storage.save(place_of(attachment, upload.name), upload.file, max_length=255)
    return attachment


def _forget(attachments: list[Attachment | None]) -> None:
    for attachment in attachments:
        if attachment:
            default_storage.delete(str(attachment.file.name))
