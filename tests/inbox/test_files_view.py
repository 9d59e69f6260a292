"""A message's file: to who may read the chat, as something that can do no harm."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tenants.utils import schema_context

from inbox.models import Attachment
from tests import factories

BODY = bytes(range(256)) * 4


@pytest.fixture
def stored(acme):
    def store(workspace=acme, **over):
        with schema_context(workspace.schema_name):
            name = default_storage.save(f"{workspace.schema_name}/attachments/{uuid.uuid4()}", ContentFile(BODY))
            fields = {"state": "STORED", "file": name, "name": "a b.png", "mime_type": "image/png"}
            fields |= {"size": len(BODY), "sha256": "ab" * 32, **over}
            return factories.make_attachment(**fields)

    return store


def body_of(response):
    return b"".join(response.streaming_content)


def test_a_picture_is_shown(ana, acme, stored, client_for):
    response = client_for(ana, acme).get(f"/files/{stored().pk}/")
    assert (response.status_code, body_of(response)) == (200, BODY)
    assert (response["Content-Type"], response["Content-Length"]) == ("image/png", str(len(BODY)))
    assert response["Content-Disposition"] == 'inline; filename="a b.png"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=3600"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "mime_type", ["text/html", "image/svg+xml", "application/pdf", "application/octet-stream", "text/plain", ""]
)
def test_what_could_run_is_only_downloaded(mime_type, ana, acme, stored, client_for):
    response = client_for(ana, acme).get(f"/files/{stored(mime_type=mime_type).pk}/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("asked", "given", "shown"),
    [
        ("bytes=0-9", BODY[:10], "bytes 0-9/1024"),
        ("bytes=1000-", BODY[1000:], "bytes 1000-1023/1024"),
        ("bytes=1000-5000", BODY[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", BODY[-24:], "bytes 1000-1023/1024"),
        ("bytes=-5000", BODY, "bytes 0-1023/1024"),
    ],
)
def test_a_piece_of_it(asked, given, shown, ana, acme, stored, client_for):
    response = client_for(ana, acme).get(f"/files/{stored().pk}/", HTTP_RANGE=asked)
    assert (response.status_code, body_of(response)) == (206, given)
    assert (response["Content-Range"], response["Content-Length"]) == (shown, str(len(given)))


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=9-3", "bytes=-0"])
def test_a_piece_that_is_not_there(asked, ana, acme, stored, client_for):
    response = client_for(ana, acme).get(f"/files/{stored().pk}/", HTTP_RANGE=asked)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=a-b", "bytes=0-1,4-5", "lines=0-1", f"bytes={'9' * 5000}-", ""])
def test_what_is_no_piece_is_all_of_it(asked, ana, acme, stored, client_for):
    response = client_for(ana, acme).get(f"/files/{stored().pk}/", HTTP_RANGE=asked)
    assert (response.status_code, body_of(response)) == (200, BODY)


def test_a_piece_of_another_file_is_all_of_this(ana, acme, stored, client_for):
    attachment, client = stored(), client_for(ana, acme)
    same = client.get(f"/files/{attachment.pk}/", HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE=f'"{"ab" * 32}"')
    other = client.get(f"/files/{attachment.pk}/", HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"other"')
    assert (same.status_code, other.status_code) == (206, 200)


def test_an_agent_sees_those_of_their_own_chats(bo, acme, stored, client_for, agent_of):
    attachment, client = stored(), client_for(bo, acme)
    assert client.get(f"/files/{attachment.pk}/").status_code == 200
    agent = agent_of(bo, acme)
    with schema_context(acme.schema_name):
        factories.seeing_own_chats_alone(agent)
    assert client.get(f"/files/{attachment.pk}/").status_code == 404
    with schema_context(acme.schema_name):
        chat = attachment.message.chat
        chat.assigned_to = agent
        chat.save()
    assert client.get(f"/files/{attachment.pk}/").status_code == 200


def test_no_other_workspace_has_it(ana, globex, stored, client_for):
    attachment = stored()
    assert client_for(ana, globex).get(f"/files/{attachment.pk}/").status_code == 404
    assert client_for(globex.owner, globex).get(f"/files/{attachment.pk}/").status_code == 404


@pytest.mark.parametrize("state", [state for state in Attachment.State if state != "STORED"])
def test_what_is_not_here_is_not_found(state, ana, acme, stored, client_for):
    assert client_for(ana, acme).get(f"/files/{stored(state=state).pk}/").status_code == 404


def test_a_file_that_vanished_from_the_disk_is_not_found(ana, acme, stored, client_for):
    attachment = stored()
    default_storage.delete(attachment.file.name)
    assert client_for(ana, acme).get(f"/files/{attachment.pk}/").status_code == 404
