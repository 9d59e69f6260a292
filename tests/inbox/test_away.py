"""Who waits where nobody is on is told so, once for as long as they wait."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from agents.actions.agents import set_availability
from agents.models import Agent, Holiday, Position
from inbox.actions.away import filled, tell, tell_away
from inbox.actions.dealing import deal_due, deal_waiting
from inbox.cases import BusinessHours
from inbox.models import Chat, InboxRules, Message
from tests.inbox.conftest import open_chat
from tests.inbox.dealing import arrive, floor, leave, make_agents
from tests.webhooks import SECRET, START, connect, deliver, page, text
from workspaces.hours import DAYS
from workspaces.models import WorkspaceProfile
from workspaces.valkey import valkey

__all__ = ["floor"]

# A Friday.
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in DAYS[:5]}


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def shop(floor):
    channel = connect(floor)
    connection.set_tenant(floor)
    InboxRules.objects.create(away_message="Nobody is here. Back {opens}.")
    return channel


def waits(channel, **over):
    return open_chat(channel=channel, **{"waiting_since": timezone.now() - timedelta(minutes=5), **over})


def said_to(chat):
    return [message.text for message in Message.objects.filter(chat=chat, direction="OUT").order_by("id")]


def test_once_for_as_long_as_they_wait(floor, shop):
    chat = waits(shop)

    assert [tell_away(), tell_away(), deal_waiting()] == [1, 0, 0]

    assert said_to(chat) == ["Nobody is here. Back soon."]
    chat.refresh_from_db()
    assert chat.away_told_at >= chat.waiting_since
    assert Message.objects.get(chat=chat).sender == "SYSTEM"
    # Answered, and waiting anew.
    Chat.objects.filter(pk=chat.pk).update(waiting_since=timezone.now() + timedelta(seconds=2))
    assert (tell_away(), tell_away(), len(said_to(chat))) == (1, 0, 2)


def test_without_a_message_nothing_is_said(floor, shop):
    InboxRules.objects.update(away_message="")
    chat = waits(shop)

    assert (tell_away(), said_to(chat)) == (0, [])


def test_where_somebody_is_on_nothing_is_said_however_full_they_are(floor, shop):
    (agent,) = make_agents(floor, 1, max_open_chats=0)
    chat = waits(shop)

    assert (deal_waiting(), said_to(chat)) == (0, [])

    Agent.objects.filter(pk=agent.pk).update(availability="AWAY")
    deal_waiting()
    assert len(said_to(chat)) == 1


def test_it_counts_who_answers_that_chat(floor, shop):
    """One channel is a position's that is not there, one everybody's; and one chat is that position's."""
    by_day, at_night = (Position.objects.create(name=name, slug=name.lower()) for name in ("Day", "Night"))
    (agent,) = make_agents(floor, 1, max_open_chats=0)
    Agent.objects.filter(pk=agent.pk).update(position=by_day)
    nightly, daily = connect(floor), connect(floor)
    connection.set_tenant(floor)
    nightly.positions.add(at_night)
    daily.positions.add(by_day, at_night)
    alone = [waits(nightly), waits(shop, team=at_night)]
    manned = [waits(shop), waits(daily), waits(nightly, team=by_day)]

    assert tell_away() == 2

    assert [len(said_to(chat)) for chat in (*alone, *manned)] == [1, 1, 0, 0, 0]
    leave(floor, agent)
    assert tell_away() == 3


def test_not_to_who_waits_for_nobody_or_has_somebody(floor, shop):
    (agent,) = make_agents(floor, 1)
    leave(floor, agent)
    chats = [waits(shop, waiting_since=None), waits(shop, state="CLOSED"), waits(shop, assigned_to=agent)]

    assert (tell_away(), [said_to(chat) for chat in chats]) == (0, [[], [], []])


def test_what_may_not_be_said_is_not_tried_again(floor, shop):
    long_ago = timezone.now() - timedelta(days=3)
    chat = waits(shop, waiting_since=long_ago, window_expires_at=long_ago + timedelta(days=1))

    assert (tell_away(), said_to(chat)) == (0, [])

    chat.refresh_from_db()
    assert chat.away_told_at is not None


def test_while_it_is_not_known_who_is_here_nobody_is_told_that_nobody_is(floor, shop, request):
    request.addfinalizer(valkey.cache_clear)
    chat = waits(shop)
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        valkey.cache_clear()
        assert (tell_away(), said_to(chat)) == (0, [])
    valkey.cache_clear()

    assert (tell_away(), len(said_to(chat))) == (1, 1)


def test_somebody_who_takes_it_meanwhile_is_not_talked_over(floor, shop):
    """After it was found, before it is held."""
    chat = waits(shop)
    (agent,) = make_agents(floor, 1)
    leave(floor, agent)

    found = Chat.objects.get(pk=chat.pk)
    Chat.objects.filter(pk=chat.pk).update(assigned_to=agent)

    assert (tell(found, "Nobody is here."), said_to(chat)) == (False, [])


def test_a_customer_who_writes_to_nobody_is_told_at_once(transactional_db, floor, shop, run_tasks):
    second = (timezone.now() - START).total_seconds() - 5

    deliver(page(shop, text(shop, "Hello?", customer="c1", second=second)))
    run_tasks()

    connection.set_tenant(floor)
    chat = Chat.objects.get(identity__external_id="c1")
    assert said_to(chat) == ["Nobody is here. Back soon."]


def test_by_hand_too(transactional_db, floor, shop, run_tasks):
    InboxRules.objects.update(strategy="BY_HAND")
    second = (timezone.now() - START).total_seconds() - 5

    deliver(page(shop, text(shop, "Hello?", customer="c1", second=second)))
    run_tasks()

    connection.set_tenant(floor)
    assert len(said_to(Chat.objects.get(identity__external_id="c1"))) == 1


def test_when_the_last_one_goes_those_who_wait_are_told(transactional_db, floor, shop, run_tasks):
    (agent,) = make_agents(floor, 1, max_open_chats=0)
    chat = waits(shop)
    run_tasks()
    connection.set_tenant(floor)
    assert said_to(chat) == []

    set_availability(Agent.objects.get(pk=agent.pk), "OFF", by=agent, workspace=floor)
    run_tasks()

    connection.set_tenant(floor)
    assert len(said_to(chat)) == 1


def test_who_leaves_without_a_word_is_noticed_by_the_clock(floor, shop):
    (agent,) = make_agents(floor, 1, max_open_chats=0)
    chat = waits(shop)
    deal_due()
    assert said_to(chat) == []

    leave(floor, agent)
    deal_due()
    arrive(floor, agent)

    assert len(said_to(chat)) == 1


def test_those_who_were_told_are_not_looked_at_again(floor, shop, django_assert_num_queries):
    for _ in range(3):
        waits(shop)
    tell_away()

    # The message, and whether anybody is to be told.
    with django_assert_num_queries(2):
        assert tell_away() == 0


def test_a_message_that_went_out_before_is_not_sent_again(floor, shop):
    chat = waits(shop)
    tell_away()
    Chat.objects.filter(pk=chat.pk).update(away_told_at=None)

    tell_away()

    assert len(said_to(chat)) == 1


def opens(floor, hours, *, now=NOON, message="{opens}", zone="UTC"):
    WorkspaceProfile.objects.filter(workspace=floor).update(business_hours=hours, timezone=zone)
    return filled(message, BusinessHours(now))


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        ({}, NOON, "soon"),
        (WEEK, NOON, "soon"),
        (WEEK, NOON.replace(hour=20), "Monday 09:00"),
        (WEEK, NOON.replace(hour=7), "Friday 09:00"),
        ({"fri": [["09:00", "10:00"]]}, NOON, "Friday, 27 November, 09:00"),
    ],
)
def test_when_it_opens_again(floor, hours, now, expected):
    assert opens(floor, hours, now=now) == expected


def test_holidays_the_workspaces_time_and_other_words(floor):
    Holiday.objects.create(date=date(2026, 11, 23))
    night = NOON.replace(hour=23)
    assert opens(floor, WEEK, now=night) == "Tuesday 09:00"
    assert opens(floor, WEEK, now=NOON.replace(hour=2), zone="America/New_York") == "Friday 09:00"
    assert opens(floor, {}, message="Back {opens|bald}, {opens}, {other}") == "Back bald, soon, {other}"
    assert opens(floor, WEEK, now=night, message="Back {opens|bald}") == "Back Tuesday 09:00"
