"""Why a chat is no longer in a list, or no longer somebody's, in a few words: what was done to it last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

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
# What was lost so long ago is no news.
NEWS_FOR = timedelta(minutes=5)
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Departure:
    words: str
    # Whether it is theirs to see all the same.
    is_seen: bool = False


def departures_of(ids: Iterable[UUID], agent: Agent) -> dict[UUID, Departure]:
    """Of a chat that this agent may not see there is nothing to be told but that it is gone."""
    why = dict.fromkeys(ids, Departure("No longer in this list"))
    if why:
        visible = Chat.objects.visible_to(agent).filter(pk__in=why)
        why |= dict.fromkeys(visible.values_list("pk", flat=True), Departure("No longer in this list", is_seen=True))
        last = ChatEvent.objects.filter(chat__in=visible).order_by("chat", "-at", "-id").distinct("chat")
        for event in last.select_related("by__user"):
            why[event.chat_id] = Departure(words_of(event, agent), is_seen=True)
    return why


def words_of(event: ChatEvent, agent: Agent) -> str:
    who = "" if event.by is None else " by you" if event.by_id == agent.pk else f" by {event.by.name}"
    if event.kind == Kind.ASSIGNED:
        if is_taken(event):
            return f"Taken{who}"
        return f"Given to {event.data.get('to') or 'somebody'}{who}"
    return WORDS.get(Kind(event.kind), "Changed") + who


def losses_of(ids: Iterable[UUID], agent: Agent) -> list[str]:
    """Which of these were this agent's a moment ago, and whose they are now; many in one."""
    wanted = list(ids)
    given = ChatEvent.objects.filter(
        chat__in=wanted,
        kind__in=[Kind.ASSIGNED, Kind.UNASSIGNED],
        data__from_id=str(agent.pk),
        at__gt=timezone.now() - NEWS_FOR,
    )
    of_chat = ("by__user", "chat__identity__contact")
    events = list(given.select_related(*of_chat).order_by("chat", "-at", "-id").distinct("chat"))
    events = [one for one in events if one.chat.assigned_to_id != agent.pk and one.by_id != agent.pk]
    if len(events) > MOST_NAMED:
        return [f"{len(events)} of your chats have gone to others."]
    return [loss(event) for event in events]


def loss(event: ChatEvent) -> str:
    chat, to = f"the chat with {event.chat.identity.shown_name}", event.data.get("to")
    if is_taken(event) and event.by:
        return f"{event.by.name} took {chat}."
    if event.by:
        return f"{event.by.name} gave {chat} to {to}." if to else f"{event.by.name} put {chat} back for anybody."
    return f"{to} has {chat} now." if to else f"Anybody may take {chat} now."


def is_taken(event: ChatEvent) -> bool:
    return event.by_id is not None and event.data.get("to_id") == str(event.by_id) and not event.data.get("turn")
