"""Answers against the sandbox, which takes them as strictly as Meta does."""

from io import BytesIO

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from PIL import Image

from inbox.actions.outbox import send_chat
from inbox.composing import Recording
from inbox.models import Message
from inbox.recording import voice_note
from pages.graph import usage
from pages.graph.content import QuickReply
from pages.sandbox import world
from pages.sandbox.server import Sandbox
from tests import factories
from tests.inbox.conftest import open_chat
from tests.inbox.recordings import recording

Status = Message.Status

ACCOUNTS = {
    "page": ("FACEBOOK", world.ACME_PAGE, world.ACME_PAGE_TOKEN, {}),
    "instagram by page": ("INSTAGRAM", world.ACME_INSTAGRAM, world.ACME_PAGE_TOKEN, {"page_id": world.ACME_PAGE}),
    "instagram": ("INSTAGRAM", world.ACME_STUDIO_INSTAGRAM, world.ACME_STUDIO_INSTAGRAM_TOKEN, {}),
    "number": ("WHATSAPP", world.ACME_NUMBER, world.ACME_WHATSAPP_TOKEN, {"waba_id": world.ACME_WABA}),
}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def meta(sandbox, monkeypatch, settings, tmp_path):
    sandbox.reset()
    for name in django_settings.META_HOSTS:
        monkeypatch.setitem(django_settings.META_HOSTS, name, sandbox.url)
    settings.META_APP_ID, settings.META_APP_SECRET = world.APP_ID, world.APP_SECRET
    settings.INSTAGRAM_APP_ID, settings.INSTAGRAM_APP_SECRET = world.INSTAGRAM_APP_ID, world.INSTAGRAM_APP_SECRET
    settings.MEDIA_ROOT = tmp_path
    usage.forget()
    return sandbox


def chat_with_rosa(sandbox, account):
    platform, external_id, token, metadata = ACCOUNTS[account]
    channel = factories.make_channel(platform, external_id=external_id, access_token=token, metadata=metadata)
    sender_id = sandbox.write("rosa", external_id, "Hello?")["sender_id"]
    who = {"phone": "573000000001"} if platform == "WHATSAPP" else {"external_id": sender_id}
    return open_chat(channel=channel, identity=factories.make_identity(channel, **{"external_id": sender_id, **who}))


def picture():
    file = BytesIO()
    Image.new("RGB", (40, 40), "red").save(file, "PNG")
    return ContentFile(file.getvalue(), name="a.png")


@pytest.mark.parametrize("account", ACCOUNTS)
def test_text_quick_replies_and_a_picture_are_taken(in_acme, write, meta, account):
    chat = chat_with_rosa(meta, account)
    write(chat, "With a picture", files=[picture()])
    write(chat, "Which?", quick_replies=[QuickReply("Yes", "YES"), QuickReply("No", "NO")])
    send_chat(chat.pk)
    answers = list(chat.messages.order_by("id"))
    assert [(message.status, message.error) for message in answers] == [(Status.SENT, "")] * len(answers)
    assert len({message.external_id for message in answers}) == len(answers) >= 2


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_send_whose_answer_is_lost_is_not_sent_again(in_acme, write, meta, account):
    chat = chat_with_rosa(meta, account)
    meta.fault("reset_after", path="messages", times=1)
    message = write(chat, "Only once, please")
    send_chat(chat.pk)
    message.refresh_from_db()
    assert message.status == Status.UNCONFIRMED
    assert send_chat(chat.pk) == (0, None)
    assert sum("Only once, please" in str(entry) for entry in meta.record("accepted")) == 1


@pytest.mark.parametrize("account", ACCOUNTS)
def test_what_is_quoted_is_told(in_acme, write, meta, account):
    chat = chat_with_rosa(meta, account)
    asked = factories.make_message(chat, text="Which size?", external_id="mid.asked")
    write(chat, "Medium", reply_to=asked)
    send_chat(chat.pk)
    assert chat.messages.latest("id").status == Status.SENT
    [sent] = [entry for entry in meta.record("accepted") if "Medium" in str(entry)]
    assert sent["reply_to"] == "mid.asked"


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_voice_note_is_taken_as_one(in_acme, write, meta, account):
    chat = chat_with_rosa(meta, account)
    with voice_note(chat.platform, ContentFile(recording(), name="recording.webm")) as file:
        write(chat, "", files=[Recording(file.file, file.name)])
    send_chat(chat.pk)
    message = chat.messages.get()
    assert (message.type, message.status, message.error) == ("VOICE", Status.SENT, "")
    [sent] = meta.record("accepted")
    assert sent["type"] == "audio"


def test_whatsapp_takes_no_voice_note_in_another_form(in_acme, write, meta):
    chat = chat_with_rosa(meta, "number")
    in_two_channels = ContentFile(recording(container="ogg"), name="voice-note.ogg")
    write(chat, "", files=[Recording(in_two_channels, in_two_channels.name)])
    send_chat(chat.pk)
    assert chat.messages.get().status != Status.SENT
    assert ["A voice note is Ogg with Opus" in str(entry) for entry in meta.record("refused")] == [True]
