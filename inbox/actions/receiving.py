"""What customers write becomes messages of their chats: once, whatever Meta repeats and in whatever order."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from inbox import alerts, live
from inbox.actions import media, profiles
from inbox.actions.chatting import News, begun, bring_up_to_date, lock_chats
from inbox.actions.people import People
from inbox.actions.returning import note_return
from inbox.actions.scheduling import hold_back
from inbox.bounds import MOST_FILES, bounded_content, bounded_text
from inbox.models import Attachment, Chat, Message
from pages.models import Channel
from pages.webhooks.events import Media, MessageEchoed, MessageReceived
from pages.webhooks.moving import hear_early
from pages.webhooks.routes import Heard
from workspaces import bells
from workspaces.ids import uuid7
from workspaces.tenancy.search_path import current_schema

MOST_NAME = 255
JOIN = """
UPDATE messages AS quoting SET reply_to_id = quoted.id FROM messages AS quoted
WHERE quoting.chat_id = ANY(%s) AND quoting.reply_to_id IS NULL AND quoting.reply_to_external_id = ANY(%s)
  AND quoted.channel_id = quoting.channel_id AND quoted.external_id = quoting.reply_to_external_id
RETURNING quoting.chat_id, quoting.id
"""


def receive_messages(channel: Channel, heard: list[Heard]) -> None:
    """Contact, chat and message, and the chat brought up to date: all of it or none, and once."""
    events = [received(one) for one in heard]
    people = People(channel, [(event.person, event.at) for event in events])
    chats = lock_chats(channel, [people.of(event.person) for event in events])
    known = known_messages(channel, events)
    news: dict[UUID, News] = defaultdict(News)
    new: list[Message] = []
    files: list[Attachment] = []
    for event, row in sorted(zip(events, (one.row for one in heard), strict=True), key=lambda pair: pair[0].at):
        if event.external_id in known:
            continue
        face = people.of(event.person)
        chat = chats[face.pk]
        message = make_message(chat, channel, event, row, known)
        known[event.external_id] = message.pk
        new.append(message)
        files += attachments_of(message, event.media)
        news[chat.pk].add(message, opens_window=event.opens_window, quiet=face.contact.blocked)
    write_down(channel, new, files, news)
    note_return(chats.values(), news, new)
    if new:
        hold_back({message.chat_id for message in new})
    hear_early(channel, begun(chats.values()))
    if people.new:
        bells.ring_on_commit(profiles.TASK, current_schema())


def received(one: Heard) -> MessageReceived:
    assert isinstance(one.event, MessageReceived)
    return one.event


def known_messages(channel: Channel, events: Iterable[MessageReceived | MessageEchoed]) -> dict[str, UUID]:
    """Those that are there already or quoted; asked once the chats are locked, so that nobody adds to them."""
    asked = {event.external_id for event in events} | {event.reply_to for event in events if event.reply_to}
    found = Message.objects.filter(channel=channel, external_id__in=asked)
    return {external_id: pk for external_id, pk in found.values_list("external_id", "id") if external_id}


def make_message(
    chat: Chat,
    channel: Channel,
    event: MessageReceived | MessageEchoed,
    row: UUID,
    known: dict[str, UUID],
    **over: Any,
) -> Message:
    fields = {
        "direction": Message.Direction.IN,
        "sender": Message.Sender.CONTACT,
        "status": Message.Status.RECEIVED,
        **over,
    }
    return Message(
        id=uuid7(),
        chat=chat,
        channel=channel,
        type=event.type,
        text=bounded_text(event.text),
        payload=bounded_content(event.content),
        event_id=row,
        external_id=event.external_id,
        reply_to_id=known.get(event.reply_to) if event.reply_to else None,
        reply_to_external_id=event.reply_to,
        is_gif=any(file.mime_type == "image/gif" for file in event.media),
        sent_at=event.at,
        **fields,
    )


def attachments_of(message: Message, files: tuple[Media, ...]) -> list[Attachment]:
    return [
        Attachment(
            id=uuid7(),
            message=message,
            position=position,
            kind=file.kind,
            state=Attachment.State.WITHHELD if file.withheld else Attachment.State.WAITING,
            remote_url=file.url,
            remote_id=file.remote_id,
            name=file.name[:MOST_NAME],
            mime_type=file.mime_type[:MOST_NAME],
        )
        for position, file in enumerate(files[:MOST_FILES])
    ]


def write_down(channel: Channel, new: list[Message], files: list[Attachment], news: dict[UUID, News]) -> None:
    if not new:
        return
    Message.objects.bulk_create(new)
    bring_up_to_date(news)
    join_quotes(new)
    live.messages_came(new)
    alerts.messages_came(new)
    if files:
        Attachment.objects.bulk_create(files)
        bells.ring_on_commit(media.TASK, current_schema())
    hear_early(channel, [message.external_id for message in new if message.external_id])


def join_quotes(new: list[Message]) -> None:
    """Answers that came before what they quote."""
    chats = {message.chat_id: message.chat for message in new}
    with connection.cursor() as cursor:
        cursor.execute(JOIN, [list(chats), [message.external_id for message in new]])
        for chat, quoting in cursor.fetchall():
            live.message_changed(chat, chats[chat].assigned_to_id, quoting)
