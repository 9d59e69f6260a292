"""WhatsApp's word on a business account and its numbers."""

from typing import Any

from pages.webhooks.events import ChannelChanged, ChannelTroubled, Event
from pages.webhooks.parsers.parts import Found
from pages.webhooks.parsers.people import Element, may_phone
from pages.webhooks.parsers.values import (
    as_count,
    filled,
    may_dict,
    may_dicts,
    may_text,
    need_dict,
    need_text,
    word,
)


def update(element: Element) -> Found:
    event = need_text(element.source, "event").upper()
    trouble = TROUBLES.get(event, no_trouble)(element.source)
    events: tuple[Event, ...] = (ChannelTroubled(element.at, trouble[0], trouble[1]),) if trouble else ()
    return Found(f"account.{word(event, 50) or 'update'}", events)


Trouble = tuple[str, str] | None


def no_trouble(said: dict[str, Any]) -> Trouble:
    return None


def violated(said: dict[str, Any]) -> Trouble:
    return "warned", may_text(may_dict(said, "violation_info"), "violation_type")


def restricted(said: dict[str, Any]) -> Trouble:
    """Only where people can no longer be answered is the number blocked."""
    names = [may_text(each, "restriction_type") for each in may_dicts(said, "restriction_info")]
    is_blocked = any("CUSTOMER_INITIATED" in name for name in names)
    return "blocked" if is_blocked else "warned", ", ".join(filter(None, names))


BAN = {"DISABLE": "blocked", "REINSTATE": "restored", "SCHEDULE_FOR_DISABLE": "warned"}


def banned(said: dict[str, Any]) -> Trouble:
    state = need_text(need_dict(said, "ban_info"), "waba_ban_state")
    return (BAN[state], state) if state in BAN else None


TROUBLES = {
    "ACCOUNT_VIOLATION": violated,
    "ACCOUNT_RESTRICTION": restricted,
    "DISABLED_UPDATE": banned,
    "ACCOUNT_DELETED": lambda said: ("blocked", "ACCOUNT_DELETED"),
    "ACCOUNT_OFFBOARDED": lambda said: ("blocked", "ACCOUNT_OFFBOARDED"),
    "ACCOUNT_RECONNECTED": lambda said: ("restored", "ACCOUNT_RECONNECTED"),
}


def alert(element: Element) -> Found:
    said = element.source
    # Older ones have its keys beside the entity's.
    info = may_dict(said, "alert_info") or said
    severity, type_ = may_text(info, "alert_severity"), may_text(info, "alert_type")
    reason = ": ".join(filter(None, (type_, may_text(info, "alert_description"))))
    is_trouble = severity in ("CRITICAL", "WARNING") and may_text(info, "alert_status") == "ACTIVE"
    return Found("account.alert", (ChannelTroubled(element.at, "warned", reason),) if is_trouble else ())


def review(element: Element) -> Found:
    decision = need_text(element.source, "decision")
    reason = "account review: " + decision.lower()
    events = (ChannelTroubled(element.at, "blocked", reason),) if decision == "REJECTED" else ()
    return Found(f"account.review.{word(decision) or 'other'}", events)


def capability(element: Element) -> Found:
    return changed(element, "account.capability", messaging_tier=tier(element.source))


def quality(element: Element) -> Found:
    flagged = "RED" if element.source.get("event") == "FLAGGED" else ""
    return changed(element, "number.quality", messaging_tier=tier(element.source), quality=flagged)


def tier(said: dict[str, Any]) -> str:
    """The name has changed with the years, and once the value was a number."""
    value = said.get("max_daily_conversations_per_business", said.get("current_limit"))
    return f"TIER_{as_count(value)}" if isinstance(value, int) and as_count(value) else may_tier(value)


def may_tier(value: Any) -> str:
    return value[:40] if isinstance(value, str) else ""


def name(element: Element) -> Found:
    decision = need_text(element.source, "decision")
    agreed = may_text(element.source, "requested_verified_name") if decision == "APPROVED" else ""
    return changed(element, "number.name", verified_name=agreed, name_status=decision)


def username(element: Element) -> Found:
    status, taken = may_text(element.source, "status"), may_text(element.source, "username")
    return changed(element, "number.username", username=taken.lstrip("@"), username_status=status)


def changed(element: Element, kind: str, **changes: str) -> Found:
    said = filled(**changes)
    phone = may_phone(element.source, "display_phone_number")
    return Found(kind, (ChannelChanged(element.at, phone, said),) if said else ())
