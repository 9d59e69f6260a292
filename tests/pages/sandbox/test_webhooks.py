"""What it tells us: signed, escaped, retried, twice, out of order, in batches."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from pages.sandbox import world
from pages.sandbox.courier import escaped, signature
from pages.sandbox.server import Sandbox
from tests.pages.sandbox.conftest import Caller, Receiver

SECRET = "test_app_secret"


def values(receiver: Receiver) -> list[Any]:
    """The items of the webhooks, in the order in which they came."""
    entries = [entry for _, body in receiver.got for entry in json.loads(body)["entry"]]
    arrays = [entry.get("messaging") or entry.get("standby") or entry["changes"] for entry in entries]
    return [item.get("value", item) for array in arrays for item in array]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (
            {"object": "whatsapp_business_account", "entry": []},
            "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
        ),
        (
            {"object": "page", "entry": [{"id": "1", "text": "äö"}]},
            "sha256=d9396b7c8e331542cd79a45997636c9066391c9d57ee57a491d94f41c5979839",
        ),
    ],
)
def test_the_signatures_of_the_reference(payload: Any, expected: str) -> None:
    assert signature(SECRET, escaped(payload)) == expected


def test_the_escaped_form() -> None:
    assert escaped({"a": "ä/ö 🌸"}) == rb'{"a":"\u00e4\/\u00f6 \ud83c\udf38"}'


@pytest.mark.parametrize(
    ("account", "secret"),
    [
        (world.ACME_PAGE, world.APP_SECRET),
        (world.ACME_INSTAGRAM, world.APP_SECRET),
        (world.ACME_STUDIO_INSTAGRAM, world.INSTAGRAM_APP_SECRET),
        (world.ACME_NUMBER, world.APP_SECRET),
    ],
)
def test_a_message_arrives_signed(account: str, secret: str, meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    written = meta.write("yusuf", account, "ä / مرحبا")
    assert meta.settled() == 0

    ((headers, body),) = receiver.got
    proof = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={proof}"
    assert body.isascii()
    assert written["id"] in json.dumps(values(receiver), ensure_ascii=False)
    assert "ä / مرحبا" in json.dumps(values(receiver), ensure_ascii=False)


def test_an_app_of_ones_own(meta: Sandbox, receiver: Receiver) -> None:
    meta.post("apps", id="707", secret="own", verify_token="own-verify", webhook_url=receiver.url)
    meta.post(f"accounts/{world.GLOBEX_PAGE}", subscriptions={"707": ["messages"]})
    meta.write("rosa", world.GLOBEX_PAGE, "hello")
    meta.settled()
    ((headers, body),) = receiver.got
    assert headers["X-Hub-Signature-256"] == signature("own", body)


def test_the_handshake(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    assert meta.post(f"apps/{world.APP_ID}/verify")["verified"] is True
    refused = meta.post(f"apps/{world.APP_ID}/verify", verify_token="other")
    assert (refused["verified"], refused["status"]) == (False, 403)


@pytest.mark.parametrize("status", [500, 403, 302, 204])
def test_it_comes_again_until_it_is_taken(status: int, meta: Sandbox, receiver: Receiver) -> None:
    meta.post("settings", webhook_first_pause=0.01)
    receiver.statuses = [status, status]
    meta.deliver_to(receiver.url)
    written = meta.write("rosa", world.ACME_PAGE, "hello")
    assert meta.settled() == 0
    attempts = meta.record("webhook")
    assert [(one["attempt"], one["status"], one["about"]) for one in attempts] == [
        (1, status, [written["id"]]),
        (2, status, [written["id"]]),
        (3, 200, [written["id"]]),
    ]


def test_what_nobody_takes_stays_in_sight(meta: Sandbox, receiver: Receiver) -> None:
    meta.post("settings", webhook_first_pause=0.01, webhook_tries=2)
    meta.deliver_to("http://127.0.0.1:1/")
    meta.write("rosa", world.ACME_PAGE, "hello")
    assert meta.settled() == 0
    (shown,) = meta.get("webhooks")["webhooks"]
    assert (shown["state"], shown["attempts"], shown["status"]) == ("gave up", 2, None)


def test_twice(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    written = meta.write("rosa", world.ACME_PAGE, "hello", duplicates=2)
    meta.settled()
    assert [value["message"]["mid"] for value in values(receiver)] == [written["id"]] * 3
    assert len(meta.record("customer")) == 1


def test_held_and_released_in_another_order_and_as_a_batch(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    meta.post("webhooks/hold")
    wrote = [meta.write("rosa", world.ACME_PAGE, text)["id"] for text in "abc"]
    meta.write("rosa", world.ACME_NUMBER, "d")
    assert receiver.got == []

    meta.post("webhooks/release", order="reversed", batch=True, copies=2)
    meta.settled()

    assert len(receiver.got) == 4
    pages = [json.loads(body) for _, body in receiver.got if b'"page"' in body]
    order = [entry["messaging"][0]["message"]["mid"] for entry in pages[0]["entry"]]
    assert order == wrote[::-1]
    assert pages[0] == pages[1]


def test_an_order_of_chance(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    meta.post("settings", reorder_rate=0.5, duplicate_rate=0.5)
    wrote = [meta.write("rosa", world.ACME_PAGE, str(n))["id"] for n in range(20)]
    meta.settled()
    came = [value["message"]["mid"] for value in values(receiver)]
    assert set(came) == set(wrote)
    assert len(came) > 20
    assert list(dict.fromkeys(came)) != wrote


KINDS = "text image video audio voice file sticker location quick_reply ad referral unsupported".split()
META_KINDS = [*KINDS, "postback", "story_reply", "story_mention", "share"]
WHATSAPP_KINDS = [*KINDS, "contacts", "interactive", "flow", "button", "order", "system"]


@pytest.mark.parametrize(
    ("account", "kinds"),
    [(world.ACME_PAGE, META_KINDS), (world.ACME_INSTAGRAM, META_KINDS), (world.ACME_NUMBER, WHATSAPP_KINDS)],
)
def test_every_kind(account: str, kinds: list[str], meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    for kind in kinds:
        meta.write("rosa", account, kind=kind)
    meta.settled()
    assert len(receiver.got) == len(kinds)
    whole = json.dumps(values(receiver))
    assert all(one["id"] in whole for one in meta.record("customer") if one["type"] != "referral")


def test_a_customer_without_a_number(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    meta.write("ines", world.ACME_NUMBER, "olá")
    meta.write("rosa", world.ACME_NUMBER, "hola", without_user_id=True)
    meta.settled()
    by_text = {value["messages"][0]["text"]["body"]: value for value in values(receiver)}
    ines, rosa = by_text["olá"], by_text["hola"]
    assert "from" not in ines["messages"][0]
    assert ines["contacts"][0] == {
        "profile": {"name": "Inês Carvalho", "username": "ines.carvalho"},
        "user_id": ines["messages"][0]["from_user_id"],
    }
    assert (rosa["messages"][0]["from"], "from_user_id" in rosa["messages"][0]) == ("573000000001", False)


def test_what_follows_our_message(meta: Sandbox, receiver: Receiver, page: Caller, number: Caller) -> None:
    rosa = meta.write("rosa", world.ACME_PAGE, "hello")["sender_id"]
    meta.write("rosa", world.ACME_NUMBER, "hola")
    meta.deliver_to(receiver.url)
    body = {"messaging_product": "whatsapp", "to": "573000000001", "type": "text", "text": {"body": "x"}}
    sent = page.send(world.ACME_PAGE, recipient={"id": rosa}, message={"text": "hi", "metadata": "ours"}).json()
    number.send(world.ACME_NUMBER, **body, biz_opaque_callback_data="ours")
    meta.act("reads", "rosa", world.ACME_PAGE)
    meta.act("reads", "rosa", world.ACME_NUMBER)
    meta.settled()

    messenger = [value for value in values(receiver) if "sender" in value]
    assert messenger[0]["message"] == {
        "mid": sent["message_id"], "is_echo": True, "app_id": int(world.APP_ID), "metadata": "ours", "text": "hi",
    }  # fmt: skip
    assert messenger[1]["delivery"]["mids"] == [sent["message_id"]]
    assert messenger[2]["read"]["watermark"] == messenger[0]["timestamp"]
    statuses = [status for value in values(receiver) for status in value.get("statuses", [])]
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"ours"}
    assert statuses[0]["pricing"]["category"] == "service"


def test_changes_of_mind(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    for account in (world.ACME_PAGE, world.ACME_INSTAGRAM, world.ACME_NUMBER):
        wrote = meta.write("liam", account, "hello")["id"]
        meta.act("reactions", "liam", account, message_id=wrote, emoji="❤")
        meta.act("reactions", "liam", account, message_id=wrote)
        meta.act("edits", "liam", account, message_id=wrote, text="hello!")
        meta.act("deletions", "liam", account, message_id=wrote)
    meta.settled()
    kinds = [one["event"] for one in meta.record("webhook") if one["status"] == 200]
    assert sorted(kinds) == sorted(["text", "reaction", "reaction", "edit"] * 3 + ["delete", "revoke"])


def test_somebody_who_is_not_on_whatsapp(meta: Sandbox, receiver: Receiver, number: Caller) -> None:
    meta.deliver_to(receiver.url)
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    answer = number.send(
        world.ACME_NUMBER, messaging_product="whatsapp", to="4930000000", type="template", template=template
    )
    assert answer.status_code == 200
    meta.settled()
    (value,) = values(receiver)
    assert (value["statuses"][0]["status"], value["statuses"][0]["errors"][0]["code"]) == ("failed", 131026)


def test_another_tool_answers(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    meta.post(f"accounts/{world.ACME_PAGE}/echoes", customer="rosa", text="from the inbox")
    meta.post(f"accounts/{world.ACME_NUMBER}/echoes", customer="rosa", text="from the phone")
    meta.settled()
    texts = json.dumps(values(receiver))
    assert "263902037430900" in texts
    assert "message_echoes" in texts


def test_a_raw_webhook_wrongly_signed(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    meta.post("webhooks/raw", text="{not json", signature="sha256=00")
    meta.post("webhooks/raw", payload={"object": "page", "entry": []}, signature="")
    meta.settled()
    assert [(headers.get("X-Hub-Signature-256"), body) for headers, body in receiver.got] == [
        ("sha256=00", b"{not json"),
        (None, b'{"object":"page","entry":[]}'),
    ]


def test_another_phone_number(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    changed = meta.act("numbers", "kenji", world.ACME_NUMBER, new_phone="819000000777")
    meta.write("kenji", world.ACME_NUMBER, "still me")
    meta.settled()
    system, update, text = values(receiver)
    assert system["messages"][0]["from"] == "819000000009"
    assert system["messages"][0]["system"]["wa_id"] == "819000000777"
    assert update["user_id_update"][0]["user_id"] == {"previous": changed["previous"], "current": changed["current"]}
    assert text["messages"][0]["from"] == "819000000777"
    assert text["messages"][0]["from_user_id"] == changed["current"] != changed["previous"]


@pytest.mark.parametrize("account", [world.ACME_PAGE, world.ACME_INSTAGRAM])
def test_a_copy_for_who_does_not_hold_the_thread(account: str, meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    meta.write("rosa", account, "hello", standby=True)
    meta.settled()
    ((_, body),) = receiver.got
    assert set(json.loads(body)["entry"][0]) == {"id", "time", "standby"}
