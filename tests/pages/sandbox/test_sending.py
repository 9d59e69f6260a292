"""What Meta takes and what it refuses, with the numbers of its own list."""

from typing import Any

import pytest
import requests

from pages.sandbox import world
from pages.sandbox.server import Sandbox
from tests.pages.sandbox.conftest import Caller, code_of
from tests.product import PATIENCE

FINE = (200, 0, None)
DAY = 24 * 3600


def image(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "image", "payload": payload}}


@pytest.mark.parametrize(
    ("_case", "body", "expected"),
    [
        ("text", {"message": {"text": "hi", "metadata": "1"}, "messaging_type": "RESPONSE"}, FINE),
        ("the longest text", {"message": {"text": "ñ" * 2000}}, FINE),
        ("too long", {"message": {"text": "x" * 2001}}, (400, 100, None)),
        ("empty", {"message": {"text": ""}}, (400, 100, None)),
        ("nothing in it", {"message": {}}, (400, 100, None)),
        ("not a string", {"message": {"text": 5}}, (400, 100, None)),
        ("unknown field", {"message": {"text": "hi"}, "colour": "red"}, (400, 100, None)),
        ("unknown field of the message", {"message": {"text": "hi", "colour": "red"}}, (400, 100, None)),
        ("text and attachment", {"message": {"text": "hi", **image(url="https://x.test/a.png")}}, (400, 100, None)),
        ("an address nobody answers", {"message": image(url="http://127.0.0.1:1/a.png")}, (400, 100, 2018008)),
        ("an unknown attachment id", {"message": image(attachment_id="900000000000001")}, (400, 100, 2018074)),
        ("no file", {"message": image()}, (400, 100, 2018047)),
        ("unknown kind", {"message": {"attachment": {"type": "gif", "payload": {}}}}, (400, 100, None)),
        ("unknown type", {"message": {"text": "hi"}, "messaging_type": "HELLO"}, (400, 100, None)),
        ("a tag that is gone", {"message": {"text": "hi"}, "tag": "ACCOUNT_UPDATE"}, (400, 100, None)),
        ("a tag is missing", {"message": {"text": "hi"}, "messaging_type": "MESSAGE_TAG"}, (400, 100, None)),
        (
            "quick reply",
            {"message": {"text": "?", "quick_replies": [{"content_type": "text", "title": "Yes", "payload": "Y"}]}},
            FINE,
        ),
        (
            "a long quick reply",
            {"message": {"text": "?", "quick_replies": [{"content_type": "text", "title": "Y" * 21, "payload": "Y"}]}},
            (400, 100, None),
        ),
        ("action and message", {"message": {"text": "hi"}, "sender_action": "typing_on"}, (400, 100, 2018014)),
        ("typing", {"sender_action": "typing_on"}, FINE),
        ("unknown action", {"sender_action": "dance"}, (400, 100, None)),
        ("a stranger", {"message": {"text": "hi"}, "recipient": {"id": "7001"}}, (400, 100, 2018001)),
        ("two recipients", {"message": {"text": "hi"}, "recipient": {"id": "7001", "user_ref": "a"}}, (400, 100, None)),
        ("nobody", {"message": {"text": "hi"}, "recipient": None}, (400, 100, None)),
    ],
)
def test_messenger(_case: str, body: dict[str, Any], expected: Any, meta: Sandbox, page: Caller) -> None:
    rosa = meta.write("rosa", world.ACME_PAGE, "hello")["sender_id"]
    before = len(meta.record("accepted"))

    answer = page.send(world.ACME_PAGE, **{"recipient": {"id": rosa}, **body})

    assert code_of(answer) == expected, answer.text
    assert len(meta.record("accepted")) - before == (expected == FINE and "message" in body)


@pytest.mark.parametrize(
    ("_case", "body", "expected"),
    [
        ("text", {"message": {"text": "hola"}}, FINE),
        ("1000 bytes", {"message": {"text": "ñ" * 500}}, FINE),
        ("1002 bytes", {"message": {"text": "ñ" * 501}}, (400, 100, 2534015)),
        ("a stranger", {"message": {"text": "hi"}, "recipient": {"id": "1254"}}, (400, 100, 2534014)),
        ("a heart", {"message": {"attachment": {"type": "like_heart"}}}, FINE),
    ],
)
def test_instagram(_case: str, body: dict[str, Any], expected: Any, meta: Sandbox, studio: Caller) -> None:
    rosa = meta.write("rosa", world.ACME_STUDIO_INSTAGRAM, "hello")["sender_id"]
    answer = studio.send(world.ACME_STUDIO_INSTAGRAM, **{"recipient": {"id": rosa}, **body})
    assert code_of(answer) == expected, answer.text


def test_the_linked_account_writes_through_its_page(meta: Sandbox, page: Caller) -> None:
    mei = meta.write("mei", world.ACME_INSTAGRAM, "hello")["sender_id"]
    assert code_of(page.send(world.ACME_PAGE, recipient={"id": mei}, message={"text": "ñ" * 501})) == (
        400,
        100,
        2534015,
    )
    assert code_of(page.send(world.ACME_PAGE, recipient={"id": mei}, message={"text": "hi"})) == FINE
    assert [entry["account"] for entry in meta.record("accepted")] == [world.ACME_INSTAGRAM]
    assert code_of(page.send(world.ACME_INSTAGRAM, recipient={"id": mei}, message={"text": "hi"})) == (400, 100, 33)


TEMPLATE = {"name": "hello_world", "language": {"code": "en_US"}}
BUTTONS = [{"type": "reply", "reply": {"id": str(n), "title": f"Title {n}"}} for n in range(4)]


def buttons(count: int) -> dict[str, Any]:
    return {"type": "button", "body": {"text": "Which?"}, "action": {"buttons": BUTTONS[:count]}}


@pytest.mark.parametrize(
    ("_case", "body", "expected"),
    [
        ("text", {"type": "text", "text": {"body": "hola"}, "biz_opaque_callback_data": "ours"}, FINE),
        ("too long", {"type": "text", "text": {"body": "x" * 4097}}, (400, 131009, None)),
        ("no body", {"type": "text", "text": {}}, (400, 131008, None)),
        ("unknown field", {"type": "text", "text": {"body": "x"}, "colour": 1}, (400, 100, None)),
        ("unknown field of the text", {"type": "text", "text": {"body": "x", "colour": 1}}, (400, 100, None)),
        ("wrong type", {"type": "text", "text": {"body": 5}}, (400, 131009, None)),
        ("unknown kind", {"type": "poem", "poem": {}}, (400, 131051, None)),
        ("not a number", {"type": "text", "text": {"body": "x"}, "to": "rosa"}, (400, 131009, None)),
        ("to itself", {"type": "text", "text": {"body": "x"}, "to": "15550100001"}, (400, 131021, None)),
        ("not WhatsApp", {"messaging_product": "x", "type": "text", "text": {"body": "x"}}, (400, 131008, None)),
        (
            "long data",
            {"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x" * 513},
            (400, 131009, None),
        ),
        ("template", {"type": "template", "template": TEMPLATE}, FINE),
        ("no such template", {"type": "template", "template": {**TEMPLATE, "name": "no"}}, (404, 132001, None)),
        (
            "values missing",
            {"type": "template", "template": {"name": "order_update", "language": {"code": "en"}}},
            (400, 132000, None),
        ),
        ("location", {"type": "location", "location": {"latitude": 1.5, "longitude": 2}}, FINE),
        ("buttons", {"type": "interactive", "interactive": buttons(3)}, FINE),
        ("too many buttons", {"type": "interactive", "interactive": buttons(4)}, (400, 131009, None)),
        ("an unknown media id", {"type": "image", "image": {"id": "1"}}, (400, 131009, None)),
        ("id and link", {"type": "image", "image": {"id": "1", "link": "https://x.test/a"}}, (400, 131008, None)),
        ("react to nothing", {"type": "reaction", "reaction": {"message_id": "x", "emoji": "a"}}, (400, 131009, None)),
    ],
)
def test_whatsapp(_case: str, body: dict[str, Any], expected: Any, meta: Sandbox, number: Caller) -> None:
    meta.write("rosa", world.ACME_NUMBER, "hola")
    common = {"messaging_product": "whatsapp", "to": "+57 300 000 0001"}

    answer = number.send(world.ACME_NUMBER, **{**common, **body})

    assert code_of(answer) == expected, answer.text
    if expected == FINE:
        assert answer.json()["contacts"][0]["wa_id"] == "573000000001"
    else:
        assert expected[1] == 100 or answer.json()["error"]["error_data"]["details"]


@pytest.mark.parametrize(
    ("_case", "account", "days", "tag", "expected"),
    [
        ("Messenger, in time", world.ACME_PAGE, 0.99, "", FINE),
        ("Messenger, late", world.ACME_PAGE, 1.01, "", (400, 10, 2018278)),
        ("Messenger, late, by a person", world.ACME_PAGE, 6.9, "HUMAN_AGENT", FINE),
        ("Messenger, too late for a person", world.ACME_PAGE, 7.1, "HUMAN_AGENT", (400, 10, 2018278)),
        ("Instagram, late", world.ACME_INSTAGRAM, 1.01, "", (400, 10, 2534022)),
        ("Instagram, late, by a person", world.ACME_INSTAGRAM, 6.9, "HUMAN_AGENT", FINE),
    ],
)
def test_windows(_case: str, account: str, days: float, tag: str, expected: Any, meta: Sandbox, page: Caller) -> None:
    who = meta.write("liam", account, "hello", ago=days * DAY)["sender_id"]
    body = {"recipient": {"id": who}, "message": {"text": "hi"}}
    if tag:
        body |= {"messaging_type": "MESSAGE_TAG", "tag": tag}
    assert code_of(page.send(world.ACME_PAGE, **body)) == expected


def test_whatsapps_window_leaves_templates(meta: Sandbox, number: Caller) -> None:
    meta.write("rosa", world.ACME_NUMBER, "hola", ago=1.01 * DAY)
    common = {"messaging_product": "whatsapp", "to": "573000000001"}
    assert code_of(number.send(world.ACME_NUMBER, **common, type="text", text={"body": "x"})) == (400, 131047, None)
    assert code_of(number.send(world.ACME_NUMBER, **common, type="template", template=TEMPLATE)) == FINE


def test_the_clock_closes_a_window(meta: Sandbox, page: Caller) -> None:
    rosa = meta.write("rosa", world.ACME_PAGE, "hello")["sender_id"]
    meta.post("settings", clock_shift_seconds=DAY + 5)
    answer = page.send(world.ACME_PAGE, recipient={"id": rosa}, message={"text": "hi"})
    assert code_of(answer) == (400, 10, 2018278)


def test_the_pair_rate(meta: Sandbox, number: Caller) -> None:
    meta.write("rosa", world.ACME_NUMBER, "hola")
    meta.write("liam", world.ACME_NUMBER, "hello")
    body = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}
    codes = [code_of(number.send(world.ACME_NUMBER, **body, to="573000000001")) for _ in range(47)]
    assert codes[:45] == [FINE] * 45
    assert codes[46] == (400, 131056, None)
    assert code_of(number.send(world.ACME_NUMBER, **body, to="353850000002")) == FINE


def test_the_throughput_of_a_number(meta: Sandbox, number: Caller) -> None:
    meta.post(f"accounts/{world.ACME_NUMBER}", throughput=1)
    meta.write("rosa", world.ACME_NUMBER, "hola")
    body = {"messaging_product": "whatsapp", "to": "573000000001", "type": "text", "text": {"body": "x"}}
    assert [code_of(number.send(world.ACME_NUMBER, **body))[1] for _ in range(2)] == [0, 130429]


def test_a_comment_is_answered_once(meta: Sandbox, page: Caller) -> None:
    comment = meta.act("comments", "priya", world.ACME_PAGE, text="How much?")["id"]
    body = {"recipient": {"comment_id": comment}, "message": {"text": "12.90"}}
    assert code_of(page.send(world.ACME_PAGE, **body)) == FINE
    assert code_of(page.send(world.ACME_PAGE, **body)) == (400, 100, 2534025)
    # It opens no window.
    priya = next(one["sender_id"] for one in meta.record("customer"))
    answer = page.send(world.ACME_PAGE, recipient={"id": priya}, message={"text": "more"})
    assert code_of(answer) == (400, 10, 2018278)


def test_a_file_in_the_call(meta: Sandbox, page: Caller) -> None:
    rosa = meta.write("rosa", world.ACME_PAGE, "hello")["sender_id"]
    picture = requests.get(f"{meta.url}/_sandbox/files/photo.png", timeout=PATIENCE).content
    fields = {"recipient": f'{{"id":"{rosa}"}}', "message": '{"attachment":{"type":"image","payload":{}}}'}

    def send(data: bytes, mime_type: str) -> Any:
        files = {"filedata": ("a.png", data, mime_type)}
        return code_of(page("POST", f"{world.ACME_PAGE}/messages", data=fields, files=files))

    assert send(picture, "image/png") == FINE
    assert send(b"%PDF-1.4 no picture", "image/png") == (400, 100, 2018047)
    assert send(picture + b"\0" * 9_000_000, "image/png") == (400, 100, 2018109)


def test_an_uploaded_attachment_is_sent_by_its_id(meta: Sandbox, page: Caller) -> None:
    rosa = meta.write("rosa", world.ACME_PAGE, "hello")["sender_id"]
    url = f"{meta.url}/_sandbox/files/photo.png"
    uploaded = page("POST", f"{world.ACME_PAGE}/message_attachments", json={"message": image(url=url)}).json()
    message = image(attachment_id=uploaded["attachment_id"])
    assert code_of(page.send(world.ACME_PAGE, recipient={"id": rosa}, message=message)) == FINE
