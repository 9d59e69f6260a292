"""Supervisors are told of customers who have waited for too long: on their screens, on their devices, once of each."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from inbox.actions.dealing import deal_due
from inbox.actions.waiting import tell_supervisors
from inbox.attention import note_attention
from inbox.models import Chat, InboxRules
from tests import factories
from tests.inbox.conftest import open_chat
from tests.inbox.push_office import happens, office, platform_app, service, subscribed
from tests.inbox.test_live import told
from workspaces.ids import uuid7

__all__ = ["happens", "office", "platform_app", "service", "subscribed", "told"]


def waits(minutes, **over):
    return open_chat(**{"waiting_since": timezone.now() - timedelta(minutes=minutes), **over})


def waiting(told):
    return [one for one in told.all() if one["name"] == "waiting"]


def test_those_who_manage_the_team_are_told_once(told, acme, ana, sam):
    chats = [waits(11), waits(60), waits(9)]

    assert [tell_supervisors(), tell_supervisors()] == [2, 0]

    (one,) = waiting(told)
    leads = {str(factories.agent_of(user, acme).pk) for user in (ana, sam)}
    connection.set_tenant(acme)
    assert (one["data"], set(one["agents"]), one["everyone"]) == ({"count": "2", "minutes": "10"}, leads, False)
    marked = [Chat.objects.get(pk=chat.pk).wait_told_at is not None for chat in chats]
    assert marked == [True, True, False]


def test_the_clock_tells_and_counts_all_who_wait(told):
    waits(20)
    deal_due()
    waits(15)
    deal_due()

    assert [one["data"]["count"] for one in waiting(told)] == ["1", "2"]


def test_whoever_waits_anew_is_told_of_anew(told):
    chat = waits(20)
    tell_supervisors()
    Chat.objects.filter(pk=chat.pk).update(
        waiting_since=timezone.now() - timedelta(minutes=12), wait_told_at=timezone.now() - timedelta(hours=1)
    )

    assert (tell_supervisors(), tell_supervisors(), len(waiting(told))) == (1, 0, 2)


@pytest.mark.parametrize("after", [None, 30])
def test_as_the_rules_have_it(told, after):
    InboxRules.objects.create(tell_after=after)
    waits(20)

    assert (tell_supervisors(), waiting(told)) == (0, [])


def test_not_of_chats_that_somebody_has_or_that_are_closed(told, acme, bo):
    agent = factories.agent_of(bo, acme)
    connection.set_tenant(acme)
    waits(20, assigned_to=agent)
    waits(20, state="CLOSED")
    waits(20, waiting_since=None)

    assert (tell_supervisors(), waiting(told)) == (0, [])


def test_on_devices_unless_they_look(office, acme, ana, bo, sam, subscribed, happens, service):
    browsers = {user.first_name: subscribed(user, user.first_name) for user in (ana, bo, sam)}
    agent = factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    note_attention(acme.schema_name, agent, uuid7(), looks=True)
    for _ in range(3):
        waits(11)

    happens(tell_supervisors)

    assert {name: len(service.told(browser)) for name, browser in browsers.items()} == {"Ana": 0, "Bo": 0, "Sam": 1}
    (notice,) = service.told(browsers["Sam"])
    assert notice["title"] == "3 customers have waited for more than 10 minutes"
    assert (notice["url"], notice["tag"]) == ("/inbox/unassigned/?sort=waiting", "waiting")
