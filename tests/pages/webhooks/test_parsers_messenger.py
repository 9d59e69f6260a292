"""Every kind of Messenger webhook that Meta's documents name, and what becomes of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pages.webhooks.events import (
    ChannelTroubled,
    ConsentChanged,
    Delivered,
    MessageEdited,
    ReactionChanged,
    Read,
    ThreadControlChanged,
)
from pages.webhooks.parsers import parse
from tests.pages.webhooks.envelopes import (
    AT,
    MS,
    PAGE,
    ROSA,
    S,
    attached,
    page,
    page_change,
    page_message,
)
from tests.pages.webhooks.messenger_cases import (
    AD,
    AD_FOUND,
    CART,
    CDN,
    LATER,
    LATER_MS,
    MESSAGES,
    NOTIFIED,
    WHO,
    echoed,
    received,
)

ITEMS = [
    (
        {"message_edit": {"mid": "m_1", "text": "Hello", "num_edit": "2"}},
        "message.edit",
        MessageEdited(AT, "m_1", "Hello", 2),
    ),
    (
        {"reaction": {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"}},
        "reaction.add",
        ReactionChanged(AT, WHO, "m_1", "❤"),
    ),
    (
        {"reaction": {"mid": "m_1", "action": "react", "reaction": "like"}},
        "reaction.add",
        ReactionChanged(AT, WHO, "m_1", "👍"),
    ),
    ({"reaction": {"mid": "m_1", "action": "unreact"}}, "reaction.remove", ReactionChanged(AT, WHO, "m_1", "")),
    (
        {
            "sender": {"id": PAGE},
            "recipient": {"id": ROSA},
            "reaction": {"mid": "m_1", "action": "react", "emoji": "❤"},
        },
        "reaction.add",
        ReactionChanged(AT, WHO, "m_1", "❤", by_us=True),
    ),
    ({"read": {"watermark": LATER_MS}}, "read", Read(AT, WHO, LATER)),
    ({"delivery": {"mids": ["m_1"], "watermark": LATER_MS}}, "delivery", Delivered(AT, WHO, LATER, ("m_1",))),
    ({"delivery": {"watermark": LATER_MS}}, "delivery", Delivered(AT, WHO, LATER)),
    (
        {"postback": {"mid": "m_2", "title": "Start", "payload": "GO", "referral": AD}},
        "postback",
        received(
            "POSTBACK",
            "Start",
            external_id="m_2",
            content={"button": {"title": "Start", "payload": "GO"}, "referral": AD_FOUND},
        ),
    ),
    (
        {"postback": {"title": "Start", "payload": "GO"}},
        "postback",
        received(
            "POSTBACK",
            "Start",
            external_id=f"postback:{ROSA}:{MS}:a0f94949",
            content={"button": {"title": "Start", "payload": "GO"}},
        ),
    ),
    ({"optin": NOTIFIED}, "optin", ConsentChanged(AT, WHO, False, "notification_messages", "NEWS")),
    (
        {"optin": {"type": "notification_messages", "notification_messages_status": "RESUME NOTIFICATIONS"}},
        "optin",
        ConsentChanged(AT, WHO, True, "notification_messages"),
    ),
    ({"optin": {"ref": "site", "user_ref": "u1"}}, "optin", ConsentChanged(AT, WHO, True, "checkbox", "site")),
    ({"optin": {"ref": "site"}}, "optin", ConsentChanged(AT, WHO, True, "send_to_messenger", "site")),
    (
        {"policy_enforcement": {"action": "warning", "reason": "spam"}},
        "policy.warning",
        ChannelTroubled(AT, "warned", "spam"),
    ),
    (
        {"policy_enforcement": {"action": "block", "reason": "spam"}},
        "policy.block",
        ChannelTroubled(AT, "blocked", "spam"),
    ),
    ({"policy-enforcement": {"action": "unblock"}}, "policy.unblock", ChannelTroubled(AT, "restored")),
    (
        {"business_integrity": {"status": "restricted", "violations": [{"type": "SPAM"}]}},
        "account.integrity.restricted",
        ChannelTroubled(AT, "blocked", "SPAM"),
    ),
    (
        {"pass_thread_control": {"previous_owner_app_id": None, "new_owner_app_id": 263902037430900}},
        "thread.pass",
        ThreadControlChanged(AT, WHO, "passed", "263902037430900"),
    ),
    (
        {"take_thread_control": {"previous_owner_app_id": "505", "new_owner_app_id": "506"}},
        "thread.take",
        ThreadControlChanged(AT, WHO, "taken", "506"),
    ),
    (
        {"request_thread_control": {"requested_owner_app_id": "507"}},
        "thread.request",
        ThreadControlChanged(AT, WHO, "requested", "507"),
    ),
    ({"app_roles": {"505": ["primary_receiver"]}}, "thread.roles", ThreadControlChanged(AT, WHO, "roles")),
]

WITHOUT_EFFECT = [
    (page({"account_linking": {"status": "linked", "authorization_code": "x"}}), "account_linking"),
    (page({"response_feedback": {"feedback": "Good response", "mid": "m_1"}}), "feedback"),
    (page({"messaging_feedback": {"feedback_screens": []}}), "feedback.form"),
    (page({"messaging_customer_information": {"screens": []}}), "customer_information"),
    (page({"game_play": {"game_id": "1"}}), "game_play"),
    (page({"calls": []}), "calls"),
    (page({"postback": {"title": "Start"}}, channel="standby"), "standby.postback"),
    (page({"sender": {"user_ref": "u1"}, "postback": {"title": "Start", "payload": "GO"}}), "postback"),
    (page({"sender": {"user_ref": "u1"}, "optin": {"ref": "site", "user_ref": "u1"}}), "optin"),
    (page({"message_edit": {"mid": "m_1", "num_edit": 0}}), "message.edit"),
    (
        page_change("feed", item="comment", verb="add", comment_id="55_901", message="How much?"),
        "change.feed.comment.add",
    ),
    (page_change("feed", item="reaction", verb="remove", reaction_type="love"), "change.feed.reaction.remove"),
    (page_change("mention", item="post", verb="add", post_id="1_2"), "change.mention.post.add"),
    (page_change("ratings", item="rating", verb="edited"), "change.ratings.rating.edited"),
    (page_change("leadgen", leadgen_id=1, form_id=2), "change.leadgen"),
    (page_change("live_videos", id="1"), "change.live_videos"),
    (page_change("messenger_template_status_update", event="APPROVED"), "template.status"),
    (page_change("call_settings_update", enabled=True), "calls.settings"),
]

UNKNOWN = [
    (page_change("parking", spaces=3), "unknown.parking"),
    (page_change("feed", item="comment"), "unknown.feed"),
    (page({"teleport": {"mid": "m_1"}}), "unknown.teleport"),
    (page({}), "unknown.item"),
    (page({"message": {"text": "no id"}}), "unknown.mid"),
    (page({"message": {"mid": "x" * 256, "text": "Hi"}}), "unknown.mid"),
    (page({"message": {"mid": "m_1", "text": 5}}), "unknown.text"),
    (page({"sender": {"id": "9" * 161}, "message": {"mid": "m_1", "text": "Hi"}}), "unknown.sender"),
    (page({"sender": None, "message": {"mid": "m_1", "text": "Hi"}}), "unknown.sender"),
    (page({"reaction": {"mid": "m_1", "action": "shrug"}}), "unknown.action"),
    (page({"read": {}}), "unknown.watermark"),
    ({"object": "page", "entry": [{"id": "1" * 65, "messaging": [{"message": {"mid": "m"}}]}]}, "unknown.account"),
    ({"object": "page", "entry": [{"messaging": [{"message": {"mid": "m"}}]}]}, "unknown.account"),
    ({"object": "page", "entry": [{"id": PAGE, "messaging": ["text"]}]}, "unknown.item"),
    ({"object": "page", "entry": [{"id": PAGE, "time": MS}]}, "unknown.entry"),
    ({"object": "page", "entry": ["text"]}, "unknown.envelope"),
    ({"object": "page", "entry": []}, "unknown.envelope"),
    ({"object": "page"}, "unknown.envelope"),
]


@pytest.mark.parametrize(
    ("body", "kind", "event"), MESSAGES + [(page(said), kind, event) for said, kind, event in ITEMS]
)
def test_each_kind_has_its_event(body: Any, kind: str, event: Any) -> None:
    (part,) = parse(body)
    assert (part.kind, part.events, part.is_known) == (kind, (event,), True)
    assert (part.platform, part.object, part.account_id, part.at) == ("FACEBOOK", "page", PAGE, AT)
    assert part.sender_id == (event.person.external_id if hasattr(event, "person") else part.sender_id)


@pytest.mark.parametrize(("body", "kind"), WITHOUT_EFFECT)
def test_known_kinds_may_have_no_effect(body: Any, kind: str) -> None:
    (part,) = parse(body)
    assert (part.kind, part.events, part.is_known) == (kind, (), True)


@pytest.mark.parametrize(("body", "kind"), UNKNOWN)
def test_what_is_not_understood_is_kept_as_unknown(body: Any, kind: str) -> None:
    (part,) = parse(body)
    assert (part.kind, part.events, part.is_known, part.payload) == (kind, (), False, body)


def test_an_attachment_that_nobody_knows_is_still_a_message() -> None:
    (part,) = parse(attached("hologram", {"url": CDN}))
    assert (part.kind, part.is_known) == ("unknown.message.hologram", False)
    assert part.events == (received("UNSUPPORTED", content={"unsupported": {"kind": "hologram"}}),)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"mid": "m_demo1", "text": "Hi"}, "standby.message.text"),
        ({"mid": "m_demo1", "is_echo": True, "text": "Hi"}, "standby.message.echo.text"),
    ],
)
def test_standby_is_part_of_the_conversation(said: dict[str, Any], kind: str) -> None:
    ends = {"sender": {"id": PAGE}, "recipient": {"id": ROSA}} if "is_echo" in said else {}
    (part,) = parse(page(ends | {"message": said}, channel="standby"))
    assert (part.kind, part.events) == (kind, (echoed(text="Hi") if ends else received(text="Hi"),))


def test_a_lone_referral_and_a_cart_get_the_same_id_each_time() -> None:
    for said, kind, type_ in (({"referral": AD}, "referral", "REFERRAL"), ({"order": CART}, "order", "ORDER")):
        (first,), (again,) = parse(page(said)), parse(page(said))
        (event,) = first.events
        assert (first.kind, event.type, first) == (kind, type_, again)
        assert event.external_id.startswith(f"{kind}:{ROSA}:{MS}:")


def test_the_cart_is_an_order() -> None:
    (part,) = parse(page({"order": CART | {"note": "Wrap it"}}))
    items = [{"id": "sku1", "name": "Mug", "quantity": 2, "price": 4.5, "currency": "USD"}]
    assert (part.events[0].text, part.events[0].content) == ("Wrap it", {"order": {"text": "Wrap it", "items": items}})


def test_what_concerns_an_earlier_message_names_it() -> None:
    for said in (
        {"reaction": {"mid": "m_1", "action": "unreact"}},
        {"message_edit": {"mid": "m_1", "text": "x", "num_edit": 1}},
    ):
        assert parse(page(said))[0].about == "m_1"
    assert parse(page_message(text="Hi"))[0].about == ""


@pytest.mark.parametrize("time", [None, True, -1, "soon", 10**30, 5, MS + 10**12, 1.5, "1" * 400, [S]])
def test_an_absurd_time_falls_back_to_the_entrys(time: Any) -> None:
    body = page({"message": {"mid": "m_1", "text": "Hi"}, "timestamp": time})
    assert parse(body)[0].at == datetime(2026, 6, 18, 10, 0, 2, tzinfo=UTC)
    body["entry"][0]["time"] = time
    assert parse(body)[0].at == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("time", [MS, str(MS), S, str(S)])
def test_seconds_and_milliseconds_are_told_apart(time: Any) -> None:
    assert parse(page({"message": {"mid": "m_1", "text": "Hi"}, "timestamp": time}))[0].at == AT


def test_an_entry_of_several_channels_is_taken_apart_in_order() -> None:
    body = page_message(text="one")
    body["entry"][0] |= {
        "standby": page_message(text="two")["entry"][0]["messaging"],
        "changes": [{"field": "leadgen", "value": {}}],
        "novelty": [{"x": 1}],
        "hop_context": [{"app_id": 1}],
    }
    parts = parse(body)
    assert [part.kind for part in parts] == ["message.text", "standby.message.text", "change.leadgen", "unknown.entry"]
    assert parts[-1].payload["entry"][0] == {"id": PAGE, "time": MS + 2000, "novelty": [{"x": 1}]}
