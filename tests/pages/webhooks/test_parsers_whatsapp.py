"""What people write on WhatsApp, what staff write on the phone, and what became of what we sent."""

from typing import Any

import pytest

from pages.webhooks.events import (
    IdentityChanged,
    Person,
)
from pages.webhooks.parsers import parse
from tests.pages.webhooks.envelopes import (
    AT,
    BSUID,
    NUMBER,
    PHONE,
    S,
    card,
    on_number,
    said,
    whatsapp_message,
    whatsapp_status,
)
from tests.pages.webhooks.whatsapp_cases import BARE, HOLA, MESSAGES, STATUSES, WHO, received


@pytest.mark.parametrize(("body", "kind", "event"), MESSAGES)
def test_each_kind_of_message_has_its_event(body: Any, kind: str, event: Any) -> None:
    (part,) = parse(body)
    assert (part.kind, part.events, part.is_known) == (kind, (event,), True)
    assert (part.platform, part.account_id, part.waba_id, part.at) == ("WHATSAPP", NUMBER, "", AT)
    assert part.sender_id == BSUID


@pytest.mark.parametrize(("body", "event"), STATUSES)
def test_each_status_has_its_event(body: Any, event: Any) -> None:
    (part,) = parse(body)
    name = body["entry"][0]["changes"][0]["value"]["statuses"][0]["status"]
    assert (part.kind, part.events, part.about) == (f"status.{name}", (event,), "wamid.OUT1")


@pytest.mark.parametrize(
    ("notice", "after"),
    [
        ({"type": "user_changed_number", "body": "Moved", "wa_id": "573009999999"}, Person("", "573009999999")),
        ({"type": "user_changed_user_id", "user_id": {"previous": BSUID, "current": "CO.2"}}, Person("CO.2")),
    ],
)
def test_a_notice_may_carry_a_new_identity(notice: dict[str, Any], after: Person) -> None:
    (part,) = parse(on_number(messages=[said("system", notice)]))
    message, identity = part.events
    assert (message.type, message.opens_window, part.kind) == ("SYSTEM", False, f"system.{notice['type']}")
    assert identity == IdentityChanged(AT, BARE, after)


def test_a_type_that_nobody_knows_is_still_a_message() -> None:
    (part,) = parse(whatsapp_message("hologram", {"id": "1"}))
    assert (part.kind, part.is_known) == ("unknown.message.hologram", False)
    assert part.events == (received("UNSUPPORTED", content={"unsupported": {"kind": "hologram"}}),)


def test_groups_are_known_and_left_alone() -> None:
    (written,) = parse(whatsapp_message("text", HOLA, group_id="g1"))
    (sent,) = parse(whatsapp_status("sent", recipient_type="group", recipient_id="g1"))
    assert [(part.kind, part.events) for part in (written, sent)] == [
        ("group.message.text", ()),
        ("group.status.sent", ()),
    ]


@pytest.mark.parametrize(
    ("ids", "cards", "person"),
    [
        ({"from": PHONE, "from_user_id": None}, [card()], WHO),
        ({"from": "", "from_user_id": BSUID}, [card(phone="")], Person(BSUID, "", "rosa.demo", "Rosa T.")),
        ({"from": PHONE, "from_user_id": None}, [], Person("", PHONE)),
        ({"from": "+57 300-000-0001", "from_user_id": None}, [], Person("", PHONE)),
        ({}, [card("999", "CO.9", "Other"), card()], WHO),
        ({}, [card("999", "CO.9", "Other")], BARE),
    ],
)
def test_the_card_is_found_by_id_never_by_position(ids: Any, cards: Any, person: Person) -> None:
    (part,) = parse(on_number(contacts=cards, messages=[said("text", HOLA, **ids)]))
    assert part.events[0].person == person
    kept = part.payload["entry"][0]["changes"][0]["value"].get("contacts", [])
    assert kept == [each for each in cards if each["user_id"] == BSUID]


@pytest.mark.parametrize(
    ("over", "kind"),
    [
        ({"from": None, "from_user_id": None}, "unknown.from"),
        ({"from": BSUID, "from_user_id": None}, "unknown.from"),
        ({"from": "1" * 33}, "unknown.from"),
        ({"from_user_id": "C" * 161}, "unknown.from_user_id"),
        ({"id": None}, "unknown.id"),
        ({"id": "x" * 256}, "unknown.id"),
        ({"type": 7}, "unknown.type"),
        ({"text": "Hola"}, "unknown.text"),
        ({"text": {"body": 7}}, "unknown.body"),
        ({"context": []}, "unknown.context"),
    ],
)
def test_a_broken_message_is_kept_as_unknown(over: dict[str, Any], kind: str) -> None:
    body = on_number(messages=[said("text", HOLA) | over])
    (part,) = parse(body)
    assert (part.kind, part.events, part.is_known, part.payload) == (kind, (), False, body)


def test_one_change_of_everything_is_taken_apart() -> None:
    status = {"id": "wamid.OUT1", "status": "read", "timestamp": str(S), "recipient_id": PHONE}
    clicked = {"action_type": "marketing_messages_link_click", "timestamp": str(S)}
    parts = parse(
        on_number(
            contacts=[card()],
            messages=[said("text", HOLA), said("text", HOLA, id="wamid.DEMO2"), "text"],
            statuses=[status],
            errors=[{"code": 130429}],
            user_actions=[clicked],
            novelty=[{"x": 1}],
        )
    )
    assert [part.kind for part in parts] == [
        "message.text",
        "message.text",
        "unknown.messages",
        "status.read",
        "errors",
        "user_action.marketing_messages_link_click",
        "unknown.messages",
    ]
    assert {part.account_id for part in parts} == {NUMBER}
