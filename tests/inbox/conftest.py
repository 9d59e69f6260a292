import uuid
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from inbox import policy
from inbox.actions.delivering import lines
from inbox.actions.sending import send_message
from inbox.turns import TASKS, key_of
from pages.graph import usage
from tests import factories
from tests.inbox.meta import played
from workspaces import bells
from workspaces.valkey import valkey


@pytest.fixture
def meta(monkeypatch):
    """Where every call to Meta arrives."""
    with played() as meta:
        for name in django_settings.META_HOSTS:
            monkeypatch.setitem(django_settings.META_HOSTS, name, meta.url)
        usage.forget()
        yield meta
        usage.forget()


@pytest.fixture
def in_acme(acme):
    """Within the workspace, with nothing waiting in Valkey."""
    connection.set_tenant(acme)
    lines.forget()
    valkey().delete(*map(key_of, TASKS), *(bells.key_of(task, acme.schema_name) for task in TASKS.values()))
    return acme


@pytest.fixture
def chat(in_acme):
    return open_chat()


@pytest.fixture
def write(in_acme, ana):
    """An answer of ana's is queued."""
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)

    def write(chat, text="Hello", **over):
        return send_message(chat, **{"by": agent, "text": text, "client_id": uuid.uuid4(), **over})

    return write


def open_chat(platform="FACEBOOK", channel=None, **over):
    """The customer has just written."""
    fields = {"last_incoming_at": timezone.now(), "window_expires_at": timezone.now() + policy.WINDOW, **over}
    return factories.make_chat(channel or factories.make_channel(platform), **fields)


def write_long_ago(chat, ago):
    chat.window_expires_at = timezone.now() - ago + policy.WINDOW
    chat.save()


def make_due(message, **fields):
    type(message).objects.filter(pk=message.pk).update(not_before=timezone.now() - timedelta(seconds=1), **fields)
