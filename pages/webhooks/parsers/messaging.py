"""The envelope that Messenger and Instagram share: entries of messaging, standby and changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pages.webhooks.events import Part
from pages.webhooks.parsers.items import ITEMS, QUIET_ITEMS, Item
from pages.webhooks.parsers.parts import Account, Found, attempt, clean_body, leftovers, unknown, unknown_body
from pages.webhooks.parsers.values import ACCOUNT_ID, EPOCH, Malformed, as_id, as_time, may_dict, word

LISTS = frozenset({"messaging", "standby", "changes"})
CONTEXT = frozenset({"id", "time", "hop_context"})
# Instagram Login has been seen to put a change's keys in the entry itself.
BARE_CHANGE = frozenset({"field", "value"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one platform adds to the common envelope."""

    platform: str
    # By the field's name: what a change says.
    changes: Mapping[str, Callable[["Change"], Found]]


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    value: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    account: Account
    dialect: Dialect
    source: dict[str, Any]
    at: datetime

    def envelope(self, **inside: Any) -> dict[str, Any]:
        around = {key: self.source[key] for key in ("id", "time") if key in self.source}
        return {"object": self.account.object, "entry": [around | inside]}


def parse(body: Any, dialect: Dialect) -> list[Part]:
    body = clean_body(body)
    entries = body.get("entry")
    if not isinstance(entries, list) or not entries or not isinstance(body.get("object"), str):
        return [unknown_body(body, dialect.platform)]
    return [part for source in entries for part in entry_parts(body, source, dialect)]


def entry_parts(body: dict[str, Any], source: Any, dialect: Dialect) -> list[Part]:
    if not isinstance(source, dict):
        return [unknown_body({"object": body["object"], "entry": [source]}, dialect.platform)]
    account = Account(dialect.platform, body["object"], as_id(source.get("id"), ACCOUNT_ID))
    at = as_time(source.get("time"), EPOCH) or EPOCH
    entry = Entry(account, dialect, source, at)
    parts = list(elements(entry))
    context = CONTEXT | BARE_CHANGE if "field" in source else CONTEXT
    rest = leftovers(source, lists=LISTS, context=context)
    if rest or not parts:
        inside = {key: source[key] for key in rest} if parts else source
        parts.append(account.part(entry.envelope(**inside), at, unknown("entry")))
    return parts


def elements(entry: Entry) -> Iterator[Part]:
    for channel in ("messaging", "standby"):
        for data in as_list(entry.source.get(channel)):
            at, found = read_item(data, entry, is_standby=channel == "standby")
            yield entry.account.part(entry.envelope(**{channel: [data]}), at, found)
    for change in as_list(entry.source.get("changes")):
        at, found = read_change(change, entry)
        yield entry.account.part(entry.envelope(changes=[change]), at, found)
    if "field" in entry.source:
        at, found = read_change(entry.source, entry)
        named = {key: entry.source[key] for key in BARE_CHANGE & entry.source.keys()}
        yield entry.account.part(entry.envelope(**named), at, found)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def read_item(data: Any, entry: Entry, *, is_standby: bool = False) -> tuple[datetime, Found]:
    if not isinstance(data, dict) or not entry.account.account_id:
        return entry.at, unknown("account" if isinstance(data, dict) else "item")
    at = as_time(data.get("timestamp"), entry.at) or entry.at
    return at, attempt(lambda: item_found(data, entry, at, is_standby=is_standby))


def item_found(data: dict[str, Any], entry: Entry, at: datetime, *, is_standby: bool) -> Found:
    item = Item(entry.account.platform, entry.account.account_id, data, at, is_standby)
    for key, read in ITEMS.items():
        if key in data:
            found = read(item, may_dict(data, key))
            return with_prefix(found, "standby") if is_standby else found
    for key, kind in QUIET_ITEMS.items():
        if key in data:
            return Found(f"standby.{kind}" if is_standby else kind, sender_id=item.customer)
    return unknown(next((key for key in data if key not in ("sender", "recipient", "timestamp")), "item"))


def with_prefix(found: Found, prefix: str) -> Found:
    if not found.is_known:
        return found
    return Found(f"{prefix}.{found.kind}", found.events, found.sender_id, found.about)


def read_change(change: Any, entry: Entry) -> tuple[datetime, Found]:
    if not isinstance(change, dict) or not entry.account.account_id:
        return entry.at, unknown("account" if isinstance(change, dict) else "change")
    field, value = change.get("field"), change.get("value")
    if not isinstance(field, str) or not isinstance(value, dict):
        return entry.at, unknown(field or "change")
    if "recipient" in value or "sender" in value:
        return read_item(value, entry, is_standby=field == "standby")
    at = as_time(value.get("created_time"), as_time(value.get("timestamp"), entry.at)) or entry.at
    return at, attempt(lambda: change_found(Change(field, value, at), entry.dialect))


def change_found(change: Change, dialect: Dialect) -> Found:
    read = dialect.changes.get(change.field)
    if read is None:
        raise Malformed(change.field)
    return read(change)


def of_item_and_verb(change: Change) -> Found:
    item, verb = word(change.value.get("item")), word(change.value.get("verb"))
    if not item or not verb:
        raise Malformed(change.field)
    return Found(f"change.{change.field}.{item}.{verb}", sender_id=author(change.value))


def of_field(change: Change) -> Found:
    return Found(f"change.{change.field}", sender_id=author(change.value))


def author(value: dict[str, Any]) -> str:
    source = value.get("from")
    return as_id(source.get("id") if isinstance(source, dict) else value.get("sender_id"), 160)
