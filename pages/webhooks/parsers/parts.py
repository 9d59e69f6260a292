"""What the three parsers share: what was found in an element, and the parts made of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pages.webhooks.events import Event, Part
from pages.webhooks.parsers.values import EPOCH, Malformed, clean, word

LONGEST_OBJECT = 50


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    events: tuple[Event, ...] = ()
    sender_id: str = ""
    about: str = ""
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """Whose an element is."""

    platform: str
    object: str
    account_id: str = ""
    waba_id: str = ""

    def part(self, payload: dict[str, Any], at: datetime, found: Found) -> Part:
        return Part(
            self.platform,
            self.object,
            self.account_id,
            found.kind,
            payload,
            at,
            self.waba_id,
            found.sender_id,
            found.about,
            found.events,
            found.is_known,
        )


def unknown(what: Any) -> Found:
    return Found(f"unknown.{word(what, 50) or 'element'}", is_known=False)


def attempt(read: Callable[[], Found]) -> Found:
    try:
        return read()
    except Malformed as problem:
        return unknown(problem.key)


def clean_body(body: Any) -> dict[str, Any]:
    cleaned: dict[str, Any] = clean(body if isinstance(body, dict) else {"body": body})
    return cleaned


def object_of(body: dict[str, Any]) -> str:
    name = body.get("object")
    return name[:LONGEST_OBJECT] if isinstance(name, str) else ""


def unknown_body(body: dict[str, Any], platform: str = "") -> Part:
    return Account(platform, object_of(body)).part(body, EPOCH, unknown("envelope" if platform else "object"))


def leftovers(source: dict[str, Any], *, lists: frozenset[str], context: frozenset[str]) -> list[str]:
    """Keys that hold more than a plain value and that nobody has read: what Meta added since, or spoiled."""
    return [key for key, value in source.items() if key not in context and is_more(value, is_list=key in lists)]


def is_more(value: Any, *, is_list: bool) -> bool:
    if is_list:
        return value is not None and not isinstance(value, list)
    return isinstance(value, dict | list) and bool(value)
