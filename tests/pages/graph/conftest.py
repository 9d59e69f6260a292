"""Meta's place is taken by a peer of the test's own; the workspace is acme."""

from collections.abc import Iterator
from typing import Any

import pytest
from django_tenants.utils import schema_context

from pages.graph import usage
from pages.graph.line import Line
from tests.pages.graph.peer import Peer
from workspaces.models import Platform, Workspace
from workspaces.valkey import valkey

TOKEN = "EAAB-made-up-token"
APP_SECRET = "test_app_secret"


@pytest.fixture
def meta(settings: Any) -> Iterator[Peer]:
    peer = Peer()
    settings.GRAPH_URL = peer.url
    settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, peer.url)
    yield peer
    peer.close()


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    yield
    usage.forget()
    for key in valkey().scan_iter("graph:pause:*"):
        valkey().delete(key)


@pytest.fixture
def in_acme(acme: Workspace) -> Iterator[Workspace]:
    with schema_context(acme.schema_name):
        yield acme


def line(platform: str = Platform.FACEBOOK, **over: Any) -> Line:
    fields = {
        "platform": platform,
        "external_id": "104200000000001",
        "token": TOKEN,
        "app_secret": APP_SECRET,
        "app_id": "505000000000001",
        "page_id": "104200000000001",
        **over,
    }
    return Line(**fields)


def instagram(**over: Any) -> Line:
    return line(Platform.INSTAGRAM, external_id="178400000000001", page_id="178400000000001", login="INSTAGRAM", **over)


def whatsapp(**over: Any) -> Line:
    return line(
        Platform.WHATSAPP, **{"external_id": "106500000000001", "page_id": "", "waba_id": "102200000000001", **over}
    )
