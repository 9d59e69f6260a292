"""A channel's state: who turned it, who is told, and what goes on when it works again."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django_tenants.utils import schema_context

from pages import routes
from pages.actions import channels
from pages.models import Channel
from tests import factories
from workspaces.models import UserActivity
from workspaces.refusals import NotAllowed

pytestmark = pytest.mark.django_db

told: list[Any] = []


def hear(channel: Channel) -> None:
    told.append(channel.pk)


@pytest.fixture(autouse=True)
def in_acme(acme, monkeypatch):
    told.clear()
    monkeypatch.setitem(routes.ROUTES, "channel.working", f"{__name__}.hear")
    with schema_context(acme.schema_name):
        yield


@pytest.fixture
def channel(in_acme):
    return factories.make_channel(name="Acme Shop")


@pytest.fixture
def owner(ana, acme, agent_of):
    return agent_of(ana, acme)


def statuses(channel: Channel) -> list[tuple[str, str]]:
    return [(log.changed_to, log.note) for log in channel.status_logs.order_by("changed_at", "id")]


def test_switched_off_and_on(channel, owner, acme, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        channels.switch_channel(channel, False, by=owner, workspace=acme, note="Stocktaking")
    channel.refresh_from_db()
    assert (channel.is_active, channel.works, told) == (False, False, [])
    with django_capture_on_commit_callbacks(execute=True):
        channels.switch_channel(channel, True, by=owner, workspace=acme)
    assert told == [channel.pk], "what waited is sent"
    assert statuses(channel) == [("OFF", "Stocktaking"), ("ON", "")]
    assert UserActivity.objects.filter(activity_type="channel.switched").count() == 2


def test_switched_to_what_it_is_nothing_happens(channel, owner, acme):
    channels.switch_channel(channel, True, by=owner, workspace=acme)
    assert statuses(channel) == []
    assert not UserActivity.objects.filter(activity_type="channel.switched").exists()


def test_who_only_sees_channels_switches_none(channel, sam, acme, agent_of):
    with pytest.raises(NotAllowed):
        channels.switch_channel(channel, False, by=agent_of(sam, acme), workspace=acme)
    assert statuses(channel) == []


def test_who_manages_channels_is_told_once(channel, acme, ana, sent_mail):
    with sent_mail() as outbox:
        for problem in ("The password was changed.", "The password was changed."):
            channels.mark_needs_reconnect(channel, problem)
    channel.refresh_from_db()
    assert (channel.connection_status, channel.connection_problem) == ("NEEDS_RECONNECT", "The password was changed.")
    assert statuses(channel) == [("NEEDS_RECONNECT", "The password was changed.")]
    assert [message.to for message in outbox] == [[ana.email]], "not sam, bo and vi, who cannot do anything about it"
    assert outbox[0].subject == "Acme Shop needs reconnecting"
    assert "The password was changed." in outbox[0].body
    assert f"{acme.url}/settings/channels/{channel.pk}/" in outbox[0].body
    assert channel.access_token not in outbox[0].body


def test_another_problem_is_kept_and_not_written_about_again(channel, sent_mail):
    channels.mark_needs_reconnect(channel, "First.")
    with sent_mail() as outbox:
        channels.mark_needs_reconnect(channel, "Second.")
    channel.refresh_from_db()
    assert (channel.connection_problem, len(outbox), len(statuses(channel))) == ("Second.", 0, 1)


def test_one_that_was_let_go_is_not_asked_back(channel):
    Channel.objects.update(connection_status="DISCONNECTED")
    channels.mark_needs_reconnect(channel, "Late news.")
    channel.refresh_from_db()
    assert (channel.connection_status, statuses(channel), mail.outbox) == ("DISCONNECTED", [], [])


def test_it_goes_on_by_itself_when_it_works_again(channel, django_capture_on_commit_callbacks):
    channels.mark_needs_reconnect(channel, "Gone.", by_mail=False)
    with django_capture_on_commit_callbacks(execute=True):
        channels.mark_connected(channel)
    channel.refresh_from_db()
    assert (channel.connection_status, channel.connection_problem) == ("CONNECTED", "")
    assert (told, [status for status, _ in statuses(channel)]) == ([channel.pk], ["NEEDS_RECONNECT", "CONNECTED"])


def test_switched_off_it_does_not_go_on(channel, owner, acme, django_capture_on_commit_callbacks):
    channels.switch_channel(channel, False, by=owner, workspace=acme)
    channels.mark_needs_reconnect(channel, "Gone.", by_mail=False)
    with django_capture_on_commit_callbacks(execute=True):
        channels.mark_connected(channel)
    assert told == []


def test_a_shorter_pause_does_not_end_a_longer_one(channel):
    now = timezone.now()
    for minutes in (10, 2, 20):
        channels.hold_channel(channel, now + timedelta(minutes=minutes), "too many calls")
        channel.refresh_from_db()
    assert channel.held_until == now + timedelta(minutes=20)
    channels.hold_channel(channel, now + timedelta(minutes=5), "too many calls")
    channel.refresh_from_db()
    assert channel.held_until == now + timedelta(minutes=20)


def test_what_is_remembered_leaves_the_rest(channel):
    other = Channel.objects.get(pk=channel.pk)
    channels.remember(channel, waba_id="31", warned={"days": 3})
    channels.remember(other, ("warned",), quality="GREEN")
    channel.refresh_from_db()
    assert channel.metadata == {"waba_id": "31", "quality": "GREEN"}
