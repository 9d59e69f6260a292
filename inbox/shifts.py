"""Whose shift is over while chats are still theirs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from agents.models import Agent
from agents.realtime.publishing import Change, publish_on_commit
from agents.shifts import Calendar, calendar, keeps_hours
from inbox.loads import open_chats
from workspaces.models import Workspace

# The clock turns each minute, and may come late; an end that is told twice is shown once.
JUST_NOW = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class EndedShift:
    at: datetime
    open_chats: int

    @property
    def is_today(self) -> bool:
        """By the clock of who reads it."""
        return timezone.localtime(self.at).date() == timezone.localdate()


def unsettled_shift(agent: Agent, workspace: Workspace) -> EndedShift | None:
    """What an agent has still to be asked. Who has gone off has been."""
    if not agent.answers or agent.availability == Agent.Availability.OFF or not keeps_hours(agent, workspace):
        return None
    known = calendar([agent.position])
    ended = unsettled_end(agent, known, timezone.now()) if known else None
    number = open_chats([agent.pk])[agent.pk] if ended else 0
    return EndedShift(ended, number) if ended and number else None


def unsettled_end(agent: Agent, known: Calendar, now: datetime) -> datetime | None:
    ended = known.ended(agent.position, now)
    if ended is None or (agent.shift_settled_at and agent.shift_settled_at >= ended):
        return None
    return ended


def tell_of_ends() -> None:
    """By the clock: the open pages of whose shift has just ended ask what there is to say."""
    working = Agent.objects.active().exclude(role=Agent.Role.VIEWER).exclude(availability=Agent.Availability.OFF)
    agents, now = list(working.select_related("position")), timezone.now()
    known = calendar([agent.position for agent in agents])
    if known is None:
        return
    ends = {agent.pk: unsettled_end(agent, known, now) for agent in agents}
    told = [pk for pk, ended in ends.items() if ended and now - ended <= JUST_NOW]
    if told:
        publish_on_commit([Change("shift", agents=frozenset(told))])
