"""How an agent stands, as everybody is shown it: one dot, one word."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from agents.models import Agent

Availability = Agent.Availability


@dataclass(frozen=True, slots=True)
class Standing:
    # on, away or off, as components/avatar.html draws it; nothing for who answers nobody.
    dot: str
    words: str
    # What it means, where there is room to say so.
    text: str = ""


SWITCHED_OFF = Standing("", "Switched off", "Does not work here at the moment.")
READS_ONLY = Standing("", "Reads only", "A viewer receives no chats.")
OFF = Standing("off", "Off", "Gone for the day: no new chats.")
AWAY = Standing("away", "Away", "On a break: no new chats.")
NOT_HERE = Standing("off", "Not here", "Has no page open: no new chats.")
IDLE = Standing("away", "Idle", "No sign of life for a while: no new chats until there is one.")
ONLINE = Standing("on", "Online", "Here, and dealt new chats.")
PAUSED = Standing("on", "Online", "Here, but dealt no new chats: that is switched off.")


def standing_of(agent: Agent, *, is_here: bool) -> Standing:
    """`is_here`: has a page open. What somebody has chosen goes before what is seen of them."""
    if not agent.is_active:
        return SWITCHED_OFF
    if agent.role == Agent.Role.VIEWER:
        return READS_ONLY
    if agent.availability == Availability.OFF:
        return OFF
    if agent.availability == Availability.AWAY:
        return AWAY
    if not is_here:
        return NOT_HERE
    if agent.is_idle:
        return IDLE
    return ONLINE if agent.can_receive_new_chats else PAUSED


def shown_online(here: Collection[UUID]) -> Q:
    """Whose dot is on."""
    answering = Q(is_active=True) & ~Q(role=Agent.Role.VIEWER)
    return answering & Q(pk__in=here, availability=Availability.ONLINE, is_idle=False)
