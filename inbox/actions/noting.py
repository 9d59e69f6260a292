"""Notes: what agents say to each other beside a chat. No customer ever gets one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import File as DjangoFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.models import Agent
from inbox import alerts, live
from inbox.actions.locking import locked
from inbox.actions.sending import stored
from inbox.composing import Piece, look_at
from inbox.mentions import MENTION
from inbox.models import Attachment, Chat, Mention, Message
from workspaces.ids import uuid7
from workspaces.refusals import NotAllowed, Refused

LONGEST = 10_000


def write_note(
    chat: Chat, *, by: Agent, text: str, client_id: UUID, files: Sequence["DjangoFile[Any]"] = ()
) -> Message:
    """A client id that was used is the same note again. Who is mentioned is told, if the chat is theirs to read."""
    text = within_measure(text)
    if not text and not files:
        raise Refused("There is nothing to note.", hint="Write something first.")
    looked_at = [look_at(None, file) for file in files]
    try:
        pieces = [Piece(upload.kind, upload=upload) for upload in looked_at]
        with stored(pieces) as attachments, transaction.atomic():
            return _write(chat, by, text, client_id, [each for each in attachments if each])
    except IntegrityError:
        if repeated := Message.objects.filter(client_id=client_id, chat=chat).first():
            return repeated
        raise Refused("This note was written in another chat already. Reload the page.") from None


def within_measure(text: str) -> str:
    text = text.replace("\0", "").strip()
    if len(text) > LONGEST:
        raise Refused(f"A note has {LONGEST:,} characters at most.")
    return text


def _write(chat: Chat, by: Agent, text: str, client_id: UUID, attachments: list[Attachment]) -> Message:
    held = locked([chat], by=by)
    if not held:
        raise NotAllowed("This chat is not yours to work on.")
    return put_note(held[0], by, text, client_id, attachments)


def put_note(chat: Chat, by: Agent, text: str, client_id: UUID, attachments: Sequence[Attachment] = ()) -> Message:
    """Into a held chat, whoever it is that may see it by now."""
    note = Message.objects.create(
        id=uuid7(),
        chat=chat,
        channel_id=chat.channel_id,
        direction=Message.Direction.OUT,
        sender=Message.Sender.AGENT,
        author=by,
        type=Message.Type.TEXT if text else attachments[0].kind,
        text=text,
        is_private=True,
        status=Message.Status.SENT,
        client_id=client_id,
        sent_at=timezone.now(),
    )
    for position, attachment in enumerate(attachments):
        attachment.message, attachment.position = note, position
    Attachment.objects.bulk_create(attachments)
    mentioned = mentioned_in(text, chat, by)
    Mention.objects.bulk_create(Mention(chat=chat, message=note, agent=agent) for agent in mentioned)
    live.messages_changed(chat, [note])
    live.mentioned(chat, mentioned)
    alerts.mentioned(note, mentioned)
    return note


def mentioned_in(text: str, chat: Chat, by: Agent) -> list[Agent]:
    named = {pk for _, pk in MENTION.findall(text)}
    agents = Agent.objects.active().select_related("position").filter(pk__in=named).exclude(pk=by.pk)
    return [agent for agent in agents if agent.can("messages.view") or chat.assigned_to_id == agent.pk]
