"""Who goes off, or whose shift is over, says of their chats: they stay, are dealt again, or are handed over."""

from django.db import transaction
from django.utils import timezone

from agents.actions.agents import set_availability
from agents.actions.positions import require
from agents.models import Agent, Position
from agents.realtime.publishing import Change, publish_on_commit
from inbox.actions.dealing import deal_again
from inbox.actions.handing import hand_over_chats
from workspaces.models import Workspace

KEEP, DEAL, HAND = "keep", "deal", "hand"


def go_off(
    agent: Agent, chats: str, *, to: Agent | Position | None = None, by: Agent, workspace: Workspace, note: str = ""
) -> int:
    """Off first, and for good: nothing new comes while the chats that are there go. How many went."""
    set_availability(agent, Agent.Availability.OFF, by=by, note=note, workspace=workspace)
    return settle_chats(agent, chats, to=to, by=by, workspace=workspace, note=note, why=f"{agent.name} is off.")


def end_shift(
    agent: Agent, chats: str, *, to: Agent | Position | None = None, by: Agent, workspace: Workspace, note: str = ""
) -> int:
    return settle_chats(
        agent, chats, to=to, by=by, workspace=workspace, note=note, why=f"The shift of {agent.name} is over."
    )


def settle_chats(
    agent: Agent, chats: str, *, to: Agent | Position | None, by: Agent, workspace: Workspace, note: str, why: str
) -> int:
    if agent.pk != by.pk:
        require(by, "team.manage")
    number = 0
    if chats == DEAL:
        number = deal_again(agent, by=by, why=f"{why} {note}".strip())
    elif chats == HAND and to is not None:
        number = hand_over_chats(agent, to, by=by, workspace=workspace, note=note)
    with transaction.atomic():
        # Said for this end of a shift: nobody is asked twice.
        Agent.objects.filter(pk=agent.pk).update(shift_settled_at=timezone.now())
        publish_on_commit([Change("shift", agents=frozenset([agent.pk]))])
    return number
