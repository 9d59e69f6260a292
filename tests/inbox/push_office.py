"""An office whose people have subscribed with their browsers, and the push service that is played for it."""

import uuid

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.actions import push as subscribing
from inbox.attention import key_of
from tests import factories
from tests.conftest import make_client
from tests.push_service import push_service
from tests.webhooks import SECRET, START, connect, deliver, page, text
from workspaces import sessions
from workspaces.models import UserPreferences
from workspaces.valkey import valkey


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def service(settings):
    """Where Meta is played, plain http may be asked."""
    with push_service() as service:
        settings.GRAPH_URL = service.url
        yield service


@pytest.fixture
def office(acme, service, run_tasks):
    """acme with a channel, and nothing that another test has left in Valkey."""
    schema = acme.schema_name
    for key in [*valkey().scan_iter(f"{schema}:push:*"), key_of(schema)]:
        valkey().delete(key)
    channel = connect(acme)
    connection.set_tenant(acme)
    yield channel
    for key in [*valkey().scan_iter(f"{schema}:push:*"), key_of(schema)]:
        valkey().delete(key)


@pytest.fixture
def subscribed(acme, service):
    """A browser of theirs, signed in and subscribed."""

    def subscribe(user, name="one"):
        with schema_context("public"):
            client = make_client(user)
            session = client.session
            login = uuid.UUID(session[sessions.LOGIN])
        browser = service.browser(name)
        browser.client, browser.login = client, login
        with schema_context(acme.schema_name):
            agent = factories.agent_of(user, acme)
            said = {"browser": "Chrome on Linux", "login_id": login, **browser.said}
            connection.set_tenant(acme)
            browser.row = subscribing.subscribe(agent, **said)
        valkey().delete(subscribing.nobody_key(acme.schema_name))
        return browser

    return subscribe


@pytest.fixture
def happens(run_tasks, django_capture_on_commit_callbacks):
    """Does it, commits, and does what the queue then holds; returns the tasks."""

    def happens(what, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            what(*args, **kwargs)
        return [name for name in run_tasks() if name.startswith("inbox.tasks.notify")]

    return happens


def writes(channel, words="Is it in stock?", customer="7001", ago=0.0, **more):
    second = timezone.now().timestamp() - START.timestamp() - ago
    deliver(page(channel, text(channel, words, customer=customer, second=second, **more)))


def prefer(user, **preferences):
    with schema_context("public"):
        UserPreferences.objects.filter(user=user).update(**preferences)


def own_chat(channel, agent, customer="7001", **over):
    identity = factories.make_identity(channel, external_id=customer, name="Rosa Marín")
    return factories.make_chat(channel, identity=identity, assigned_to=agent, **over)


def agent_in(acme, user):
    found = factories.agent_of(user, acme)
    connection.set_tenant(acme)
    return found
