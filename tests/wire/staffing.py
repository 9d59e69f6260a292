"""A workspace whose agents come and go, for the running product: `python -m tests.wire.staffing make`, told what."""

import json
import random
import sys
import time
from typing import Any

import django
from django_tenants.utils import schema_context

SLUG, ACCOUNT = "relay", "990001"


def make(told: dict[str, Any]) -> dict[str, Any]:
    """Whoever is off has their chats dealt again at once."""
    from agents.models import Agent
    from inbox.models import InboxRules
    from tests import factories
    from tests.webhooks import connect

    workspace = factories.make_workspace(slug=SLUG)
    for number in range(told["agents"]):
        user = factories.make_user(email=f"turn{number}@relay.example", first_name=f"Agent{number:02}")
        factories.make_member(workspace, user)
    connect(workspace, external_id=ACCOUNT)
    with schema_context(workspace.schema_name):
        Agent.objects.filter(user=workspace.owner_id).update(can_receive_new_chats=False)
        InboxRules.objects.create(reassign_after=0)
        agents = Agent.objects.receiving().order_by("pk")
        for agent, limit in zip(agents, told["limits"], strict=True):
            Agent.objects.filter(pk=agent.pk).update(max_open_chats=limit)
        return {"schema": workspace.schema_name, "agents": [str(agent.pk) for agent in agents]}


def flip(told: dict[str, Any]) -> dict[str, Any]:
    """These go off and come on again and again, by chance."""
    from agents.actions.agents import set_availability

    chance, until, turns = random.Random(told["seed"]), time.monotonic() + told["seconds"], 0  # noqa: S311
    workspace = there()
    while time.monotonic() < until:
        agent = found(chance.choice(told["agents"]))
        to = "OFF" if agent.availability == "ONLINE" else "ONLINE"
        turns += set_availability(agent, to, by=agent, workspace=workspace)
        time.sleep(chance.uniform(0.05, 0.3))
    return {"turns": turns}


def dismiss(told: dict[str, Any]) -> dict[str, Any]:
    from agents.actions.agents import set_active
    from agents.models import Agent

    workspace = there()
    owner = Agent.objects.with_person().get(user=workspace.owner_id)
    set_active(found(told["agent"]), False, by=owner, workspace=workspace)
    return {}


def there() -> Any:
    from django.db import connection

    from workspaces.models import Workspace

    workspace = Workspace.objects.get(slug=SLUG)
    connection.set_tenant(workspace)  # type: ignore[attr-defined]
    return workspace


def found(pk: str) -> Any:
    from agents.models import Agent

    return Agent.objects.with_person().get(pk=pk)


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"make": make, "flip": flip, "dismiss": dismiss}[sys.argv[1]](json.load(sys.stdin))))  # noqa: T201
