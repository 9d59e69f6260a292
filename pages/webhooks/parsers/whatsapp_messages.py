"""WhatsApp's messages: what people write, and what our staff write in the app on the phone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pages.webhooks.events import (
    Event,
    IdentityChanged,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Person,
    ReactionChanged,
)
from pages.webhooks.parsers.parts import Found
from pages.webhooks.parsers.people import Element, called, flat, may_phone
from pages.webhooks.parsers.values import (
    PERSON_ID,
    may_dict,
    may_id,
    may_text,
    need_dict,
    need_id,
    need_text,
    word,
)
from pages.webhooks.parsers.whatsapp_bodies import context, read_body


def message(element: Element) -> Found:
    said = element.source
    type_ = need_text(said, "type")
    if said.get("group_id"):
        return Found(f"group.message.{word(type_) or 'other'}", sender_id=called(element.person()))
    return ABOUT.get(type_, came)(element)


def came(element: Element) -> Found:
    said, person = element.source, element.somebody()
    external_id, body, around = need_id(said, "id"), read_body(said), context(said)
    received = MessageReceived(
        element.at,
        person,
        external_id,
        body.type,
        body.text,
        body.media,
        body.content | around,
        may_id(may_dict(said, "context"), "id"),
        body.opens_window,
    )
    return Found(body.kind or f"message.{body.type.lower()}", (received,), called(person), "", body.is_known)


def echo(element: Element) -> Found:
    said = flat(element.source)
    element = replace(element, source=said)
    if need_text(said, "type") in ABOUT:
        return ABOUT[said["type"]](element)
    person, body = element.somebody(), read_body(said)
    reply_to = may_id(may_dict(said, "context"), "id") or may_id(may_dict(said, "context"), "message_id")
    sent_by_us = MessageEchoed(
        element.at,
        person,
        need_id(said, "id"),
        body.type,
        body.text,
        body.media,
        body.content,
        reply_to,
    )
    kind = f"message.echo.{body.type.lower()}" if body.is_known else body.kind
    return Found(kind, (sent_by_us,), called(person), "", body.is_known)


def reaction(element: Element) -> Found:
    given, person = need_dict(element.source, "reaction"), element.somebody()
    about, emoji = need_id(given, "message_id"), may_text(given, "emoji")
    changed = ReactionChanged(element.at, person, about, emoji, by_us=element.name == "message_echoes")
    return Found("reaction.add" if emoji else "reaction.remove", (changed,), called(person), about)


def edit(element: Element) -> Found:
    given = need_dict(element.source, "edit")
    about, body = need_id(given, "original_message_id"), need_dict(given, "message")
    inside = need_dict(body, need_text(body, "type"))
    event = MessageEdited(element.at, about, may_text(inside, "body") or may_text(inside, "caption"))
    return Found("message.edit", (event,), called(element.person()), about)


def revoke(element: Element) -> Found:
    about = need_id(need_dict(element.source, "revoke"), "original_message_id")
    return Found("message.delete", (MessageDeleted(element.at, about),), called(element.person()), about)


def notice(element: Element) -> Found:
    """A notice, and the new identity behind it."""
    found, said = came(element), need_dict(element.source, "system")
    after = new_identity(said) if may_text(said, "type") in MOVES else None
    if after is None:
        return found
    person = element.person()
    before = Person(person.external_id, person.phone)
    events: tuple[Event, ...] = (*found.events, IdentityChanged(element.at, before, after))
    return Found(found.kind, events, found.sender_id)


MOVES = frozenset({"user_changed_number", "user_changed_user_id"})


def new_identity(said: dict[str, Any]) -> Person | None:
    user = said.get("user_id")
    external_id = may_id(user, "current", PERSON_ID) if isinstance(user, dict) else may_id(said, "user_id", PERSON_ID)
    after = Person(external_id, may_phone(said, "wa_id"))
    return after if after.is_somebody else None


# What concerns another message, or somebody's identity.
ABOUT: dict[str, Callable[[Element], Found]] = {
    "reaction": reaction,
    "edit": edit,
    "revoke": revoke,
    "system": notice,
}
