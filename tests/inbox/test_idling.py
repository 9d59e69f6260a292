"""Without a sign of life somebody counts as away, and with the next they are back."""

import time

import pytest
from django.db import connection

from agents.actions.agents import set_availability
from agents.models import Agent, AgentStatusLog
from agents.realtime.activity import active_key, last_signs, note_activity
from inbox.actions.idling import find_idle
from inbox.models import InboxRules
from inbox.tasks import turn_clocks
from tests.inbox.dealing import customer_writes, floor, make_agents, turns_of
from tests.webhooks import SECRET, connect
from workspaces.valkey import valkey

__all__ = ["floor"]

QUARTER = 15 * 60


@pytest.fixture(autouse=True)
def counted(floor):
    """After a quarter of an hour; nothing is known of anybody."""
    valkey().delete(active_key(floor.schema_name))
    InboxRules.objects.create(idle_after=15)
    # Of the cast nobody is asked.
    Agent.objects.update(availability="OFF")
    yield
    valkey().delete(active_key(floor.schema_name))


def seen_ago(floor, agent, seconds) -> None:
    valkey().zadd(active_key(floor.schema_name), {str(agent.pk): time.time() - seconds})


def idle() -> set[str]:
    return {str(pk) for pk in Agent.objects.filter(is_idle=True).values_list("pk", flat=True)}


def test_who_shows_no_sign_of_life_is_idle(floor):
    quiet, lively = make_agents(floor, 2)
    seen_ago(floor, quiet, QUARTER + 5)
    seen_ago(floor, lively, QUARTER - 5)

    assert (find_idle(), find_idle()) == (1, 0)

    assert idle() == {str(quiet.pk)}
    [log] = AgentStatusLog.objects.all()
    assert (log.agent_id, log.changed_to, log.changed_by) == (quiet.pk, "AWAY", None)
    assert log.note == "No sign of life for 15 minutes"


def test_of_whom_nothing_is_known_counting_begins_now(floor):
    (agent,) = make_agents(floor, 1)

    assert find_idle() == 0

    sign = last_signs(floor.schema_name, [agent.pk])[agent.pk]
    assert sign
    assert time.time() - sign < 60


@pytest.mark.parametrize(
    "change", [{"availability": "AWAY"}, {"availability": "OFF"}, {"is_active": False}, {"role": "VIEWER"}]
)
def test_who_is_not_online_is_left_alone(floor, change):
    (agent,) = make_agents(floor, 1, **change)
    seen_ago(floor, agent, 10 * QUARTER)

    assert (find_idle(), idle()) == (0, set())


def test_without_the_rule_nobody_is_idle(floor):
    InboxRules.objects.update(idle_after=None)
    (agent,) = make_agents(floor, 1)
    seen_ago(floor, agent, 10 * QUARTER)

    assert (find_idle(), idle()) == (0, set())


def test_without_valkey_nobody_is_idle(floor, settings, monkeypatch):
    (agent,) = make_agents(floor, 1)
    seen_ago(floor, agent, 10 * QUARTER)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr("agents.realtime.activity.valkey", lambda: nowhere())

    assert (find_idle(), idle()) == (0, set())


def nowhere():
    import redis

    return redis.Redis.from_url("redis://127.0.0.1:1/0")


def test_the_clock_passes_over_who_is_idle_and_deals_to_who_is_back(floor, settings, client_for):
    settings.META_APP_SECRET = SECRET
    shop = connect(floor)
    connection.set_tenant(floor)
    quiet, lively = make_agents(floor, 2)
    seen_ago(floor, quiet, QUARTER + 5)
    note_activity(floor.schema_name, lively.pk)

    connection.set_schema_to_public()
    turn_clocks()
    connection.set_tenant(floor)
    chats = [customer_writes(floor, shop, f"c{number}") for number in range(2)]
    assert [chat.assigned_to_id for chat in chats] == [lively.pk, lively.pk]
    assert [str(quiet.pk), quiet.name, "has not been seen for a while"] in turns_of(chats[0])[0]["turn"]["passed"]

    client_for(quiet.user, floor).post("/pulse/")
    connection.set_tenant(floor)
    assert customer_writes(floor, shop, "c3").assigned_to_id == quiet.pk


def test_away_that_was_chosen_stays_when_a_hand_moves(floor, client_for):
    (agent,) = make_agents(floor, 1)
    set_availability(agent, "AWAY", by=agent, workspace=floor)

    client_for(agent.user, floor).post("/pulse/")

    connection.set_tenant(floor)
    assert (Agent.objects.get(pk=agent.pk).availability, AgentStatusLog.objects.count()) == ("AWAY", 1)
