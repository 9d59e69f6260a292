"""What leaves on each platform, as Meta documents it."""

from io import BytesIO

import pytest

from pages.graph.content import Address, File, Outgoing, QuickReply, Sent
from pages.graph.errors import GraphError, Kind
from pages.graph.sending import mark_seen, send_message, send_reaction, send_typing
from pages.sandbox.requests import Request
from tests.pages.graph.conftest import instagram, line, whatsapp
from tests.pages.graph.peer import Reply, graph_error
from workspaces.models import Platform

PERSON = Address(external_id="7001000000000011")
PHONE = Address(external_id="CO.1", phone="573000000001")
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 200_000
ACCEPTED = {"messages": [{"id": "wamid.OUT1"}]}


def outgoing(kind="TEXT", **over) -> Outgoing:
    return Outgoing(**{"type": kind, "our_id": "0198", "text": "Hi" if kind == "TEXT" else "", **over})


def picture() -> File:
    return File('a "b".png', "image/png", len(PNG), lambda: BytesIO(PNG))


def form_of(asked) -> Request:
    request = Request(asked.method, asked.path, content_type=asked.headers["Content-Type"], body=asked.body)
    request.read()
    return request


def test_messenger_text(meta):
    meta.will({"recipient_id": "7", "message_id": "m_1"})
    body = {
        "recipient": {"id": "7001000000000011"},
        "messaging_type": "RESPONSE",
        "message": {
            "text": "Hi",
            "quick_replies": [{"content_type": "text", "title": "Yes", "payload": "YES"}],
            "metadata": "sb:0198",
        },
        "reply_to": {"mid": "m_0"},
    }
    what = outgoing(reply_to="m_0", quick_replies=(QuickReply("Yes", "YES"),))
    assert send_message(line(), PERSON, what) == Sent("m_1", body)
    assert (meta.asked[0].path, meta.asked[0].json) == ("/v25.0/104200000000001/messages", body)


def test_an_agents_answer_outside_the_window_has_its_tag(meta):
    meta.will({"message_id": "m_1"})
    send_message(line(), PERSON, outgoing(tag="HUMAN_AGENT"))
    assert meta.asked[0].json["messaging_type"] == "MESSAGE_TAG"
    assert meta.asked[0].json["tag"] == "HUMAN_AGENT"


def test_a_private_reply_names_the_comment(meta):
    meta.will({"message_id": "m_1"})
    send_message(line(), Address(comment_id="1_2"), outgoing())
    assert meta.asked[0].json["recipient"] == {"comment_id": "1_2"}


@pytest.mark.parametrize(
    ("of", "node"),
    [
        (instagram(), "178400000000001"),
        (line(Platform.INSTAGRAM, external_id="178400000000001", login="FACEBOOK"), "104200000000001"),
        (line(Platform.INSTAGRAM, external_id="178400000000001"), "104200000000001"),
    ],
)
def test_instagram_goes_by_itself_or_through_its_page(meta, of, node):
    meta.will({"message_id": "aWd"})
    send_message(of, PERSON, outgoing())
    assert meta.asked[0].path == f"/v25.0/{node}/messages"
    assert meta.asked[0].json == {
        "recipient": {"id": "7001000000000011"},
        "message": {"text": "Hi", "metadata": "sb:0198"},
    }


def test_a_file_goes_with_the_message(meta):
    meta.will({"message_id": "m_1"})
    send_message(line(), PERSON, outgoing("IMAGE", file=picture()))
    form = form_of(meta.asked[0])
    assert form.parameters == {
        "recipient": {"id": "7001000000000011"},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "image", "payload": {}}, "metadata": "sb:0198"},
    }
    assert (form.files["filedata"].data, form.files["filedata"].mime_type) == (PNG, "image/png")
    assert int(meta.asked[0].headers["Content-Length"]) == len(meta.asked[0].body)


def test_whatsapp_text(meta):
    meta.will(ACCEPTED)
    sent = send_message(whatsapp(), PHONE, outgoing(reply_to="wamid.IN"))
    assert sent.external_id == "wamid.OUT1"
    assert meta.asked[0].path == "/v25.0/106500000000001/messages"
    assert meta.asked[0].json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+573000000001",
        "type": "text",
        "text": {"body": "Hi", "preview_url": False},
        "context": {"message_id": "wamid.IN"},
        "biz_opaque_callback_data": "sb:0198",
    }


def test_without_a_phone_whatsapp_takes_its_own_id(meta):
    meta.will(ACCEPTED)
    send_message(whatsapp(), Address(external_id="CO.1"), outgoing())
    assert meta.asked[0].json["recipient"] == "CO.1"
    assert "to" not in meta.asked[0].json


@pytest.mark.parametrize(
    ("kind", "mime_type", "media"),
    [
        ("IMAGE", "image/png", {"id": "135", "caption": "Look"}),
        ("VOICE", "audio/ogg", {"id": "135", "voice": True}),
        ("FILE", "application/pdf", {"id": "135", "caption": "Look", "filename": "thing"}),
    ],
)
def test_whatsapp_uploads_first(meta, kind, mime_type, media):
    meta.will({"id": "135"}, ACCEPTED)
    file = File("thing", mime_type, 3, lambda: BytesIO(b"abc"))
    send_message(whatsapp(), PHONE, outgoing(kind, file=file, text=media.get("caption", "")))
    upload, message = meta.asked
    assert upload.path == "/v25.0/106500000000001/media"
    assert form_of(upload).parameters == {"messaging_product": "whatsapp", "type": mime_type}
    assert form_of(upload).files["file"].data == b"abc"
    assert message.json[message.json["type"]] == media


def test_an_upload_without_an_answer_is_tried_again_the_message_after_it_is_not(meta):
    meta.will(Reply(fate="reset"))
    with pytest.raises(GraphError) as raised:
        send_message(whatsapp(), PHONE, outgoing("IMAGE", file=picture()))
    assert raised.value.kind == Kind.RETRY
    meta.will({"id": "135"}, Reply(fate="reset"))
    with pytest.raises(GraphError) as raised:
        send_message(whatsapp(), PHONE, outgoing("IMAGE", file=picture()))
    assert raised.value.kind == Kind.AMBIGUOUS


@pytest.mark.parametrize(("count", "shape"), [(3, "button"), (4, "list")])
def test_whatsapps_quick_replies_are_buttons_or_a_list(meta, count, shape):
    meta.will(ACCEPTED)
    replies = tuple(QuickReply(f"R{n}", f"P{n}") for n in range(count))
    send_message(whatsapp(), PHONE, outgoing(quick_replies=replies))
    interactive = meta.asked[0].json["interactive"]
    assert (interactive["type"], interactive["body"]) == (shape, {"text": "Hi"})
    action = interactive["action"]
    rows = [button["reply"] for button in action["buttons"]] if shape == "button" else action["sections"][0]["rows"]
    assert rows == [{"id": f"P{n}", "title": f"R{n}"} for n in range(count)]


def test_a_template(meta):
    meta.will(ACCEPTED)
    components = [{"type": "body", "parameters": [{"type": "text", "text": "Rosa"}]}]
    chosen = {"name": "visit", "language": "es_CO", "components": components}
    send_message(whatsapp(), PHONE, outgoing("TEMPLATE", template=chosen))
    assert meta.asked[0].json["template"] == {**chosen, "language": {"code": "es_CO"}}


@pytest.mark.parametrize(("of", "to"), [(line(), PERSON), (whatsapp(), PHONE)])
@pytest.mark.parametrize(
    "data", [{}, {"message_id": 5}, {"messages": []}, {"messages": [{"id": ""}]}, {"messages": "x"}]
)
def test_a_yes_without_an_id_is_a_riddle(meta, of, to, data):
    meta.will(data)
    with pytest.raises(GraphError) as raised:
        send_message(of, to, outgoing())
    assert raised.value.kind == Kind.AMBIGUOUS


@pytest.mark.parametrize(
    ("of", "to", "what"),
    [
        (line(), PERSON, outgoing(text="x" * 2001)),
        (line(), PERSON, outgoing("IMAGE", text="lost", file=picture())),
        (line(), Address(), outgoing()),
        (whatsapp(), Address(comment_id="1_2"), outgoing()),
        (line(), PERSON, outgoing("IMAGE", file=File("x", "image/png", 3, lambda: open("/nowhere/at-all", "rb")))),  # noqa: SIM115
    ],
)
def test_what_cannot_go_does_not_leave(meta, of, to, what):
    with pytest.raises(GraphError) as raised:
        send_message(of, to, what)
    assert raised.value.left is False
    assert meta.asked == []


def test_reactions(meta):
    send_reaction(line(), PERSON, "m_1", "❤")
    send_reaction(instagram(), PERSON, "m_1", "")
    send_reaction(whatsapp(), PHONE, "wamid.1", "")
    messenger, taken_back, on_whatsapp = [asked.json for asked in meta.asked]
    assert messenger == {
        "recipient": {"id": PERSON.external_id},
        "sender_action": "react",
        "payload": {"message_id": "m_1", "reaction": "❤"},
    }
    assert (taken_back["sender_action"], taken_back["payload"]) == ("unreact", {"message_id": "m_1"})
    assert on_whatsapp["reaction"] == {"message_id": "wamid.1", "emoji": ""}


def test_typing_and_read_marks(meta):
    send_typing(line(), PERSON, True)
    send_typing(instagram(), PERSON, False)
    mark_seen(line(), PERSON, "m_1")
    send_typing(whatsapp(), PHONE, True, "wamid.IN")
    mark_seen(whatsapp(), PHONE, "wamid.IN")
    assert [asked.json.get("sender_action") for asked in meta.asked] == [
        "typing_on",
        "typing_off",
        "mark_seen",
        None,
        None,
    ]
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN"}
    assert [asked.json for asked in meta.asked[3:]] == [{**read, "typing_indicator": {"type": "text"}}, read]


def test_whatsapp_shows_no_end_of_typing(meta):
    send_typing(whatsapp(), PHONE, False, "wamid.IN")
    send_typing(whatsapp(), PHONE, True)
    assert meta.asked == []


def test_a_sign_that_got_no_answer_may_be_given_again(meta):
    meta.will(graph_error(2), Reply(fate="reset"))
    for _ in range(2):
        with pytest.raises(GraphError) as raised:
            send_typing(line(), PERSON, True)
        assert raised.value.kind == Kind.RETRY
