"""The screens of channels, in the workspace and in its admin: what they show, and what their buttons do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from pages.models import Channel, GraphCall
from tests import factories
from tests.pages.channel_fixtures import channels_of, connect, fresh, history, meta, sandbox

__all__ = ["connect", "meta", "sandbox"]

pytestmark = pytest.mark.django_db

ANSWER = {"_form_submitted": "True", "note": "Because"}


@pytest.fixture
def inside(client_for, acme, ana):
    return client_for(ana, acme)


@pytest.fixture
def looking_on(client_for, acme, sam):
    """Sees channels and manages none."""
    return client_for(sam, acme)


def make(acme: Any, **over: Any) -> Channel:
    with schema_context(acme.schema_name):
        return factories.make_channel(**{"name": "Acme Shop", **over})


def test_the_first_step_of_a_new_workspace(inside):
    home = inside.get("/")
    assert home.context["steps"][0].title == "Connect a channel"
    assert not home.context["steps"][0].done


def test_connected_the_step_is_done(meta, connect, inside):
    connect()
    assert inside.get("/").context["steps"][0].done


def test_an_empty_list_says_what_to_do(inside, looking_on):
    assert "Connect a channel" in inside.get("/settings/channels/").text
    page = looking_on.get("/settings/channels/").text
    assert "No channel yet" in page
    assert "/settings/channels/new/" not in page


LOCKED_OUT = {"connection_status": "NEEDS_RECONNECT", "connection_problem": "Its password."}
STATES = [
    ({}, "Connected", ""),
    ({"is_active": False}, "Switched off", "nothing is sent"),
    (LOCKED_OUT, "Needs reconnecting", "Its password."),
    ({"connection_status": "DISCONNECTED"}, "Disconnected", "Connect it again"),
    ({"held_until": timezone.now() + timedelta(hours=1)}, "Paused by Meta", "goes on by itself"),
    ({"held_until": timezone.now() - timedelta(hours=1)}, "Connected", ""),
    ({"token_expires_at": timezone.now() + timedelta(days=5)}, "Token ends soon", "Reconnect it before"),
    ({"platform": "WHATSAPP", "metadata": {"quality": "RED", "waba_id": "3"}}, "Low quality", "write less"),
    ({"platform": "INSTAGRAM", "token_expires_at": timezone.now() + timedelta(days=5)}, "Connected", ""),
]


@pytest.mark.parametrize(("values", "word", "advice"), STATES)
def test_each_state_has_its_word_and_what_to_do(values, word, advice, inside, acme):
    channel = make(acme, **values)
    for address in ("/settings/channels/", f"/settings/channels/{channel.pk}/"):
        page = inside.get(address)
        assert word in page.text
    [(_, health)] = inside.get("/settings/channels/").context["channels"]
    assert health.word == word
    assert advice in health.advice


def test_when_something_last_came_and_went(inside, acme):
    channel = make(acme)
    now = timezone.now()
    with schema_context(acme.schema_name):
        factories.make_chat(channel, last_incoming_at=now - timedelta(hours=3))
        factories.make_chat(channel, last_incoming_at=now - timedelta(hours=1), last_outgoing_at=now)
    [(found, _)] = inside.get("/settings/channels/").context["channels"]
    assert (found.last_incoming_at, found.last_outgoing_at) == (now - timedelta(hours=1), now)


def test_the_list_asks_as_often_for_many_as_for_one(inside, acme):
    counts = []
    for _ in range(2):
        for _ in range(3):
            make(acme)
        inside.get("/settings/channels/")
        with CaptureQueriesContext(connection) as asked:
            inside.get("/settings/channels/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_switched_off_with_a_note(inside, acme):
    channel = make(acme)
    assert inside.post(f"/settings/channels/{channel.pk}/active/", {"on": "", "note": "Holiday"}).status_code == 302
    assert not fresh(channel, acme).is_active
    assert "Holiday" in inside.get(f"/settings/channels/{channel.pk}/").text


def test_disconnected_with_a_note(meta, connect, inside, acme):
    channel = connect()
    inside.post(f"/settings/channels/{channel.pk}/disconnection/", {"note": "Sold"})
    assert (fresh(channel, acme).connection_status, fresh(channel, acme).access_token) == ("DISCONNECTED", "")
    assert "Sold" in inside.get(f"/settings/channels/{channel.pk}/").text


def test_checked_in_the_name_of_who_asked(meta, connect, inside, acme, ana):
    channel = connect()
    answer = inside.post(f"/settings/channels/{channel.pk}/check/", follow=True)
    assert "works: Meta knows it" in answer.text
    with schema_context(acme.schema_name):
        assert set(GraphCall.objects.filter(type="identity.read").values_list("actor", flat=True)) == {ana.email}


def test_who_looks_on_is_offered_nothing(looking_on, acme):
    channel = make(acme)
    page = looking_on.get(f"/settings/channels/{channel.pk}/").text
    assert not [word for word in ("Switch off", "Disconnect…", "Check now", "Reconnect") if word in page]


class TestAdmin:
    LIST = "/admin/pages/facebookpage/"

    def test_each_kind_in_its_own_list(self, inside, acme):
        models = {"FACEBOOK": "facebookpage", "INSTAGRAM": "instagramaccount", "WHATSAPP": "phonenumber"}
        for platform, model in models.items():
            make(acme, platform=platform, name=f"The {platform} one")
            page = inside.get(f"/admin/pages/{model}/")
            assert [row.platform for row in page.context["cl"].result_list] == [platform]

    def test_switched_off_and_on(self, inside, acme):
        channel = make(acme)
        for name, on in (("switch_off", False), ("switch_on", True)):
            assert inside.post(f"{self.LIST}{channel.pk}/{name}/", ANSWER).status_code in {200, 302}
            assert fresh(channel, acme).is_active is on
        assert history(channel, acme) == ["OFF", "ON"]
        assert "Because" in inside.get(f"{self.LIST}{channel.pk}/change/").text

    def test_checked(self, meta, connect, inside, acme, django_capture_on_commit_callbacks):
        connect()
        [channel] = channels_of(acme)
        meta.fault("190")
        with django_capture_on_commit_callbacks(execute=True):
            assert inside.post(f"{self.LIST}{channel.pk}/check_now/", ANSWER).status_code == 302
        assert fresh(channel, acme).connection_status == "NEEDS_RECONNECT", "what was found stays"

    def test_reconnecting_leads_to_the_log_in(self, inside, acme):
        channel = make(acme)
        assert inside.get(f"{self.LIST}{channel.pk}/reconnect/")["Location"] == "/settings/channels/new/"

    def test_nobody_adds_or_deletes(self, inside, acme):
        channel = make(acme)
        assert inside.get(f"{self.LIST}add/").status_code == 403
        assert inside.post(f"{self.LIST}{channel.pk}/delete/", {"post": "yes"}).status_code == 403
