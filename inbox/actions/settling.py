"""What Meta says became of our messages: statuses go forwards alone, in whatever order they come."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Greatest

from inbox import live
from inbox.actions.chatting import about_person
from inbox.actions.people import find
from inbox.actions.statuses import advance
from inbox.models import Chat, Message
from pages.graph.errors import classify
from pages.models import Channel
from pages.webhooks.events import Delivered, Read, StatusChanged, Trouble
from pages.webhooks.routes import Heard

Status = Message.Status


def change_statuses(channel: Channel, heard: list[Heard]) -> list[Heard]:
    """WhatsApp's, one message at a time: by Meta's id, or by ours where Meta's answer never reached us."""
    events = [status_of(one) for one in heard]
    messages = messages_of(channel, events)
    early = []
    for one, event in sorted(zip(heard, events, strict=True), key=lambda pair: pair[1].at):
        message = messages.get(event.external_id) or messages.get(event.our_id)
        if message is None:
            early.append(one)
        else:
            take_status(message, event)
    live.messages_changed_in(messages.values())
    return early


def status_of(one: Heard) -> StatusChanged:
    assert isinstance(one.event, StatusChanged)
    return one.event


def messages_of(channel: Channel, events: Iterable[StatusChanged]) -> dict[str, Message]:
    theirs = {event.external_id for event in events}
    ours = {event.our_id for event in events if event.our_id}
    found = (
        Message.objects.select_for_update(of=("self",))
        .select_related("chat")
        .filter(Q(external_id__in=theirs) | Q(pk__in=ours, external_id=None), channel=channel)
    )
    by_id: dict[str, Message] = {}
    for message in found.outgoing().order_by("id"):
        by_id[message.external_id or str(message.pk)] = message
    return by_id


def take_status(message: Message, event: StatusChanged) -> None:
    changed = advance(message, event.status, event.at)
    if message.external_id is None:
        message.external_id, message.lease_until = event.external_id, None
        changed += ["external_id", "lease_until"]
    if event.pricing and message.pricing != event.pricing:
        message.pricing = event.pricing
        changed.append("pricing")
    if event.trouble and message.status == Status.FAILED and not message.error_code:
        message.error, message.error_code = words_for(event.trouble)
        changed += ["error", "error_code"]
    if changed:
        message.save(update_fields=changed)


def words_for(trouble: Trouble) -> tuple[str, str]:
    error = classify(trouble.code, details=trouble.details, user_message=trouble.title)
    return error.meaning, str(trouble.code)


def mark_delivered(channel: Channel, heard: list[Heard]) -> list[Heard]:
    return [early for one in heard if (early := mark(channel, one, Status.DELIVERED, "delivered_until"))]


def mark_read(channel: Channel, heard: list[Heard]) -> list[Heard]:
    return [early for one in heard if (early := mark(channel, one, Status.READ, "read_until"))]


def mark(channel: Channel, one: Heard, status: str, field: str) -> Heard | None:
    """All that was sent until then; what comes to be known later is measured by the mark on the chat."""
    event = one.event
    assert isinstance(event, Delivered | Read)
    identity = find(channel, event.person)
    chat = Chat.objects.select_for_update().filter(channel=channel, identity=identity).first() if identity else None
    if chat is None:
        return replace(one, about=about_person(event.person))
    until = event.until or time_of(chat, event.external_ids)
    if until is None:
        return replace(one, about=event.external_ids[0]) if event.external_ids else None
    Chat.objects.filter(pk=chat.pk).update(**{field: Greatest(F(field), until)})
    below = {Status.DELIVERED: [Status.SENT], Status.READ: [Status.SENT, Status.DELIVERED]}[Status(status)]
    messages = list(Message.objects.filter(chat=chat, sent_at__lte=until, status__in=below).outgoing())
    for message in messages:
        message.save(update_fields=advance(message, status, event.at))
    live.messages_changed(chat, messages)
    return None


def time_of(chat: Chat, external_ids: tuple[str, ...]) -> datetime | None:
    """Instagram names the last message that was read: all before it were read too."""
    named = Message.objects.filter(chat=chat, external_id__in=external_ids).in_order().last()
    return named.sent_at if named else None
