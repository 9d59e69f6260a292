"""WhatsApp's fields: which hold lists, and who reads their elements; which are one thing."""

from collections.abc import Callable, Mapping
from typing import Any

from pages.webhooks.events import ConsentChanged, Event, IdentityChanged, Person, StatusChanged, Trouble
from pages.webhooks.parsers import whatsapp_accounts as accounts
from pages.webhooks.parsers import whatsapp_messages as messages
from pages.webhooks.parsers.parts import Found
from pages.webhooks.parsers.people import Element, called, may_phone
from pages.webhooks.parsers.referrals import our_id
from pages.webhooks.parsers.values import (
    NAME,
    PERSON_ID,
    Malformed,
    as_count,
    may_dict,
    may_dicts,
    may_id,
    may_text,
    need_dict,
    need_id,
    need_text,
    word,
)

Reader = Callable[[Element], Found]

# A voice note that was played has been read.
STATUSES = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "failed": "FAILED", "played": "READ"}


def status(element: Element) -> Found:
    said, person = element.source, element.person()
    external_id, name = need_id(said, "id"), need_text(said, "status")
    if said.get("recipient_type") == "group":
        return Found(f"group.status.{word(name) or 'other'}", about=external_id)
    if name == "deleted":
        return Found("status.deleted", (), called(person), external_id)
    if name not in STATUSES:
        raise Malformed("status")
    mark, pricing = our_id(said.get("biz_opaque_callback_data")), may_dict(said, "pricing")
    changed = StatusChanged(element.at, person, external_id, STATUSES[name], mark, first_trouble(said), pricing or None)
    return Found(f"status.{name}", (changed,), called(person), external_id)


def first_trouble(said: dict[str, Any]) -> Trouble | None:
    errors = may_dicts(said, "errors")
    if not errors:
        return None
    first = errors[0]
    details = may_text(may_dict(first, "error_data"), "details") or may_text(first, "message")
    return Trouble(as_count(first.get("code")), may_text(first, "title"), details)


def preference(element: Element) -> Found:
    said, person, value = element.source, element.somebody(), element.source.get("value")
    category = need_text(said, "category")[:NAME]
    if value not in ("stop", "resume"):
        raise Malformed("value")
    changed = ConsentChanged(element.at, person, value == "resume", category)
    return Found(f"preference.{word(category) or 'other'}", (changed,), called(person))


def user_id(element: Element) -> Found:
    ids, phone = need_dict(element.source, "user_id"), may_phone(element.source, "wa_id")
    before = Person(may_id(ids, "previous", PERSON_ID), phone)
    after = Person(need_id(ids, "current", PERSON_ID), phone)
    events: tuple[Event, ...] = (IdentityChanged(element.at, before, after),) if before.is_somebody else ()
    return Found("identity.user_id", events, called(before) or called(after))


def user_action(element: Element) -> Found:
    return Found(f"user_action.{word(need_text(element.source, 'action_type')) or 'other'}")


def quiet(kind: str) -> Reader:
    """Known, and nothing follows from it yet."""
    return lambda element: Found(kind)


STANDBY: Mapping[str, Reader] = {
    "messages": messages.message,
    "message_echoes": messages.echo,
    "statuses": status,
}

ELEMENTS: Mapping[str, Mapping[str, Reader]] = {
    "messages": {
        "messages": messages.message,
        "statuses": status,
        "errors": quiet("errors"),
        "user_actions": user_action,
    },
    "smb_message_echoes": {"message_echoes": messages.echo, "errors": quiet("errors")},
    "standby": STANDBY,
    "user_preferences": {"user_preferences": preference},
    "user_id_update": {"user_id_update": user_id},
    "calls": {"calls": quiet("calls"), "statuses": quiet("calls.status"), "errors": quiet("errors")},
    "history": {"history": quiet("history"), "messages": quiet("history.message"), "errors": quiet("errors")},
    "smb_app_state_sync": {"state_sync": quiet("smb_app_state_sync"), "errors": quiet("errors")},
    "automatic_events": {"automatic_events": quiet("automatic_events")},
    "group_lifecycle_update": {"groups": quiet("group.lifecycle")},
    "group_participants_update": {"groups": quiet("group.participants")},
    "group_settings_update": {"groups": quiet("group.settings")},
    "group_status_update": {"groups": quiet("group.status")},
}

WHOLE: Mapping[str, Reader] = {
    "account_alerts": accounts.alert,
    "account_review_update": accounts.review,
    "account_update": accounts.update,
    "business_capability_update": accounts.capability,
    "phone_number_name_update": accounts.name,
    "phone_number_quality_update": accounts.quality,
    "business_username_update": accounts.username,
    "business_username_updates": accounts.username,
    "security": quiet("number.security"),
    "message_template_status_update": quiet("template.status"),
    "message_template_quality_update": quiet("template.quality"),
    "message_template_components_update": quiet("template.components"),
    "template_category_update": quiet("template.category"),
    "flows": quiet("flows"),
    "partner_solutions": quiet("partner_solutions"),
    "payment_configuration_update": quiet("payment_configuration"),
    "automatic_events": quiet("automatic_events"),
}
