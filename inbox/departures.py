"""Why a chat is no longer in a list, in a few words: what was done to it last."""

from collections.abc import Iterable
from uuid import UUID

from agents.models import Agent
from inbox.models import Chat, ChatEvent

Kind = ChatEvent.Kind
WORDS = {
    Kind.CLOSED: "Closed",
    Kind.SNOOZED: "Snoozed",
    Kind.REOPENED: "Opened again",
    Kind.WOKEN: "Back from snooze",
    Kind.UNASSIGNED: "Put back for anybody",
    Kind.LABELLED: "Label added",
    Kind.UNLABELLED: "Label removed",
    Kind.PRIORITY: "Priority changed",
}


def departures_of(ids: Iterable[UUID], agent: Agent) -> dict[UUID, str]:
    """Of a chat that this agent may not see there is nothing to be told but that it is gone."""
    why = dict.fromkeys(ids, "No longer in this list")
    if why:
        visible = Chat.objects.visible_to(agent).filter(pk__in=why)
        last = ChatEvent.objects.filter(chat__in=visible).order_by("chat", "-at", "-id").distinct("chat")
        for event in last.select_related("by__user"):
            why[event.chat_id] = words_of(event, agent)
    return why


def words_of(event: ChatEvent, agent: Agent) -> str:
    who = "" if event.by is None else " by you" if event.by_id == agent.pk else f" by {event.by.name}"
    if event.kind == Kind.ASSIGNED:
        return f"Given to {event.data.get('to') or 'somebody'}{who}"
    return WORDS.get(Kind(event.kind), "Changed") + who
