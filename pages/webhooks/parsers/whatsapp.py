"""WhatsApp: `object` whatsapp_business_account. One part for each message, status, error and notice of each change."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pages.webhooks.events import Part
from pages.webhooks.parsers.parts import Account, attempt, clean_body, leftovers, unknown, unknown_body
from pages.webhooks.parsers.people import Cards, Element, cards_of, read_cards
from pages.webhooks.parsers.values import ACCOUNT_ID, EPOCH, as_id, as_time
from pages.webhooks.parsers.whatsapp_fields import ELEMENTS, WHOLE

PLATFORM = "WHATSAPP"
CHANGES = frozenset({"changes"})
ENTRY_CONTEXT = frozenset({"id", "time"})
VALUE_CONTEXT = frozenset({"messaging_product", "metadata", "contacts"})
NEEDS_NUMBER = frozenset({"messages", "smb_message_echoes", "standby"})


def parse(body: Any) -> list[Part]:
    body = clean_body(body)
    entries = body.get("entry")
    if not isinstance(entries, list) or not entries or not isinstance(body.get("object"), str):
        return [unknown_body(body, PLATFORM)]
    return [part for entry in entries for part in entry_parts(body, entry)]


def entry_parts(body: dict[str, Any], entry: Any) -> list[Part]:
    if not isinstance(entry, dict):
        return [unknown_body({"object": body["object"], "entry": [entry]}, PLATFORM)]
    changes = entry.get("changes")
    listed = changes if isinstance(changes, list) else []
    parts = [part for change in listed for part in Change(body["object"], entry, change).parts()]
    rest = leftovers(entry, lists=CHANGES, context=ENTRY_CONTEXT)
    if rest or not parts:
        account = Account(PLATFORM, body["object"], waba_id=as_id(entry.get("id"), ACCOUNT_ID))
        inside = {key: entry[key] for key in rest} if parts else entry
        at = as_time(entry.get("time"), EPOCH) or EPOCH
        parts.append(account.part(envelope(body["object"], entry, inside), at, unknown("entry")))
    return parts


def envelope(name: str, entry: dict[str, Any], inside: dict[str, Any]) -> dict[str, Any]:
    around = {key: entry[key] for key in ("id", "time") if key in entry}
    return {"object": name, "entry": [around | inside]}


class Change:
    """One change on its way apart."""

    def __init__(self, name: str, entry: dict[str, Any], change: Any) -> None:
        self.name, self.entry, self.change = name, entry, change
        known = change if isinstance(change, dict) else {}
        field = known.get("field")
        self.field: str = field if isinstance(field, str) else ""
        self.value = as_dict(known.get("value"))
        # Another app holds the thread: what it sees comes one level deeper.
        self.inner = as_dict(self.value.get("standby")) if self.field == "standby" else self.value
        self.at = as_time(entry.get("time"), EPOCH) or EPOCH
        self.account = self.find_account()

    def find_account(self) -> Account:
        """The number, where it is named by its id; else all numbers of the business account."""
        metadata = as_dict(self.value.get("metadata")) or as_dict(self.inner.get("metadata"))
        number = as_id(metadata.get("phone_number_id"), ACCOUNT_ID)
        whole = as_id(self.entry.get("id"), ACCOUNT_ID)
        return Account(PLATFORM, self.name, number, "" if number else whole)

    def parts(self) -> list[Part]:
        readers = ELEMENTS.get(self.field, {})
        parts = list(self.elements(readers.keys()))
        if not parts:
            return [self.whole()]
        rest = leftovers(self.inner, lists=frozenset(readers), context=VALUE_CONTEXT)
        return parts + [self.reduced(key).whole() for key in rest]

    def elements(self, names: Iterable[str]) -> Iterator[Part]:
        cards = read_cards(self.inner.get("contacts"))
        for name in names:
            listed = self.inner.get(name)
            for source in listed if isinstance(listed, list) else []:
                yield self.part(name, source, cards)

    def part(self, name: str, source: Any, cards: Cards) -> Part:
        mine = cards_of(source, name, cards) if isinstance(source, dict) else []
        payload = self.envelope(({"contacts": mine} if mine else {}) | {name: [source]})
        if not isinstance(source, dict):
            return self.account.part(payload, self.at, unknown(name))
        at = as_time(source.get("timestamp"), self.at) or self.at
        if self.field in NEEDS_NUMBER and not self.account.account_id:
            return self.account.part(payload, at, unknown("account"))
        element = Element(name, source, mine, at)
        found = attempt(lambda: ELEMENTS[self.field][name](element))
        if self.field == "standby" and found.is_known:
            found = replace(found, kind=f"standby.{found.kind}")
        return self.account.part(payload, at, found)

    def envelope(self, inside: dict[str, Any]) -> dict[str, Any]:
        value = carried(self.value) | inside
        if self.field == "standby":
            value = carried(self.value) | {"standby": carried(self.inner) | inside}
        return envelope(self.name, self.entry, {"changes": [{"field": self.field, "value": value}]})

    def reduced(self, key: str) -> "Change":
        envelope = self.envelope({key: self.inner[key]})
        return Change(self.name, self.entry, envelope["entry"][0]["changes"][0])

    def whole(self) -> Part:
        """A change that is one thing."""
        payload = envelope(self.name, self.entry, {"changes": [self.change]})
        read = WHOLE.get(self.field)
        if read is None or not self.value or not (self.account.account_id or self.account.waba_id):
            return self.account.part(payload, self.at, unknown(self.field or "change"))
        element = Element(self.field, self.value, [], self.at)
        return self.account.part(payload, self.at, attempt(lambda: read(element)))


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def carried(value: dict[str, Any]) -> dict[str, Any]:
    return {key: value[key] for key in ("messaging_product", "metadata") if key in value}
