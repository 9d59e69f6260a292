"""For what is about channels: Meta played over HTTP, and a way to connect."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_tenants.utils import schema_context

from agents.models import Agent
from pages import routes
from pages.actions import connecting
from pages.models import Channel
from pages.sandbox import world
from pages.sandbox.server import Sandbox
from tests import factories
from workspaces.models import Platform, Workspace

PAGE = {"platform": Platform.FACEBOOK, "external_id": world.ACME_PAGE, "name": "Acme", "token": world.ACME_PAGE_TOKEN}

told: list[str] = []


def hear(channel: Channel) -> None:
    """In the inbox's place."""
    told.append(channel.external_id)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def meta(sandbox: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    sandbox.reset()
    settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, sandbox.url)
    settings.META_APP_ID, settings.META_APP_SECRET = world.APP_ID, world.APP_SECRET
    settings.INSTAGRAM_APP_ID, settings.INSTAGRAM_APP_SECRET = world.INSTAGRAM_APP_ID, world.INSTAGRAM_APP_SECRET
    monkeypatch.setitem(routes.ROUTES, "channel.working", f"{__name__}.hear")
    told.clear()
    return sandbox


@pytest.fixture
def connect(acme: Workspace, django_capture_on_commit_callbacks: Any) -> Callable[..., Channel]:
    def run(workspace: Workspace = acme, by: Agent | None = None, **over: Any) -> Channel:
        by = by or factories.agent_of(workspace.owner, workspace)
        with schema_context(workspace.schema_name), django_capture_on_commit_callbacks(execute=True):
            channel = connecting.connect_channel(workspace, by=by, **{**PAGE, **over})
        return fresh(channel, workspace)

    return run


@pytest.fixture
def disconnect(acme: Workspace, django_capture_on_commit_callbacks: Any) -> Callable[..., Channel]:
    def run(channel: Channel, **over: Any) -> Channel:
        by = factories.agent_of(acme.owner, acme)
        with schema_context(acme.schema_name), django_capture_on_commit_callbacks(execute=True):
            connecting.disconnect_channel(channel, by=by, workspace=acme, **over)
        return fresh(channel, acme)

    return run


def fresh(channel: Channel, workspace: Workspace) -> Channel:
    with schema_context(workspace.schema_name):
        return Channel.objects.get(pk=channel.pk)


def channels_of(workspace: Workspace) -> list[Channel]:
    with schema_context(workspace.schema_name):
        return list(Channel.objects.order_by("platform", "external_id"))


def history(channel: Channel, workspace: Workspace) -> list[str]:
    with schema_context(workspace.schema_name):
        return list(channel.status_logs.order_by("changed_at", "id").values_list("changed_to", flat=True))
