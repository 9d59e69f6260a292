"""Connecting and letting go: one transaction here, Meta's part played over HTTP, refusals that name nobody."""

from typing import Any

import pytest
from django_tenants.utils import schema_context

from pages.actions import connecting
from pages.graph import subscriptions
from pages.graph.line import line_of
from pages.models import Channel
from pages.sandbox import world
from tests import factories
from tests.pages.channel_fixtures import (
    PAGE,
    channels_of,
    connect,
    disconnect,
    history,
    meta,
    sandbox,
    told,
)
from workspaces.actions.workspaces import close_workspace, erase_workspace
from workspaces.models import ChannelRoute, Delivery, Platform, UserActivity, Workspace
from workspaces.refusals import NotAllowed, Refused

__all__ = ["connect", "disconnect", "meta", "sandbox"]

pytestmark = pytest.mark.django_db

NUMBER = {
    "platform": Platform.WHATSAPP,
    "external_id": world.ACME_NUMBER,
    "token": world.ACME_WHATSAPP_TOKEN,
    "metadata": {"waba_id": world.ACME_WABA},
}
LINKED = {
    "platform": Platform.INSTAGRAM,
    "external_id": world.ACME_INSTAGRAM,
    "login": Channel.Login.FACEBOOK,
    "metadata": {"page_id": world.ACME_PAGE},
}


def test_row_route_log_and_subscription(meta, connect, acme):
    channel = connect()
    route = ChannelRoute.objects.get()
    assert (channel.connection_status, channel.access_token) == ("CONNECTED", world.ACME_PAGE_TOKEN)
    assert (route.platform, route.external_id, route.workspace_id) == ("FACEBOOK", world.ACME_PAGE, acme.pk)
    assert history(channel, acme) == ["CONNECTED"]
    assert UserActivity.objects.filter(activity_type="channel.connected", workspace=acme).count() == 1
    assert channel.metadata["subscribed_fields"] == list(subscriptions.PAGE_FIELDS)
    with schema_context(acme.schema_name):
        assert subscriptions.subscribed_fields(line_of(channel, acme)) == set(subscriptions.PAGE_FIELDS)
    assert told == [world.ACME_PAGE], "what waited is sent"


def test_taken_elsewhere_it_is_refused_and_nobody_named(meta, connect, acme, globex):
    connect(globex)
    with pytest.raises(Refused) as refused:
        connect()
    words = f"{refused.value.message} {refused.value.hint}".lower()
    assert "another workspace" in words
    assert not [name for name in ("globex", "grace", "mbeki", str(globex.pk)) if name in words]
    assert channels_of(acme) == []
    assert ChannelRoute.objects.get().workspace_id == globex.pk


def test_a_failure_leaves_neither_row_nor_route(meta, connect, acme, monkeypatch):
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(connecting, "record", fail)
    with pytest.raises(RuntimeError):
        connect()
    assert (channels_of(acme), list(ChannelRoute.objects.all())) == ([], [])
    assert meta.record("subscription") == []


def test_two_workspaces_at_once_one_gets_it(transactional_db, meta, acme, globex, at_once):
    def attempt(workspace: Workspace) -> Any:
        with schema_context(workspace.schema_name):
            by = factories.agent_of(workspace.owner, workspace)
            return connecting.connect_channel(workspace, by=by, **PAGE)

    results = at_once(lambda: attempt(acme), lambda: attempt(globex), racing_for="channel_routes")
    assert sorted(type(result).__name__ for result in results) == ["Channel", "Refused"]
    assert len(channels_of(acme)) + len(channels_of(globex)) == ChannelRoute.objects.count() == 1


def test_who_only_sees_channels_connects_none(meta, connect, acme, sam, agent_of):
    with pytest.raises(NotAllowed):
        connect(by=agent_of(sam, acme))
    assert channels_of(acme) == []


def test_reconnecting_keeps_the_row_and_its_history(meta, connect, disconnect, acme):
    first = connect()
    with schema_context(acme.schema_name):
        chat = factories.make_chat(first)
    gone = disconnect(first, note="Moving")
    assert (gone.connection_status, gone.access_token, ChannelRoute.objects.count()) == ("DISCONNECTED", "", 0)
    again = connect(name="Acme, renamed")
    assert (again.pk, again.name, again.works) == (first.pk, "Acme, renamed", True)
    assert history(again, acme) == ["CONNECTED", "DISCONNECTED", "CONNECTED"]
    with schema_context(acme.schema_name):
        assert list(again.chats.all()) == [chat]


def test_let_go_here_it_may_be_connected_there(meta, connect, disconnect, acme, globex):
    disconnect(connect())
    connect(globex)
    assert [one.external_id for one in channels_of(globex)] == [world.ACME_PAGE]


def test_what_came_before_wakes_up(meta, connect):
    for account in (world.ACME_NUMBER, world.ACME_WABA, world.GLOBEX_NUMBER):
        state = {"state": Delivery.State.UNROUTED, "platform": Platform.WHATSAPP, "account_id": account}
        Delivery.objects.create(body=b"{}", **state)
    connect(**NUMBER)
    states = dict(Delivery.objects.values_list("account_id", "state"))
    assert states == {world.ACME_NUMBER: "WAITING", world.ACME_WABA: "WAITING", world.GLOBEX_NUMBER: "UNROUTED"}
    assert ChannelRoute.objects.get().account_id == world.ACME_WABA


def test_not_subscribed_it_needs_reconnecting_and_says_why(meta, connect, acme):
    meta.fault("190", path="subscribed_apps", method="POST")
    channel = connect()
    assert channel.connection_status == "NEEDS_RECONNECT"
    assert channel.connection_problem.startswith("Its messages do not reach us yet. ")
    assert history(channel, acme) == ["CONNECTED", "NEEDS_RECONNECT"]
    assert told == []


@pytest.mark.parametrize(
    ("one", "sibling"),
    [(PAGE, LINKED), (NUMBER, NUMBER | {"external_id": world.ACME_RETURNS_NUMBER})],
    ids=["a page and its Instagram account", "two numbers of one business account"],
)
def test_the_last_one_unsubscribes_for_both(one, sibling, meta, connect, disconnect):
    first, second = connect(**one), connect(**sibling)
    disconnect(first)
    assert unsubscribed(meta) == 0
    disconnect(second)
    assert unsubscribed(meta) == 1


@pytest.mark.parametrize(
    ("one", "elsewhere"),
    [(LINKED, PAGE), (NUMBER, NUMBER | {"external_id": world.ACME_RETURNS_NUMBER})],
    ids=["the page", "another number of the business account"],
)
def test_another_workspaces_webhooks_are_not_ended(one, elsewhere, meta, connect, disconnect, globex):
    mine = connect(**one)
    connect(globex, **elsewhere)
    disconnect(mine)
    assert unsubscribed(meta) == 0


def unsubscribed(meta: Any) -> int:
    return len([entry for entry in meta.record("subscription") if entry["method"] == "DELETE"])


def test_a_dead_token_does_not_keep_it_connected(meta, connect, disconnect):
    channel = connect()
    meta.fault("190", path="subscribed_apps", method="DELETE")
    assert disconnect(channel).connection_status == "DISCONNECTED"


def test_an_erased_workspace_lets_its_accounts_go(transactional_db, meta, connect, acme, globex, ana):

    connect()
    close_workspace(acme, note="", by=ana)
    erase_workspace(acme)
    connect(globex)
    assert ChannelRoute.objects.get().workspace_id == globex.pk
