"""The demo on top of what is there: it adds what is missing, and Meta's refusal is no obstacle."""

import pytest
from django.core.management import call_command
from django_tenants.utils import schema_context

from pages.models import Channel
from pages.sandbox import world
from pages.sandbox.server import Sandbox


@pytest.fixture
def meta(settings):
    with Sandbox() as sandbox:
        settings.GRAPH_URL = sandbox.url
        settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, sandbox.url)
        settings.META_APP_ID, settings.META_APP_SECRET = world.APP_ID, world.APP_SECRET
        settings.INSTAGRAM_APP_ID = world.INSTAGRAM_APP_ID
        settings.INSTAGRAM_APP_SECRET = world.INSTAGRAM_APP_SECRET
        yield sandbox


def connected(workspace):
    with schema_context(workspace.schema_name):
        return set(Channel.objects.values_list("external_id", flat=True))


def test_tokens_that_have_ended_stop_nothing_and_are_asked_again(acme, globex, meta):
    meta.post("tokens/all", broken=463)
    call_command("seed_demo")
    assert (connected(acme), connected(globex)) == (set(), set())

    meta.post("tokens/all", broken=0)
    call_command("seed_demo")
    numbers = {world.ACME_NUMBER, world.ACME_RETURNS_NUMBER}
    instagram = {world.ACME_INSTAGRAM, world.ACME_STUDIO_INSTAGRAM}
    assert connected(acme) == {world.ACME_PAGE, *numbers, *instagram}
    assert connected(globex) == {world.GLOBEX_PAGE, world.GLOBEX_NUMBER}

    meta.post("tokens/all", broken=463)
    asked = len(meta.record("refused"))
    call_command("seed_demo")
    assert len(meta.record("refused")) == asked
