"""Customers' files: what Meta has is copied, whatever the other side does, and what it was not able to give is said."""

import json
import time
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox import downloading
from inbox.actions import media
from inbox.actions.media import claim_attachment, fetch_attachment, forget_files
from inbox.models import Attachment
from inbox.tasks import fetch_media, sweep_media_and_profiles
from pages.graph import guard
from pages.graph.client import MEDIA_SECONDS
from tests import factories
from tests.inbox.file_server import answering, cut_short, dripping, png, serving, status, without_end

State = Attachment.State


@pytest.fixture
def files(settings):
    with serving() as server:
        settings.GRAPH_URL = server.url
        settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, server.url)
        yield server


@pytest.fixture
def here(acme):
    """In acme's schema, as the tasks are."""
    with schema_context(acme.schema_name):
        yield acme


def fetched(workspace, **fields):
    attachment = factories.make_attachment(**fields)
    fetch_media(workspace.schema_name)
    attachment.refresh_from_db()
    return attachment


def test_a_file_is_copied_and_typed_by_what_is_in_it(here, files):
    body = png()
    attachment = fetched(here, remote_url=files.file("/photo.php", body, "text/html"), name="Me & you.png")
    assert (attachment.state, attachment.mime_type, attachment.size) == (State.STORED, "image/png", len(body))
    assert attachment.sha256 == sha256(body).hexdigest()
    year = attachment.created_at
    assert attachment.file.name == f"{here.schema_name}/attachments/{year:%Y}/{year:%m}/{attachment.pk}/Me_you.png"
    assert default_storage.open(attachment.file.name).read() == body
    assert (attachment.name, attachment.error, attachment.not_before) == ("Me & you.png", "", None)


@pytest.mark.parametrize(
    ("body", "claimed", "kind", "mime_type"),
    [
        (b"<html><script>alert(1)</script></html>", "image/png", "IMAGE", "application/octet-stream"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml", "IMAGE", None),
        (b"", "image/png", "IMAGE", "application/octet-stream"),
        (b"%PDF-1.7 and so on", "text/html", "FILE", "application/pdf"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(64), "audio/mp4", "VOICE", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(64), "audio/mp4", "VIDEO", "video/mp4"),
    ],
)
def test_what_is_claimed_counts_for_nothing(body, claimed, kind, mime_type, here, files):
    attachment = fetched(here, remote_url=files.file("/x", body, claimed), kind=kind)
    assert (attachment.state, attachment.mime_type) == (State.STORED, mime_type or "application/octet-stream")


@pytest.mark.parametrize(
    ("name", "kept", "stored"),
    [
        ("../../etc/passwd", "_.._etc_passwd", "etc_passwd"),
        ("C:\\boot.ini", "C__boot.ini", "C__boot.ini"),
        ("gro\u202efdp.exe", "grofdp.exe", "grofdp.exe"),
        ("Rechnung für Ä.pdf", "Rechnung für Ä.pdf", "Rechnung_fur_A.pdf"),
        ("請求書", "請求書", "file"),
        ("a" * 300 + ".pdf", "a" * 96 + ".pdf", "a" * 96 + ".pdf"),
        ("nul\x00.png", "nul.png", "nul.png"),
    ],
)
def test_a_name_is_a_name_and_no_path(name, kept, stored, here, files):
    attachment = factories.make_attachment(kind="FILE", remote_url=files.file("/x", png()))
    claimed = claim_attachment()
    claimed.name = name
    fetch_attachment(claimed, here)
    attachment.refresh_from_db()
    assert (attachment.name, attachment.file.name.rpartition("/")[2]) == (kept, stored)


@pytest.mark.parametrize("told", [True, False], ids=["says so", "without end"])
def test_a_file_that_is_too_large_is_left(told, here, files, settings):
    settings.MEDIA_MAX_BYTES = 1024 * 1024
    url = files.file("/big", bytes(1024 * 1024 + 1)) if told else files.serve("/big", without_end)
    attachment = fetched(here, remote_url=url)
    assert (attachment.state, attachment.error) == (State.TOO_LARGE, "It is larger than 1 MB.")
    assert not attachment.file


def test_what_is_gone_is_gone(here, files):
    attachment = fetched(here, remote_url=files.serve("/gone", status(404)))
    assert (attachment.state, attachment.attempts) == (State.GONE, 1)
    assert attachment.error


@pytest.mark.parametrize("trouble", [status(503), cut_short], ids=["503", "cut short"])
def test_what_may_pass_is_tried_six_times(trouble, here, files):
    attachment, pauses = factories.make_attachment(remote_url=files.serve("/x", trouble)), []
    for tried in range(1, media.TRIES + 1):
        fetch_media(here.schema_name)
        attachment.refresh_from_db()
        assert attachment.attempts == tried
        if attachment.state == State.WAITING:
            pauses.append(attachment.not_before - timezone.now())
            assert not Attachment.objects.due().exists()
            Attachment.objects.update(not_before=timezone.now())
    assert attachment.state == State.FAILED
    assert attachment.error
    assert not attachment.file
    assert pauses == sorted(pauses)
    assert timedelta(seconds=5) < pauses[0] < timedelta(minutes=1)


def test_a_second_try_brings_it(here, files):
    attachment = fetched(here, remote_url=files.serve("/x", cut_short))
    assert attachment.state == State.WAITING
    files.file("/x", png())
    Attachment.objects.update(not_before=None)
    fetch_media(here.schema_name)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.size) == (State.STORED, len(png()))


def test_a_server_that_is_not_there_is_tried_later(here, files, settings):
    settings.GRAPH_URL = "http://127.0.0.1:9"
    attachment = fetched(here, remote_url="http://127.0.0.1:9/x")
    assert (attachment.state, attachment.attempts) == (State.WAITING, 1)


def test_another_place_in_our_own_network_is_never_asked(here, files, settings):
    settings.GRAPH_URL = "http://127.0.0.1:9"
    attachment = fetched(here, remote_url=files.file("/x", png()))
    assert (attachment.state, files.asked) == (State.FAILED, [])


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 1000000", "", ""],
        ["", ""],
        ["Transfer-Encoding: chunked", "", ""],
        # A name inside the gzip that has no end: nothing ever comes out of it.
        ["Content-Encoding: gzip", "", "\x1f"],
        ["Content-Type: image/png", "X-Name: "],
    ],
    ids=["body", "body of any length", "chunks", "gzip", "headers"],
)
def test_a_server_that_drips_does_not_hold_a_worker(lines, here, files, monkeypatch):
    monkeypatch.setattr(downloading, "LONGEST_SECONDS", 0.3)
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.3)
    attachment = fetched(here, remote_url=files.serve("/x", dripping(*lines)))
    assert (attachment.state, attachment.attempts, len(files.asked)) == (State.WAITING, 1, 1)
    assert not attachment.file


def test_headers_that_drip_have_an_end_by_what_one_read_may_take(here, files, monkeypatch):
    monkeypatch.setattr(guard, "HEAD_READS", 0.3 / MEDIA_SECONDS)
    started = time.monotonic()
    attachment = fetched(here, remote_url=files.serve("/x", dripping("Content-Type: image/png", "X-Name: ")))
    assert attachment.state == State.WAITING
    assert time.monotonic() - started < 10


def test_a_worker_that_died_leaves_it_to_the_next(here, files):
    attachment = factories.make_attachment(remote_url=files.file("/x", png()))
    assert claim_attachment().pk == attachment.pk
    fetch_media(here.schema_name)
    assert files.asked == []
    Attachment.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    fetch_media(here.schema_name)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.attempts) == (State.STORED, 2)


def test_one_that_kills_each_worker_is_given_up(here, files):
    attachment = factories.make_attachment(remote_url=files.file("/x", png()), attempts=media.TRIES)
    fetch_media(here.schema_name)
    attachment.refresh_from_db()
    assert (attachment.state, files.asked) == (State.FAILED, [])


def test_a_late_worker_takes_nothing_back(here, files):
    """Its lease ended, another stored the file: both wrote to the same place, and the row stays the other's."""
    attachment = factories.make_attachment(remote_url=files.file("/x", png()), name="a.png")
    late = claim_attachment()
    Attachment.objects.update(not_before=None)
    fetch_media(here.schema_name)
    fetch_attachment(late, here)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.attempts) == (State.STORED, 2)
    folder = attachment.file.name.rpartition("/")[0]
    assert default_storage.listdir(folder) == ([], ["a.png"])


def test_a_deleted_message_has_no_files(here, files, django_capture_on_commit_callbacks):
    attachment = fetched(here, remote_url=files.file("/x", png()), name="secret.png")
    name = attachment.file.name
    with django_capture_on_commit_callbacks(execute=True):
        forget_files(attachment.message)
    attachment.refresh_from_db()
    assert not default_storage.exists(name)
    assert (attachment.state, attachment.file.name, attachment.name, attachment.remote_url) == (State.GONE, "", "", "")


def test_a_file_that_arrives_after_its_message_was_deleted_is_not_kept(here, files):
    attachment = factories.make_attachment(remote_url=files.file("/x", png()), name="a.png")
    claimed = claim_attachment()
    forget_files(attachment.message)
    fetch_attachment(claimed, here)
    attachment.refresh_from_db()
    assert attachment.state == State.GONE
    assert not default_storage.exists(media.place_of(attachment, "a.png"))


def test_many_files_are_shared_among_workers(here, files, run_tasks):
    url = files.file("/x", png())
    message = factories.make_message()
    for position in range(25):
        factories.make_attachment(message, position=position, remote_url=url)
    fetch_media(here.schema_name)
    assert Attachment.objects.filter(state=State.STORED).count() == media.BATCH
    while "inbox.tasks.fetch_media" in run_tasks():
        pass
    assert Attachment.objects.filter(state=State.STORED).count() == 25
    assert len(files.asked) == 25


def test_several_workers_take_each_file_once(transactional_db, acme, files, at_once):
    url = files.file("/x", png())
    with schema_context(acme.schema_name):
        message = factories.make_message()
        for position in range(12):
            factories.make_attachment(message, position=position, remote_url=url)
    calls = [lambda: fetch_media(acme.schema_name)] * 3
    assert at_once(*calls, racing_for=f'{acme.schema_name}"."attachments') == [None] * 3
    with schema_context(acme.schema_name):
        assert set(Attachment.objects.values_list("state", "attempts")) == {(State.STORED, 1)}
    assert len(files.asked) == 12


def test_the_clock_rings_for_what_waits(here, files, run_tasks):
    attachment = factories.make_attachment(remote_url=files.file("/x", png()))
    sweep_media_and_profiles()
    assert run_tasks() == ["inbox.tasks.fetch_media"]
    attachment.refresh_from_db()
    assert attachment.state == State.STORED
    sweep_media_and_profiles()
    assert run_tasks() == []


def test_a_workspace_that_is_gone_is_no_error(here, files, run_tasks):
    attachment = factories.make_attachment(remote_url=files.file("/x", png()))
    fetch_media("ws_nowhere")
    attachment.refresh_from_db()
    assert (attachment.state, attachment.attempts) == (State.WAITING, 0)
    assert run_tasks() == []


def test_whatsapp_files_go_by_their_id_and_wait_for_the_channel(here, files, settings):
    """A dead token holds them for a week, and costs no try."""
    chat = factories.make_chat(factories.make_channel("WHATSAPP", metadata={"waba_id": "1"}))
    attachment = factories.make_attachment(factories.make_message(chat), remote_id="5550001")
    path = f"/{settings.GRAPH_VERSION}/5550001"
    error = {"error": {"message": "expired", "type": "OAuthException", "code": 190}}
    files.serve(path, answering(401, error))
    fetch_media(here.schema_name)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.attempts) == (State.WAITING, 0)
    assert attachment.not_before > timezone.now()
    link = {"url": files.file("/cdn/photo", png()), "mime_type": "image/jpeg"}
    files.file(path, json.dumps(link).encode(), "application/json")
    Attachment.objects.update(not_before=None)
    fetch_media(here.schema_name)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.mime_type, attachment.name) == (State.STORED, "image/png", "image.png")


def test_a_dead_token_holds_nothing_for_ever(here, files, settings):
    attachment = factories.make_attachment(remote_id="5550001")
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=8))
    error = {"error": {"message": "expired", "type": "OAuthException", "code": 190}}
    files.serve(f"/{settings.GRAPH_VERSION}/5550001", answering(401, error))
    fetch_media(here.schema_name)
    attachment.refresh_from_db()
    assert attachment.state == State.FAILED
