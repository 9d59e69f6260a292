"""Two faces turn out to be one person's on one platform: their chats become one."""

from django.db.models import Max, Sum

from inbox.models import Chat, Contact, Identity, Message

LATEST = [
    "last_incoming_at",
    "last_outgoing_at",
    "last_message_at",
    "window_expires_at",
    "delivered_until",
    "read_until",
]


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
    chat.messages.update(chat=there)
    both = Chat.objects.filter(pk__in=[chat.pk, there.pk])
    latest = Message.objects.filter(chat=there, is_private=False).in_order().last()
    facts = both.aggregate(unread_count=Sum("unread_count"), **{name: Max(name) for name in LATEST})
    state = Chat.State.OPEN if both.open().exists() else there.state
    owner = there.assigned_to_id or chat.assigned_to_id
    Chat.objects.filter(pk=there.pk).update(last_message=latest, state=state, assigned_to=owner, **facts)
    chat.delete()
