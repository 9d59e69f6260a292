"""The screens of channels, in the workspace and in its admin: what they show, and what their buttons do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.models import Agent
from pages.actions.channels import choose_answerers
from pages.models import Channel, GraphCall
from tests import factories
from tests.pages.channel_fixtures import channels_of, connect, fresh, history, meta, sandbox
from workspaces import bells
from workspaces.models import UserActivity
from workspaces.valkey import valkey

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
    now = timezone.now()
    channel = make(acme, last_sent_at=now - timedelta(hours=2))
    with schema_context(acme.schema_name):
        factories.make_chat(channel, last_incoming_at=now - timedelta(hours=3))
        # The answer still waits.
        factories.make_chat(channel, last_incoming_at=now - timedelta(hours=1), last_outgoing_at=now)
    [(found, _)] = inside.get("/settings/channels/").context["channels"]
    assert (found.last_incoming_at, found.last_outgoing_at) == (now - timedelta(hours=1), now - timedelta(hours=2))


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


class TestManyChannels:
    LIST = "/settings/channels/"

    def names(self, inside, **asked):
        return [channel.name for channel, _ in inside.get(self.LIST, asked).context["channels"]]

    @pytest.fixture(autouse=True)
    def some(self, acme):
        make(acme, name="Shop", username="acme.shop")
        make(acme, name="Support", platform="WHATSAPP", metadata={"display_phone_number": "+1 555 0100"})
        make(acme, name="Atelier", platform="INSTAGRAM", **LOCKED_OUT)
        make(acme, name="Ancient", connection_status="DISCONNECTED")
        make(acme, name="Resting", is_active=False)

    def test_what_needs_somebody_comes_first_and_what_is_gone_last(self, inside):
        assert self.names(inside) == ["Atelier", "Resting", "Shop", "Support", "Ancient"]

    FILTERS = [
        ({"q": "sho"}, ["Shop"]),
        ({"q": "ACME.shop"}, ["Shop"]),
        ({"q": "0100"}, ["Support"]),
        ({"q": "shop nowhere"}, []),
        ({"platform": "WHATSAPP"}, ["Support"]),
        ({"status": "working"}, ["Shop", "Support"]),
        ({"status": "locked_out"}, ["Atelier"]),
        ({"status": "off"}, ["Resting"]),
        ({"status": "gone"}, ["Ancient"]),
        ({"status": "working", "platform": "FACEBOOK", "q": "s"}, ["Shop"]),
        ({"status": "nonsense", "platform": "x", "q": "\x00"}, ["Atelier", "Resting", "Shop", "Support", "Ancient"]),
    ]

    @pytest.mark.parametrize(("asked", "found"), FILTERS)
    def test_narrowed(self, asked, found, inside):
        assert self.names(inside, **asked) == found

    def test_nothing_fits_is_not_the_same_as_nothing_there(self, inside):
        page = inside.get(self.LIST, {"q": "nobody"}).text
        assert "No channel fits" in page
        assert "No channel yet" not in page

    def test_fifty_on_a_page_and_the_filter_goes_along(self, inside, acme):
        for number in range(60):
            make(acme, name=f"Branch {number:02}")
        first = inside.get(self.LIST, {"q": "branch"})
        assert len(first.context["channels"]) == 50
        assert "?q=branch&amp;page=2" in first.text
        assert self.names(inside, q="branch", page=2) == [f"Branch {number}" for number in range(50, 60)]


class TestTroubleOnHome:
    PART = "/settings/channels/trouble/"

    def test_home_asks_for_it(self, inside):
        assert f'hx-get="{self.PART}"' in inside.get("/").text

    def test_nothing_when_all_is_well_or_was_ended_on_purpose(self, inside, acme):
        make(acme)
        make(acme, is_active=False)
        make(acme, connection_status="DISCONNECTED")
        assert inside.get(self.PART).text.strip() == ""

    def test_who_manages_channels_gets_the_button_that_mends_it(self, inside, acme):
        make(acme, login="FACEBOOK", **LOCKED_OUT)
        page = inside.get(self.PART).text
        for words in ("Acme Shop", "Its password.", 'href="/settings/channels/new/facebook/"'):
            assert words in page

    def test_several_are_named_and_listed(self, inside, acme):
        for number in range(5):
            make(acme, name=f"Branch {number}", **LOCKED_OUT)
        page = inside.get(self.PART).text
        assert "5 channels need reconnecting" in page
        assert "and 2 more" in page
        assert "/settings/channels/?status=locked_out" in page

    def test_an_agent_reads_what_waits_and_is_offered_nothing(self, client_for, acme, bo):
        make(acme, **LOCKED_OUT)
        page = client_for(bo, acme).get(self.PART).text
        assert "<bdi>Acme Shop</bdi> on Messenger" in page
        assert "<a " not in page
        assert "Its password." not in page

    def test_who_is_switched_off_here_reads_nothing(self, client_for, acme, bo):
        make(acme, **LOCKED_OUT)
        with schema_context(acme.schema_name):
            Agent.objects.filter(user=bo).update(is_active=False)
        assert client_for(bo, acme).get(self.PART).text == ""


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
        for login, door in (
            ("FACEBOOK", "facebook/"),
            ("INSTAGRAM", "instagram/"),
            ("TOKEN", "token/?platform=FACEBOOK"),
        ):
            channel = make(acme, login=login)
            answer = inside.get(f"{self.LIST}{channel.pk}/reconnect/")
            assert answer["Location"] == f"/settings/channels/new/{door}"

    def test_nobody_adds_or_deletes(self, inside, acme):
        channel = make(acme)
        assert inside.get(f"{self.LIST}add/").status_code == 403
        assert inside.post(f"{self.LIST}{channel.pk}/delete/", {"post": "yes"}).status_code == 403


class TestAnswerers:
    def test_chosen_on_the_channels_page(self, inside, acme):
        channel = make(acme)
        night = factories.make_position(acme, name="Night")
        address = f"/settings/channels/{channel.pk}/answerers/"

        assert inside.post(address, {"positions": [night.pk]}).status_code == 302

        with schema_context(acme.schema_name):
            assert list(channel.positions.all()) == [night]
        row = UserActivity.objects.latest("created_at")
        assert (row.activity_type, row.description) == ("channel.answerers", "Acme Shop is answered by Night")
        assert "Night (0 people)" in inside.get(f"/settings/channels/{channel.pk}/").text
        inside.post(address, {})
        with schema_context(acme.schema_name):
            assert channel.positions.count() == 0
        assert UserActivity.objects.latest("created_at").description == "Acme Shop is answered by everybody"

    def test_shown_to_who_may_only_look(self, looking_on, acme):
        channel = make(acme)
        night = factories.make_position(acme, name="Night")
        with schema_context(acme.schema_name):
            channel.positions.add(night)

        page = looking_on.get(f"/settings/channels/{channel.pk}/").text

        assert ("<bdi>Night</bdi>" in page, "Save who answers" in page) == (True, False)

    def test_who_waits_is_looked_at_again(self, acme, ana, django_capture_on_commit_callbacks):
        channel, night = make(acme), factories.make_position(acme)
        agent, key = factories.agent_of(ana, acme), bells.key_of("inbox.tasks.deal_waiting", acme.schema_name)
        connection.set_tenant(acme)
        for rings in (1, 0):
            valkey().delete(key)
            with django_capture_on_commit_callbacks(execute=True):
                choose_answerers(channel, [night], by=agent, workspace=acme)
            assert valkey().exists(key) == rings
