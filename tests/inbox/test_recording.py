"""Voice notes: from what a browser records to what a platform plays; and nothing else gets through."""

import subprocess
import sys

import av
import av.logging
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from inbox import recording as recordings
from inbox import transcoding
from inbox.models import Attachment, Message, ScheduledMessage, Upload
from tests.inbox.composing import HX, Desk, picture
from tests.inbox.conftest import open_chat
from tests.inbox.recordings import facts_of, recording

AS_SAFARI = {"container": "mp4", "codec": "aac"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk_on(client_for, ana, acme, in_acme):
    def desk_on(platform="FACEBOOK"):
        return Desk(client_for(ana, acme), open_chat(platform))

    return desk_on


def record(desk, data, name="recording.webm"):
    return desk.client.post(desk.url("uploads"), {"recording": SimpleUploadedFile(name, data, "audio/webm")}, **HX)


def uploads(acme):
    connection.set_tenant(acme)
    return list(Upload.objects.all())


@pytest.mark.parametrize("browser", [{}, AS_SAFARI], ids=["chromium", "safari"])
@pytest.mark.parametrize(
    ("platform", "mime_type", "facts"),
    [
        ("WHATSAPP", "audio/ogg", ("ogg", "opus", 1, 1.0)),
        ("FACEBOOK", "audio/mp4", ("mov,mp4,m4a,3gp,3g2,mj2", "aac", 1, 1.0)),
        ("INSTAGRAM", "audio/mp4", ("mov,mp4,m4a,3gp,3g2,mj2", "aac", 1, 1.0)),
    ],
)
def test_it_becomes_what_the_platform_plays(desk_on, acme, platform, mime_type, facts, browser):
    desk = desk_on(platform)
    answer = record(desk, recording(**browser))
    assert answer.status_code == 201
    [upload] = uploads(acme)
    assert (upload.kind, upload.mime_type) == ("VOICE", mime_type)
    assert f'<audio class="upload__sound" controls preload="metadata" src="/uploads/{upload.pk}/">' in (
        answer.content.decode()
    )
    heard = desk.client.get(f"/uploads/{upload.pk}/")
    assert heard["Content-Type"] == mime_type
    assert facts_of(b"".join(heard.streaming_content)) == facts

    assert desk.reply("", upload=upload.pk).status_code == 201
    connection.set_tenant(acme)
    assert Message.objects.get().type == "VOICE"
    attachment = Attachment.objects.get()
    assert (attachment.kind, attachment.mime_type) == ("VOICE", mime_type)


def test_five_minutes_stay_small_enough_to_be_a_voice_note():
    given = ContentFile(recording(seconds=299), name="recording.webm")
    with recordings.voice_note("WHATSAPP", given) as made:
        assert made.size < 512 * 1024


def test_longer_than_five_minutes_is_refused(desk_on, acme, tmp_path):
    refused = record(desk_on(), recording(seconds=306))
    assert refused.status_code == 422
    assert "five minutes at most" in refused.content.decode()
    assert (uploads(acme), list(tmp_path.rglob("*.*"))) == ([], [])


def test_a_huge_one_is_not_even_looked_at(desk_on, acme, monkeypatch):
    monkeypatch.setattr(recordings, "MOST_BYTES", 1000)
    monkeypatch.setattr(recordings.subprocess, "run", None)
    refused = record(desk_on(), b"\0" * 1001)
    assert (refused.status_code, uploads(acme)) == (422, [])


NO_RECORDING = {
    "a picture": lambda: picture().read(),
    "a page": lambda: b"<html><script>alert(1)</script>",
    "nothing": lambda: b"",
    "noise that begins like one": lambda: b"\x1aE\xdf\xa3" + bytes(range(256)) * 40,
    "half of one": lambda: recording()[:300],
    "a film": lambda: recording(container="mp4", codec="aac", video=True),
    "a moment": lambda: recording(seconds=0.1),
    "another container": lambda: recording(container="wav", codec="pcm_s16le"),
    # Which would read other files.
    "a list of others": lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
}


@pytest.mark.parametrize("case", NO_RECORDING)
def test_what_is_no_recording_is_refused(desk_on, acme, case):
    refused = record(desk_on(), NO_RECORDING[case]())
    assert (refused.status_code, uploads(acme)) == (422, [])


def test_one_that_takes_too_long_is_given_up(desk_on, acme, monkeypatch, tmp_path):
    script = tmp_path / "forever.py"
    script.write_text("while True: pass\n")
    monkeypatch.setattr(recordings, "SCRIPT", script)
    monkeypatch.setattr(recordings, "PATIENCE", 0.5)
    refused = record(desk_on(), recording())
    assert "could not be read" in refused.content.decode()
    assert uploads(acme) == []


def test_where_all_are_at_work_one_is_told_to_wait(desk_on, acme, monkeypatch):
    monkeypatch.setattr(recordings, "PATIENCE", 0.1)
    with recordings.TURNS, recordings.TURNS:
        refused = record(desk_on(), recording())
    assert "Try again in a minute" in refused.content.decode()
    assert uploads(acme) == []


@pytest.mark.parametrize("reach", ["open('/etc/hosts')", "socket.socket()", "subprocess.run(['true'])"])
def test_who_looks_into_it_reaches_nothing_else(reach):
    code = f"import socket, subprocess, inbox.transcoding as t; t.confine(); {reach}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Too many open files" in done.stderr


def test_one_agent_has_one_recording_worked_on_at_a_time(desk_on, acme, client_for, bo, monkeypatch):
    desk, meanwhile = desk_on(), []
    others = Desk(client_for(bo, acme), desk.chat)
    whole = recordings.transcode

    def transcode(*args):
        monkeypatch.setattr(recordings, "transcode", whole)
        meanwhile.extend([record(desk, recording()), record(others, recording())])
        connection.set_tenant(acme)
        return whole(*args)

    monkeypatch.setattr(recordings, "transcode", transcode)
    assert record(desk, recording()).status_code == 201
    assert [answer.status_code for answer in meanwhile] == [422, 201]
    assert "still being worked on" in meanwhile[0].content.decode()
    assert record(desk, recording()).status_code == 201


def test_it_is_scheduled_as_one_too(desk_on, acme):
    desk = desk_on("WHATSAPP")
    record(desk, recording())
    assert desk.schedule("", upload=uploads(acme)[0].pk).status_code == 200
    connection.set_tenant(acme)
    assert ScheduledMessage.objects.get().uploads.get().kind == "VOICE"


def test_the_microphone_is_for_our_own_pages_alone(desk_on):
    desk = desk_on()
    page = desk.client.get(f"/inbox/all/{desk.chat.pk}/")
    assert page["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(self)"


def test_what_else_lies_in_it_no_decoder_looks_at():
    av.logging.set_level(av.logging.ERROR)
    with av.logging.Capture() as said, pytest.raises(transcoding.Unfit):
        list(transcoding.decoded(recording("matroska", video=True)))
    av.logging.set_level(None)
    assert any("Codec (mpeg4) not on whitelist" in words for _, _, words in said)
