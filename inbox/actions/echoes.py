"""What went out from our side comes back: our own messages are settled by it, another tool's are written down."""

from collections import defaultdict
from uuid import UUID

from inbox import live
from inbox.actions.chatting import News, begun, lock_chats
from inbox.actions.people import People
from inbox.actions.private_replies import name_the_unnamed
from inbox.actions.receiving import attachments_of, known_messages, make_message, write_down
from inbox.actions.statuses import advance
from inbox.models import Attachment, Chat, Message
from pages.models import Channel
from pages.webhooks.events import MessageEchoed
from pages.webhooks.moving import hear_early
from pages.webhooks.routes import Heard

Status = Message.Status


def receive_echoes(channel: Channel, heard: list[Heard]) -> None:
    events = [(echoed(one), one.row) for one in heard]
    people = People(channel, [(event.person, event.at) for event, _ in events], spoke=False)
    chats = lock_chats(channel, [people.of(event.person) for event, _ in events])
    known = known_messages(channel, [event for event, _ in events])
    news: dict[UUID, News] = defaultdict(News)
    new: list[Message] = []
    files: list[Attachment] = []
    for event, row in sorted(events, key=lambda pair: pair[0].at):
        chat = chats[people.of(event.person).pk]
        if settle_private(channel, chat, event) or event.external_id in known or settle_ours(channel, chat, event):
            continue
        message = from_elsewhere(channel, chat, event, row, known)
        known[event.external_id] = message.pk
        new.append(message)
        files += attachments_of(message, event.media)
        news[chat.pk].add(message)
    write_down(channel, new, files, news)
    hear_early(channel, begun(chats.values()))


def echoed(one: Heard) -> MessageEchoed:
    assert isinstance(one.event, MessageEchoed)
    return one.event


def settle_private(channel: Channel, chat: Chat, event: MessageEchoed) -> bool:
    """An answer to a comment: only now is it known to whom it went."""
    if not event.our_id:
        return False
    ours = Message.objects.select_related("chat__identity").filter(channel=channel, pk=event.our_id).first()
    return ours is not None and name_the_unnamed(ours, chat) and settle_ours(channel, chat, event)


def settle_ours(channel: Channel, chat: Chat, event: MessageEchoed) -> bool:
    """Meta has it: what was on its way, or perhaps was, has been sent."""
    ours = find_ours(channel, chat, event)
    if ours is None:
        return False
    ours.external_id, ours.sent_at = event.external_id, event.at
    advance(ours, Status.SENT, event.at)
    catch_up(ours, chat)
    ours.lease_until = None
    ours.save()
    live.messages_changed(chat, [ours])
    return True


def find_ours(channel: Channel, chat: Chat, event: MessageEchoed) -> Message | None:
    """By the id that we gave it; where Meta keeps that to itself, by what it says, if our app sent it."""
    unsettled = Message.objects.select_for_update().filter(chat=chat, external_id=None).outgoing()
    if event.our_id:
        return unsettled.filter(pk=event.our_id).first()
    if event.app_id and event.app_id in channel.app_ids:
        perhaps = unsettled.filter(status__in=[Status.SENDING, Status.UNCONFIRMED], type=event.type, text=event.text)
        return perhaps.order_by("id").first()
    return None


def from_elsewhere(channel: Channel, chat: Chat, event: MessageEchoed, row: UUID, known: dict[str, UUID]) -> Message:
    message = make_message(
        chat,
        channel,
        event,
        row,
        known,
        direction=Message.Direction.OUT,
        sender=Message.Sender.ELSEWHERE,
        status=Status.SENT,
    )
    if event.app_id:
        message.payload = {**message.payload, "app_id": event.app_id}
    catch_up(message, chat)
    return message


def catch_up(message: Message, chat: Chat) -> None:
    """It may have arrived and been read before we heard of it."""
    for status, until in ((Status.DELIVERED, chat.delivered_until), (Status.READ, chat.read_until)):
        if until and message.sent_at <= until:
            advance(message, status, until)
