"""Files of a reply: by what is in them, one by one, sent or forgotten; and no stranger's body is read."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from config import wsgi
from inbox.actions import uploading
from inbox.actions.uploading import KEPT_FOR, LARGEST, forget_old_uploads
from inbox.models import Attachment, Message, Upload
from inbox.tasks import forget_uploads_everywhere
from templates_app.actions.replies import save_reply
from templates_app.models import MessageTemplate
from tests import factories
from tests.conftest import on_own_connection
from tests.inbox.composing import HX, Desk, picture
from tests.inbox.conftest import open_chat, write_long_ago
from workspaces.refusals import Refused


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk_of(client_for, acme, in_acme):
    def desk_of(user, chat):
        return Desk(client_for(user, acme), chat)

    return desk_of


@pytest.fixture
def desk(desk_of, ana, chat):
    return desk_of(ana, chat)


def uploads(acme):
    connection.set_tenant(acme)
    return list(Upload.objects.all())


def files(tmp_path):
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


def test_a_file_is_attached_shown_and_sent(desk, acme, tmp_path, django_capture_on_commit_callbacks):
    answer = desk.upload(picture("Kätzchen.png"))
    [upload] = uploads(acme)
    assert answer.status_code == 201
    assert (upload.name, upload.mime_type, upload.kind) == ("Kätzchen.png", "image/png", "IMAGE")
    assert f'value="{upload.pk}"' in answer.content.decode()
    assert "Kätzchen.png" in desk.state(whole="")

    with django_capture_on_commit_callbacks(execute=True):
        assert desk.reply("Look", upload=upload.pk).status_code == 201
    assert uploads(acme) == []
    attachment = Attachment.objects.get()
    assert (attachment.name, attachment.state, attachment.sha256) == ("Kätzchen.png", "STORED", upload.sha256)
    # One copy is left, the message's.
    assert len(files(tmp_path)) == 1
    assert default_storage.exists(str(attachment.file))


def test_what_it_is_says_its_content(desk_of, ana, in_acme, acme):
    desk = desk_of(ana, open_chat("INSTAGRAM"))
    answer = desk.upload(SimpleUploadedFile("cat.png", b"#!/bin/sh\nrm -rf\n" * 9, "image/png"))
    assert answer.status_code == 422
    assert "Instagram takes a file as PDF" in answer.content.decode()
    assert uploads(acme) == []


def test_what_is_too_large_for_the_platform_is_refused(desk_of, ana, in_acme, acme, tmp_path):
    desk = desk_of(ana, open_chat("WHATSAPP"))
    big = picture()
    big.file.seek(0, 2)
    big.file.write(b"\0" * (5 * 1024 * 1024))
    big.size = big.file.tell()
    big.file.seek(0)
    answer = desk.upload(big)
    assert answer.status_code == 422
    assert "of up to 5 MB" in answer.content.decode()
    assert (uploads(acme), files(tmp_path)) == ([], [])


@pytest.mark.parametrize("fields", [{}, {"file": ""}, {"asset": "no id"}])
def test_no_file_is_no_upload(desk, acme, fields):
    assert desk.client.post(desk.url("uploads"), fields, **HX).status_code == 422
    assert desk.upload(SimpleUploadedFile("empty.txt", b"")).status_code == 422
    assert uploads(acme) == []


def test_ten_go_at_once(desk, acme):
    for number in range(10):
        assert desk.upload(picture(f"{number}.png")).status_code == 201
    assert "up to 10 files" in desk.upload(picture()).content.decode()
    assert len(uploads(acme)) == 10


def test_what_waits_in_all_chats_together_has_an_end(desk, desk_of, ana, bo, chat, acme, tmp_path, monkeypatch):
    monkeypatch.setattr(uploading, "LARGEST_UNSENT", 2 * picture().size)
    other = desk_of(ana, open_chat(channel=chat.channel))
    assert [desk.upload(picture()).status_code, other.upload(picture()).status_code] == [201, 201]
    answer = desk.upload(picture())
    assert (answer.status_code, "not sent yet" in answer.content.decode()) == (422, True)
    assert len(uploads(acme)) == len(files(tmp_path)) == 2
    assert desk_of(bo, chat).upload(picture()).status_code == 201
    monkeypatch.setattr(uploading, "LARGEST_UNSENT", 10**9)
    monkeypatch.setattr(uploading, "MOST_UNSENT", 2)
    assert desk.upload(picture()).status_code == 422


def test_many_at_the_same_moment_are_ten_all_the_same(transactional_db, ana, chat, acme, tmp_path):
    agent = factories.agent_of(ana, acme)
    together = threading.Barrier(16)

    def attach(number):
        with schema_context(acme.schema_name):
            together.wait()
            try:
                return bool(uploading.take_upload(chat, picture(f"{number}.png"), by=agent))
            except Refused:
                return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(on_own_connection, [partial(attach, number) for number in range(16)])) == 10
    assert len(uploads(acme)) == len(files(tmp_path)) == 10


def test_it_is_taken_off_again(desk, acme, tmp_path, django_capture_on_commit_callbacks):
    desk.upload(picture())
    [upload] = uploads(acme)
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.client.post(f"/uploads/{upload.pk}/", **HX).status_code == 204
    assert (uploads(acme), files(tmp_path)) == ([], [])


def test_a_store_that_fails_leaves_a_file_and_fails_nobody(
    desk, acme, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    def fails(*_):
        raise OSError("the store is away")

    desk.upload(picture())
    [upload] = uploads(acme)
    monkeypatch.setattr(FileSystemStorage, "delete", fails)
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.client.post(f"/uploads/{upload.pk}/", **HX).status_code == 204
    assert (uploads(acme), len(files(tmp_path))) == ([], 1)


def test_nobody_else_sees_or_sends_or_removes_it(desk, desk_of, bo, chat, acme):
    desk.upload(picture())
    [upload] = uploads(acme)
    other = desk_of(bo, chat)
    assert other.client.get(f"/uploads/{upload.pk}/").status_code == 404
    assert other.client.post(f"/uploads/{upload.pk}/", **HX).status_code == 404
    assert other.reply("Look", upload=upload.pk).status_code == 422
    assert desk.client.get(f"/uploads/{upload.pk}/")["Content-Type"] == "image/png"
    assert uploads(acme) == [upload]


def test_a_file_of_one_chat_does_not_go_to_another(desk, desk_of, ana, chat, acme):
    desk.upload(picture())
    [upload] = uploads(acme)
    other = desk_of(ana, open_chat(channel=chat.channel))
    answer = other.reply("Look", upload=upload.pk)
    assert answer.status_code == 422
    assert "no longer here" in answer.content.decode()
    assert "cat.png" not in other.state(whole="")


def test_what_was_refused_keeps_its_files(desk, chat, acme, tmp_path):
    desk.upload(picture())
    [upload] = uploads(acme)
    write_long_ago(chat, timedelta(days=8))
    assert desk.reply("Look", upload=upload.pk).status_code == 422
    factories.make_message(chat, direction="OUT", sender="ELSEWHERE", status="SENT")
    chat.window_expires_at = timezone.now() + timedelta(hours=3)
    chat.save()
    assert desk.reply("Look", upload=upload.pk).status_code == 409
    assert uploads(acme) == [upload]
    assert files(tmp_path) == ["cat.png"]


def test_a_file_of_a_canned_reply_is_copied(desk, acme, ana):
    owner = factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    canned = MessageTemplate(name="Sizes", content="See", is_shared=True, created_by=owner)
    save_reply(canned, by=owner, workspace=acme, files=[ContentFile(picture().read(), "sizes.png")])
    asset = canned.assets.get()

    assert desk.client.post(desk.url("uploads"), {"asset": asset.pk}, **HX).status_code == 201
    [upload] = uploads(acme)
    assert (upload.name, upload.sha256) == ("sizes.png", asset.sha256)
    assert str(upload.file) != str(asset.file)
    assert desk.client.post(desk.url("uploads"), {"asset": uuid.uuid4()}, **HX).status_code == 422


def test_without_a_script_files_come_with_the_form(desk, acme):
    answer = desk.reply("Look", hx=False, attached=[picture("one.png"), picture("two.png")])
    assert answer.status_code == 302
    connection.set_tenant(acme)
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["one.png", "two.png"]


def test_what_nobody_came_back_to_is_forgotten(desk, acme, tmp_path, django_capture_on_commit_callbacks):
    desk.upload(picture("old.png"))
    desk.upload(picture("new.png"))
    connection.set_tenant(acme)
    Upload.objects.filter(name="old.png").update(created_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        connection.set_schema_to_public()
        forget_uploads_everywhere()
    assert [upload.name for upload in uploads(acme)] == ["new.png"]
    assert files(tmp_path) == ["new.png"]
    assert forget_old_uploads() == 0


CHAT = "0192b0c4-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        (f"/chats/{CHAT}/uploads/", LARGEST, "200"),
        (f"/chats/{CHAT}/uploads/", LARGEST + 1024 * 1024, "413"),
        (f"/chats/{CHAT}/messages/", wsgi.LARGEST_BODY + 1, "413"),
        (f"/chats/{CHAT}/uploads/more/", wsgi.LARGEST_BODY + 1, "413"),
        (f"/x/chats/{CHAT}/uploads/", wsgi.LARGEST_BODY + 1, "413"),
    ],
)
def test_the_door_takes_large_bodies_at_one_address(path, length, status):
    def inner(request, start_response):
        start_response("200 OK", [])
        return []

    said = []
    request = {"PATH_INFO": path, "CONTENT_LENGTH": str(length), "REQUEST_METHOD": "POST", "HTTP_HOST": "acme.test"}
    wsgi.guarded(inner)(request, lambda line, headers: said.append(line[:3]))
    assert said == [status]


class NeverRead:
    def read(self, *_):
        raise AssertionError("the body was read")

    readline = read


def test_of_a_stranger_no_large_body_is_read(client_for, acme, vi, chat):
    """Neither of nobody, nor of who looks on."""
    for user in (None, vi):
        client = client_for(user, acme) if user else client_for(None, acme)
        answer = client.generic(
            "POST",
            f"/chats/{chat.pk}/uploads/",
            **{
                "CONTENT_LENGTH": str(50 * 1024 * 1024),
                "wsgi.input": NeverRead(),
                "CONTENT_TYPE": "multipart/form-data; boundary=x",
            },
        )
        assert answer.status_code == 413


def attach_to_note(desk, file):
    return desk.upload(file, for_note="on")


def test_a_notes_file_stays_with_the_team(desk_of, ana, in_acme, acme, tmp_path, django_capture_on_commit_callbacks):
    """Of any kind, also where the platform takes none."""
    desk = desk_of(ana, open_chat("INSTAGRAM"))
    assert attach_to_note(desk, SimpleUploadedFile("list.txt", b"Plain words")).status_code == 201
    [upload] = uploads(acme)
    shown = desk.state(whole="")
    assert shown.index("list.txt") > shown.index('data-form="note"')

    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.note("Look at this", upload=upload.pk)
    assert answer.status_code == 201
    assert "list.txt" in answer.content.decode()
    assert uploads(acme) == []
    note = Message.objects.get()
    assert (note.is_private, note.type, note.status) == (True, "TEXT", "SENT")
    attachment = note.attachments.get()
    assert (attachment.name, attachment.kind, attachment.state) == ("list.txt", "FILE", "STORED")
    assert len(files(tmp_path)) == 1
    assert not Message.objects.unsettled().exists()
    assert desk.client.get(f"/files/{attachment.pk}/").status_code == 200


def test_a_notes_file_is_never_sent(desk, acme):
    attach_to_note(desk, picture())
    [upload] = uploads(acme)
    assert desk.reply("Look", upload=upload.pk).status_code == 422
    assert desk.schedule("Look", upload=upload.pk).status_code == 422
    assert uploads(acme) == [upload]
    assert not Message.objects.exists()
    # Nor the other way round.
    desk.upload(picture("yours.png"))
    [_, yours] = uploads(acme)
    assert desk.note("Look", upload=yours.pk).status_code == 422
    shown = desk.state(whole="")
    assert shown.index("yours.png") < shown.index('data-form="note"') < shown.index("cat.png")


def test_a_note_may_be_a_file_alone(desk, acme):
    attach_to_note(desk, picture())
    assert desk.note("", upload=uploads(acme)[0].pk).status_code == 201
    connection.set_tenant(acme)
    assert Message.objects.get().type == "IMAGE"
    assert desk.note("").status_code == 422


def test_a_note_that_is_sent_twice_is_one(desk, acme):
    attach_to_note(desk, picture())
    fields = {"upload": uploads(acme)[0].pk, "client_id": uuid.uuid4()}
    assert [desk.note("Once", **fields).status_code for _ in range(2)] == [201, 201]
    connection.set_tenant(acme)
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)


def test_without_a_script_a_notes_files_come_with_it(desk, acme):
    attached = [picture("one.png"), SimpleUploadedFile("two.txt", b"Words")]
    assert desk.note("Both", hx=False, attached=attached).status_code == 302
    connection.set_tenant(acme)
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["one.png", "two.txt"]


def test_an_empty_file_is_none_for_a_note_either(desk, acme):
    assert "is empty" in attach_to_note(desk, SimpleUploadedFile("empty.txt", b"")).content.decode()
    assert uploads(acme) == []
