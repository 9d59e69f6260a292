"""What becomes of a message afterwards: edited, taken back, reacted to."""

from typing import Any

from django.db.models import Q

from inbox import live
from inbox.actions.chatting import WINDOW
from inbox.actions.media import forget_files
from inbox.bounds import bounded_text
from inbox.models import Chat, Message
from pages.models import Channel, WebhookEvent
from pages.webhooks.events import Event, MessageDeleted, MessageEdited, ReactionChanged
from pages.webhooks.routes import Heard

# Meta allows five. Each is written with all before it, so without an end their number would grow into hours of work.
MOST_EDITS = 20


def edit_messages(channel: Channel, heard: list[Heard]) -> list[Heard]:
    """The newest text wins; those before are kept."""
    return each(channel, heard, edit)


def delete_messages(channel: Channel, heard: list[Heard]) -> list[Heard]:
    """What the customer took back is gone here too: Meta asks for it. That something stood there remains."""
    return each(channel, heard, delete)


def change_reactions(channel: Channel, heard: list[Heard]) -> list[Heard]:
    return each(channel, heard, react)


def each(channel: Channel, heard: list[Heard], change: Any) -> list[Heard]:
    """Does it to the message that each is about; those whose message has not come yet are too early."""
    asked = {about(one.event) for one in heard}
    found = Message.objects.select_for_update(of=("self",)).select_related("chat").order_by("id")
    found = found.filter(channel=channel, external_id__in=asked)
    messages = {message.external_id: message for message in found}
    for one in sorted(heard, key=lambda one: one.event.at):
        if message := messages.get(about(one.event)):
            change(message, one.event)
    live.messages_changed_in(messages.values())
    return [one for one in heard if about(one.event) not in messages]


def about(event: Event) -> str:
    if isinstance(event, ReactionChanged):
        return event.about
    assert isinstance(event, MessageEdited | MessageDeleted)
    return event.external_id


def edit(message: Message, event: MessageEdited) -> None:
    versions = [*message.earlier_texts, {"text": message.text, "at": stamp(message.edited_at or message.sent_at)}]
    told = {"text": bounded_text(event.text), "at": stamp(event.at)}
    if message.deleted_at or told in versions:
        return
    # Edits may come in any order: the newest stands, the others lie behind it by their times. The first words are
    # before them all: WhatsApp counts seconds, and they may share one.
    first, *edits = versions
    edits = sorted([*edits, told], key=lambda version: (version["at"], version["text"]))
    newest = edits.pop()
    message.text, message.earlier_texts = newest["text"], [first, *edits[-MOST_EDITS:]]
    message.edited_at = max(message.edited_at or event.at, event.at)
    message.save(update_fields=["text", "earlier_texts", "edited_at"])


def stamp(at: Any) -> str:
    return str(at.isoformat())


def delete(message: Message, event: MessageDeleted) -> None:
    if message.deleted_at:
        return
    message.text, message.payload, message.earlier_texts = "", {}, []
    message.deleted_at = event.at
    message.save(update_fields=["text", "payload", "earlier_texts", "deleted_at"])
    forget_files(message)
    forget_words(message)


def forget_words(message: Message) -> None:
    """The webhooks that brought them keep their fingerprint, so that a repetition brings nothing back."""
    brought = WebhookEvent.objects.filter(
        Q(pk=message.event_id) | Q(channel=message.channel_id, about=message.external_id)
    )
    brought.update(payload={})


def react(message: Message, event: ReactionChanged) -> None:
    """One from each side; the newest counts, also when it is that there is none any more.

    Of two in the same second, which is all that WhatsApp tells, the removal is the newer one.
    """
    if event.emoji and not event.by_us:
        open_window(message.chat, event)
    who = "us" if event.by_us else "contact"
    before = message.reactions.get(who)
    told = {"emoji": event.emoji, "at": stamp(event.at)}
    if before and order_of(before) >= order_of(told):
        return
    message.reactions = {**message.reactions, who: told}
    message.save(update_fields=["reactions"])


def order_of(reaction: dict[str, str]) -> tuple[str, bool, str]:
    return reaction["at"], not reaction["emoji"], reaction["emoji"]


def open_window(chat: Chat, event: ReactionChanged) -> None:
    until = event.at + WINDOW
    if Chat.objects.filter(pk=chat.pk).exclude(window_expires_at__gte=until).update(window_expires_at=until):
        live.chat_changed(chat)
