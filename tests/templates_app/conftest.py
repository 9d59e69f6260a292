from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from templates_app.actions.replies import save_reply
from templates_app.models import MessageTemplate
from tests.factories import agent_of


def picture(name="price.png", kind="PNG"):
    data = BytesIO()
    Image.new("RGB", (2, 2)).save(data, kind)
    return SimpleUploadedFile(name, data.getvalue(), content_type="text/html")


def words_file(name="terms.txt", body=b"plain words"):
    return SimpleUploadedFile(name, body)


@pytest.fixture
def in_acme(acme):
    connection.set_tenant(acme)
    return acme


@pytest.fixture
def agents(in_acme, ana, sam, bo, vi):
    return {user.first_name.lower(): agent_of(user, in_acme) for user in (ana, sam, bo, vi)}


@pytest.fixture
def make_reply(in_acme, agents):
    """bo's own, unless another is named."""

    def make(name="Hours", *, by="bo", files=(), **fields):
        reply = MessageTemplate(name=name, created_by=agents[by], **{"content": "Open from 9 to 5.", **fields})
        save_reply(reply, by=agents[by], workspace=in_acme, files=files)
        return reply

    return make


@pytest.fixture
def browser_of(client_for, in_acme):
    return lambda user: client_for(user, in_acme)
