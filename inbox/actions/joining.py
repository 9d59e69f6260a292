"""Two faces turn out to be one person's on one platform: their chats become one."""

from datetime import datetime
from typing import Any

from django.db.models import F, Max, Min, Sum

from inbox import live
from inbox.models import (
    Chat,
    ChatEvent,
    ChatLabel,
    ChatRead,
    Contact,
    Draft,
    Identity,
    Mention,
    Message,
    ScheduledMessage,
    Upload,
)

LATEST = [
    "last_incoming_at",
    "last_outgoing_at",
    "last_message_at",
    "answered_at",
    "window_expires_at",
    "delivered_until",
    "read_until",
]
# Who waits to be answered, or to come back, is not put away with what is over.
LIVELIEST = [Chat.State.OPEN, Chat.State.SNOOZED, Chat.State.CLOSED]


def join_identities(*, into: Identity, gone: Identity) -> None:
    """Everything of the one moves to the other, inside the caller's transaction."""
    for chat in Chat.objects.select_for_update().filter(identity__in=[into, gone]).order_by("id"):
        if chat.identity_id == gone.pk:
            move_chat(chat, into)
    contact = gone.contact_id
    keep_what_was_told(into, gone)
    gone.former_names.update(identity=into)
    gone.delete()
    if not Identity.objects.filter(contact=contact).exists():
        Contact.objects.filter(pk=contact).update(merged_into=into.contact_id)


def keep_what_was_told(into: Identity, gone: Identity) -> None:
    into.name, into.username = into.name or gone.name, into.username or gone.username
    into.first_seen_at = min(into.first_seen_at, gone.first_seen_at)
    into.last_seen_at = max(into.last_seen_at, gone.last_seen_at)
    into.save(update_fields=["name", "username", "first_seen_at", "last_seen_at", "updated_at"])


def move_chat(chat: Chat, identity: Identity) -> None:
    there = Chat.objects.filter(identity=identity, channel=chat.channel_id).first()
    if there is None:
        Chat.objects.filter(pk=chat.pk).update(identity=identity)
        return
    move_what_belongs(chat, there)
    both = Chat.objects.filter(pk__in=[chat.pk, there.pk])
    latest = Message.objects.filter(chat=there, is_private=False).in_order().last()
    facts = both.aggregate(
        unread_count=Sum("unread_count"),
        incoming_count=Sum("incoming_count"),
        priority=Max("priority"),
        **{name: Max(name) for name in LATEST},
    )
    facts["waiting_since"] = waiting_since(there, facts["answered_at"])
    facts |= standing_of(chat, there)
    facts["assigned_to"] = there.assigned_to_id or chat.assigned_to_id
    facts["team"] = there.team_id or chat.team_id
    live.chats_changed([chat, there])
    Chat.objects.filter(pk=there.pk).update(last_message=latest, **facts)
    chat.delete()


def standing_of(*chats: Chat) -> dict[str, Any]:
    state = min((Chat.State(chat.state) for chat in chats), key=LIVELIEST.index)
    ends = [chat.snoozed_until for chat in chats if chat.state == state and chat.snoozed_until]
    return {"state": state, "snoozed_until": min(ends, default=None)}


def move_what_belongs(chat: Chat, there: Chat) -> None:
    """Of two drafts of one agent the one that is there stays."""
    chat.messages.update(chat=there)
    for model in (ChatEvent, Mention, ScheduledMessage, Upload):
        model.objects.filter(chat=chat).update(chat=there)
    labels = ChatLabel.objects.filter(chat=there).values("label")
    ChatLabel.objects.filter(chat=chat).exclude(label__in=labels).update(chat=there)
    for draft in Draft.objects.filter(chat=chat):
        if not Draft.objects.filter(chat=there, agent=draft.agent_id, kind=draft.kind).exists():
            Draft.objects.filter(pk=draft.pk).update(chat=there)
    for read in ChatRead.objects.filter(chat=chat):
        # Counted together, as what has come in is.
        both = ChatRead.objects.filter(chat=there, agent=read.agent_id)
        if not both.update(incoming_seen=F("incoming_seen") + read.incoming_seen):
            ChatRead.objects.filter(pk=read.pk).update(chat=there)


def waiting_since(chat: Chat, answered_at: datetime | None) -> datetime | None:
    unanswered = chat.messages.filter(direction=Message.Direction.IN)
    if answered_at:
        unanswered = unanswered.filter(sent_at__gt=answered_at)
    return unanswered.aggregate(first=Min("sent_at"))["first"]
