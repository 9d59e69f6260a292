"""WhatsApp's fields besides messages: the account, its numbers, people's wishes, other apps."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pages.webhooks.events import (
    ChannelChanged,
    ChannelTroubled,
    ConsentChanged,
    IdentityChanged,
    MessageEchoed,
    MessageReceived,
    Person,
)
from pages.webhooks.parsers import parse
from tests.pages.webhooks.envelopes import AT, BSUID, LINE, NUMBER, PHONE, WABA, S, card, on_number, said, whatsapp

WHO = Person(BSUID, PHONE, "rosa.demo", "Rosa T.")
# A business account's entry is not always given a time.
SOMETIME = datetime(1970, 1, 1, tzinfo=UTC)


def troubled(change: str, reason: str = "") -> ChannelTroubled:
    return ChannelTroubled(SOMETIME, change, reason)


def changed(phone: str = LINE, **changes: str) -> ChannelChanged:
    return ChannelChanged(SOMETIME, phone, changes)


def alert(severity: str, status: str = "ACTIVE") -> dict[str, Any]:
    info = {"alert_severity": severity, "alert_status": status, "alert_type": "X", "alert_description": "Do this"}
    return {"entity_type": "WABA", "entity_id": WABA, "alert_info": info}


def restricted(*types: str) -> dict[str, Any]:
    return {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": type_} for type_ in types]}


def ban(state: str) -> dict[str, Any]:
    return {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state, "waba_ban_date": "June 1"}}


TEMPLATE = {"event": "REJECTED", "message_template_id": 590000000000001, "message_template_name": "visit"}
ACCOUNT = [
    ("account_update", {"event": "ACCOUNT_DELETED"}, "account.account_deleted", troubled("blocked", "ACCOUNT_DELETED")),
    (
        "account_update",
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
        "account.account_violation",
        troubled("warned", "SPAM"),
    ),
    (
        "account_update",
        restricted("RESTRICTED_BIZ_INITIATED_MESSAGING"),
        "account.account_restriction",
        troubled("warned", "RESTRICTED_BIZ_INITIATED_MESSAGING"),
    ),
    (
        "account_update",
        restricted("A", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"),
        "account.account_restriction",
        troubled("blocked", "A, RESTRICTED_CUSTOMER_INITIATED_MESSAGING"),
    ),
    ("account_update", ban("DISABLE"), "account.disabled_update", troubled("blocked", "DISABLE")),
    ("account_update", ban("REINSTATE"), "account.disabled_update", troubled("restored", "REINSTATE")),
    (
        "account_update",
        ban("SCHEDULE_FOR_DISABLE"),
        "account.disabled_update",
        troubled("warned", "SCHEDULE_FOR_DISABLE"),
    ),
    (
        "account_update",
        {"event": "account_reconnected"},
        "account.account_reconnected",
        troubled("restored", "ACCOUNT_RECONNECTED"),
    ),
    ("account_update", {"event": "PARTNER_ADDED"}, "account.partner_added", None),
    (
        "account_update",
        {"event": "VOLUME_BASED_PRICING_TIER_UPDATE", "volume_tier_info": {}},
        "account.volume_based_pricing_tier_update",
        None,
    ),
    ("account_alerts", alert("CRITICAL"), "account.alert", troubled("warned", "X: Do this")),
    ("account_alerts", alert("INFORMATIONAL"), "account.alert", None),
    ("account_alerts", alert("CRITICAL", "NONE"), "account.alert", None),
    ("account_review_update", {"decision": "APPROVED"}, "account.review.approved", None),
    (
        "account_review_update",
        {"decision": "REJECTED"},
        "account.review.rejected",
        troubled("blocked", "account review: rejected"),
    ),
    (
        "business_capability_update",
        {"max_daily_conversations_per_business": "TIER_2K", "max_phone_numbers_per_waba": 25},
        "account.capability",
        changed("", messaging_tier="TIER_2K"),
    ),
    (
        "phone_number_quality_update",
        {"display_phone_number": LINE, "event": "FLAGGED", "current_limit": "TIER_250"},
        "number.quality",
        changed(messaging_tier="TIER_250", quality="RED"),
    ),
    (
        "phone_number_name_update",
        {"display_phone_number": "+1 555-010-0001", "decision": "APPROVED", "requested_verified_name": "Demo"},
        "number.name",
        changed(verified_name="Demo", name_status="APPROVED"),
    ),
    (
        "phone_number_name_update",
        {"display_phone_number": LINE, "decision": "REJECTED", "requested_verified_name": "Demo"},
        "number.name",
        changed(name_status="REJECTED"),
    ),
    (
        "business_username_update",
        {"display_phone_number": LINE, "username": "@demo", "status": "approved"},
        "number.username",
        changed(username="demo", username_status="approved"),
    ),
    ("security", {"display_phone_number": LINE, "event": "PIN_CHANGED"}, "number.security", None),
    ("message_template_status_update", TEMPLATE, "template.status", None),
    ("message_template_quality_update", {"new_quality_score": "RED"}, "template.quality", None),
    ("message_template_components_update", {"message_template_id": 1}, "template.components", None),
    ("template_category_update", {"new_category": "MARKETING"}, "template.category", None),
    ("flows", {"event": "FLOW_STATUS_CHANGE", "flow_id": "1"}, "flows", None),
    ("partner_solutions", {"event": "SOLUTION_CREATED"}, "partner_solutions", None),
    ("payment_configuration_update", {"configuration_name": "x"}, "payment_configuration", None),
]

OF_A_NUMBER = [
    ("calls", "calls", "calls"),
    ("calls", "statuses", "calls.status"),
    ("history", "history", "history"),
    ("smb_app_state_sync", "state_sync", "smb_app_state_sync"),
    ("automatic_events", "automatic_events", "automatic_events"),
    ("group_lifecycle_update", "groups", "group.lifecycle"),
    ("group_participants_update", "groups", "group.participants"),
    ("group_settings_update", "groups", "group.settings"),
    ("group_status_update", "groups", "group.status"),
]


@pytest.mark.parametrize(("field", "value", "kind", "event"), ACCOUNT)
def test_an_account_update_concerns_all_numbers(field: str, value: Any, kind: str, event: Any) -> None:
    (part,) = parse(whatsapp(field, value))
    assert (part.kind, part.events, part.is_known) == (kind, (event,) if event else (), True)
    assert (part.account_id, part.waba_id) == ("", WABA)


@pytest.mark.parametrize(("field", "name", "kind"), OF_A_NUMBER)
def test_lists_are_taken_apart_without_effect(field: str, name: str, kind: str) -> None:
    parts = parse(on_number(field, **{name: [{"id": "1", "timestamp": str(S)}, {"id": "2"}]}))
    assert [(part.kind, part.events, part.is_known) for part in parts] == [(kind, (), True)] * 2
    assert [part.at for part in parts] == [AT, SOMETIME]


@pytest.mark.parametrize(("value", "opted_in"), [("stop", False), ("resume", True)])
def test_a_wish_about_marketing_is_consent(value: str, opted_in: bool) -> None:
    wish = {"wa_id": PHONE, "category": "marketing_messages", "value": value, "timestamp": S}
    (part,) = parse(on_number("user_preferences", contacts=[card()], user_preferences=[wish]))
    assert part.kind == "preference.marketing_messages"
    assert part.events == (ConsentChanged(AT, WHO, opted_in, "marketing_messages"),)


def test_a_new_user_id_is_a_new_identity() -> None:
    said = {"wa_id": PHONE, "user_id": {"previous": BSUID, "current": "CO.2"}, "timestamp": str(S)}
    (part,) = parse(on_number("user_id_update", user_id_update=[said]))
    assert part.events == (IdentityChanged(AT, Person(BSUID, PHONE), Person("CO.2", PHONE)),)
    assert (part.kind, part.account_id) == ("identity.user_id", NUMBER)


def test_standby_is_part_of_the_conversation() -> None:
    sent = {"id": "wamid.S1", "timestamp": str(S), "message": {"to": PHONE, "type": "text", "text": {"body": "Yes"}}}
    status = {"id": "wamid.S1", "status": "read", "timestamp": str(S), "recipient_id": PHONE}
    inner = {
        "contacts": [card()],
        "messages": [said("text", {"body": "Hola"})],
        "message_echoes": [sent],
        "statuses": [status],
    }
    written, echoed, read = parse(on_number("standby", standby=inner))
    assert (written.kind, written.events) == (
        "standby.message.text",
        (MessageReceived(AT, WHO, "wamid.DEMO1", "TEXT", "Hola"),),
    )
    assert (echoed.kind, echoed.events) == (
        "standby.message.echo.text",
        (MessageEchoed(AT, WHO, "wamid.S1", "TEXT", "Yes"),),
    )
    assert (read.kind, read.events[0].status) == ("standby.status.read", "READ")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (whatsapp("teleports", {"x": 1}), "unknown.teleports"),
        (whatsapp("account_update", {"event": None}), "unknown.event"),
        (whatsapp("account_update", []), "unknown.account_update"),
        (whatsapp("messages", {"messages": [said("text", {"body": "Hola"})]}), "unknown.account"),
        (on_number(contacts=[card()]), "unknown.messages"),
        (on_number("standby", standby="later"), "unknown.standby"),
        ({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": ["text"]}]}, "unknown.change"),
        ({"object": "whatsapp_business_account", "entry": [{"id": WABA}]}, "unknown.entry"),
        ({"object": "whatsapp_business_account", "entry": []}, "unknown.envelope"),
    ],
)
def test_what_is_not_understood_is_kept_as_unknown(body: Any, kind: str) -> None:
    (part,) = parse(body)
    assert (part.kind, part.events, part.is_known, part.payload) == (kind, (), False, body)
