"""Who is told no more: devices that are gone, people who are out, workspaces that are shut."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.actions import push as subscribing
from agents.actions.agents import set_active
from agents.models import PushSubscription
from inbox import alerts, pushing
from inbox.actions import notifying
from inbox.models import Chat
from tests import factories
from tests.inbox.push_office import agent_in, happens, office, own_chat, platform_app, service, subscribed, writes
from tests.push_service import push_service
from workspaces import sessions
from workspaces.actions.memberships import suspend_member
from workspaces.models import User

__all__ = ["happens", "office", "platform_app", "service", "subscribed"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(status, office, acme, bo, subscribed, happens, service):
    gone, there = subscribed(bo, "gone"), subscribed(bo, "there")
    service.answer(gone, status)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office)
    assert list(PushSubscription.objects.all()) == [there.row]


def test_a_push_service_in_trouble_is_left_alone_for_a_while_and_forgotten_in_the_end(
    office, acme, bo, subscribed, happens, service
):
    browser = subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    service.answer(browser, 429, Retry_After="600")
    happens(writes, office)
    happens(writes, office)
    assert len(service.pushed) == 1
    row = PushSubscription.objects.get()
    assert (row.failures, row.not_before > timezone.now() + timedelta(seconds=500)) == (1, True)

    PushSubscription.objects.update(not_before=None)
    service.answer(browser, 201)
    happens(writes, office)
    assert PushSubscription.objects.get().failures == 0

    service.answer(browser, 500)
    PushSubscription.objects.update(failures=notifying.MOST_FAILURES - 1)
    happens(writes, office)
    assert not PushSubscription.objects.exists()


def test_a_push_service_is_not_followed_elsewhere(office, acme, bo, subscribed, happens, service):
    browser = subscribed(bo)
    own_chat(office, agent_in(acme, bo))
    service.answer(browser, 307, Location=f"{service.url}/inside")
    happens(writes, office)
    assert [pushed.path for pushed in service.pushed] == ["/push/one"]
    assert PushSubscription.objects.get().failures == 1


def test_no_door_inside_is_knocked_at(office, acme, bo, subscribed, happens, service):
    """A name of the open internet that leads to this machine."""
    browser = subscribed(bo)
    PushSubscription.objects.update(endpoint=f"https://localhost:{service.url.rpartition(':')[2]}/push/one")
    with push_service() as elsewhere:
        django_settings.GRAPH_URL, before = elsewhere.url, django_settings.GRAPH_URL
        own_chat(office, agent_in(acme, bo))
        happens(writes, office)
        django_settings.GRAPH_URL = before
    assert service.told(browser) == []
    assert PushSubscription.objects.get().failures == 1


def sign_out(browser, acme, user):
    with schema_context("public"):
        sessions.end_login(user, str(browser.login))


def new_password(browser, acme, user):
    with schema_context("public"):
        found = User.objects.get(pk=user.pk)
        found.set_password("another horse battery staple")
        found.save()


def suspend(browser, acme, user):
    with schema_context("public"):
        suspend_member(acme.memberships.get(user=user), by=acme.owner)


def switch_off(browser, acme, user):
    boss = agent_in(acme, acme.owner)
    set_active(agent_in(acme, user), False, by=boss, workspace=acme)


@pytest.mark.parametrize("end", [sign_out, new_password, suspend, switch_off], ids=lambda end: end.__name__)
def test_who_is_out_is_told_nothing_more(end, office, acme, bo, subscribed, happens, service):
    browser = subscribed(bo)
    chat = own_chat(office, agent_in(acme, bo))
    end(browser, acme, bo)
    connection.set_tenant(acme)
    happens(writes, office)
    assert Chat.objects.get(pk=chat.pk).incoming_count == 1
    assert service.pushed == []
    assert not PushSubscription.objects.exists()


def test_another_who_signs_in_takes_the_browser_over(office, acme, ana, bo, subscribed, happens, service):
    subscribed(bo)
    browser = subscribed(ana)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office)
    assert service.pushed == []
    assert PushSubscription.objects.get().agent.user == ana
    assert browser.row.pk == PushSubscription.objects.get().pk


def test_a_workspace_that_is_shut_tells_nothing(office, acme, bo, subscribed, happens, service):
    subscribed(bo)
    chat = own_chat(office, agent_in(acme, bo))
    message = factories.make_message(chat)
    acme.status = acme.Status.SUSPENDED
    assert notifying.notify(acme, {"messages": [[str(message.pk)]]}) == 0
    assert service.pushed == []


def test_without_the_second_factor_that_is_required_nothing_is_told(office, acme, bo, subscribed, service):
    subscribed(bo)
    message = factories.make_message(own_chat(office, agent_in(acme, bo)))
    acme.requires_two_factor = True
    assert notifying.notify(acme, {"messages": [[str(message.pk)]]}) == 0
    with schema_context("public"):
        factories.add_totp(bo)
    connection.set_tenant(acme)
    assert notifying.notify(acme, {"messages": [[str(message.pk)]]}) == 1


def test_where_nobody_is_told_a_message_costs_no_task_and_no_query(office, acme, bo, subscribed, happens, monkeypatch):
    assert happens(writes, office) == ["inbox.tasks.notify"]
    assert happens(writes, office) == []
    with CaptureQueriesContext(connection) as asked:
        assert happens(writes, office) == []
    monkeypatch.setattr(alerts, "messages_came", lambda messages: None)
    with CaptureQueriesContext(connection) as never:
        happens(writes, office)
    assert len(asked) == len(never) > 5
    monkeypatch.undo()
    subscribed(bo)
    assert happens(writes, office) == ["inbox.tasks.notify"]


def test_who_subscribes_is_told_from_then_on(office, acme, bo, happens, service):
    happens(writes, office)
    assert not subscribing.may_be_told(acme.schema_name)
    said = {"browser": "Firefox", "login_id": uuid.uuid4(), **service.browser().said}
    happens(subscribing.subscribe, agent_in(acme, bo), **said)
    assert subscribing.may_be_told(acme.schema_name)


def test_nobody_is_noted_only_while_it_is_so(office, acme, bo, subscribed):
    """Somebody has subscribed between the look and the note."""
    subscribed(bo)
    assert subscribing.nobody_is_told(acme.schema_name) is False
    assert subscribing.may_be_told(acme.schema_name)


def test_a_device_that_cannot_be_told_takes_nobody_elses_notice_with_it(office, acme, bo, subscribed, happens, service):
    broken, there = subscribed(bo, "broken"), subscribed(bo, "there")
    PushSubscription.objects.filter(pk=broken.row.pk).update(endpoint="https://push.example:/x")
    own_chat(office, agent_in(acme, bo))
    happens(writes, office)
    assert [told["title"] for told in service.told(there)] == ["Rosa Marín"]
    assert dict(PushSubscription.objects.values_list("id", "failures")) == {broken.row.pk: 1, there.row.pk: 0}


def test_a_push_service_that_names_no_time_at_all_takes_nobody_elses_notice_with_it(
    office, acme, bo, subscribed, happens, service
):
    busy, there = subscribed(bo, "busy"), subscribed(bo, "there")
    service.answer(busy, 429, Retry_After="9" * 5000)
    own_chat(office, agent_in(acme, bo))
    happens(writes, office)
    assert len(service.told(there)) == 1
    assert PushSubscription.objects.get(pk=there.row.pk).last_used_at is not None
    assert PushSubscription.objects.get(pk=busy.row.pk).failures == 1


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://push.example/x", "https://push.example"),
        ("https://push.example:/x", "https://push.example"),
        ("https://push.example:8443/x", "https://push.example:8443"),
    ],
)
def test_a_push_service_is_signed_for_by_its_origin(endpoint, origin):
    assert pushing.origin_of(endpoint) == origin
