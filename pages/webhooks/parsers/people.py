"""WhatsApp: who somebody is. A business-scoped id, a phone number, or both, and a card that goes with them."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pages.webhooks.events import Person
from pages.webhooks.parsers.values import PERSON_ID, PHONE, Malformed, as_id, as_label, may_dict, may_id

# Some write a number as people do.
PUNCTUATION = re.compile(r"[+\s().-]")


def as_phone(value: Any) -> str:
    """Digits only; empty where it is no number."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return value
    found = PUNCTUATION.sub("", as_id(value))
    return found if found.isascii() and found.isdecimal() else ""


def may_phone(source: dict[str, Any], key: str) -> str:
    found = as_phone(source.get(key))
    if len(found) > PHONE:
        raise Malformed(key)
    return found


@dataclass(frozen=True, slots=True)
class Cards:
    """A change's contacts, found by id and never by position: a thousand messages may share one change."""

    all: list[dict[str, Any]] = field(default_factory=list)
    by_user_id: dict[str, int] = field(default_factory=dict)
    by_phone: dict[str, int] = field(default_factory=dict)

    def of(self, user_id: str, phone: str) -> list[dict[str, Any]]:
        found = {self.by_user_id.get(user_id), self.by_phone.get(phone)} - {None}
        return [self.all[position] for position in sorted(position for position in found if position is not None)]


def read_cards(contacts: Any) -> Cards:
    cards = Cards([each for each in contacts if isinstance(each, dict)] if isinstance(contacts, list) else [])
    for position, card in enumerate(cards.all):
        if user_id := as_id(card.get("user_id"), PERSON_ID):
            cards.by_user_id.setdefault(user_id, position)
        if phone := as_phone(card.get("wa_id")):
            cards.by_phone.setdefault(phone, position)
    return cards


# Which keys of an element name the customer.
IDS = {
    "messages": ("from_user_id", "from"),
    "message_echoes": ("to_user_id", "to"),
    "statuses": ("recipient_user_id", "recipient_id"),
    "user_preferences": ("user_id", "wa_id"),
    "user_id_update": ("", "wa_id"),
}


def flat(element: dict[str, Any]) -> dict[str, Any]:
    """In standby an echo holds the body that was sent: one level up with it."""
    sent = element.get("message")
    if not isinstance(sent, dict):
        return element
    return sent | {key: value for key, value in element.items() if key != "message"}


def cards_of(element: dict[str, Any], name: str, cards: Cards) -> list[dict[str, Any]]:
    element = flat(element) if name == "message_echoes" else element
    user_key, phone_key = IDS.get(name, ("", ""))
    user_id, phone = as_id(element.get(user_key), PERSON_ID), as_phone(element.get(phone_key))
    return cards.of(user_id, phone) if user_id or phone else []


@dataclass(frozen=True, slots=True)
class Element:
    """One message, status or notice, with the cards that name its customer."""

    name: str
    source: dict[str, Any]
    cards: list[dict[str, Any]]
    at: datetime

    def person(self) -> Person:
        user_key, phone_key = IDS.get(self.name, ("", ""))
        external_id, phone = may_id(self.source, user_key, PERSON_ID), may_phone(self.source, phone_key)
        username, label = "", ""
        for card in self.cards:
            external_id = external_id or may_id(card, "user_id", PERSON_ID)
            phone = phone or may_phone(card, "wa_id")
            profile = may_dict(card, "profile")
            username = username or as_label(profile.get("username")).lstrip("@")
            label = label or as_label(profile.get("name"))
        return Person(external_id, phone, username, label)

    def somebody(self) -> Person:
        person = self.person()
        if not person.is_somebody:
            raise Malformed(IDS[self.name][1])
        return person


def called(person: Person) -> str:
    return person.external_id or person.phone
