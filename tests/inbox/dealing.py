"""The cast at work: who has a page open, and what was written down of their turns."""

import time
from collections.abc import Iterator

import pytest
from django.db import connection

from agents.models import Agent
from agents.realtime.presence import present_key
from inbox.models import Chat, ChatEvent
from tests import factories
from tests.webhooks import deliver, page, text
from workspaces.models import Workspace
from workspaces.valkey import valkey


def arrive(workspace: Workspace, *agents: Agent) -> None:
    """With a page open, as the stream process keeps it."""
    if agents:
        until = time.time() + 3600
        valkey().zadd(present_key(workspace.schema_name), {str(agent.pk): until for agent in agents})


def leave(workspace: Workspace, *agents: Agent) -> None:
    valkey().zrem(present_key(workspace.schema_name), *(str(agent.pk) for agent in agents))


@pytest.fixture
def floor(acme: Workspace) -> Iterator[Workspace]:
    """Nobody is here."""
    valkey().delete(present_key(acme.schema_name))
    connection.set_tenant(acme)
    yield acme
    valkey().delete(present_key(acme.schema_name))


def make_agents(workspace: Workspace, number: int, **over) -> list[Agent]:
    """Here, in the order of their turns."""
    made = []
    for place in range(number):
        user = factories.make_user(first_name=f"Agent{place:02}", last_name="Turner")
        made.append(factories.agent_of(factories.make_member(workspace, user).user, workspace))
    connection.set_tenant(workspace)
    Agent.objects.filter(pk__in=[agent.pk for agent in made]).update(**{"is_active": True, **over})
    arrive(workspace, *made)
    return list(Agent.objects.with_person().filter(pk__in=[agent.pk for agent in made]).order_by("pk"))


def customer_writes(workspace: Workspace, channel, customer: str, words: str = "Hello", **over) -> Chat:
    """Through the door."""
    deliver(page(channel, text(channel, words, customer=customer, **over)))
    connection.set_tenant(workspace)
    return Chat.objects.select_related("identity__contact", "channel").get(
        channel=channel, identity__external_id=customer
    )


def turns_of(chat: Chat) -> list[dict]:
    events = ChatEvent.objects.filter(chat=chat, kind__in=["ASSIGNED", "UNASSIGNED"]).order_by("at", "id")
    return [event.data for event in events]
