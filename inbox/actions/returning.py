"""The customer writes again: what was closed or snoozed is open, and the thread says so."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from agents.models import Agent
from inbox.actions.assigning import hand_over
from inbox.actions.chatting import News
from inbox.actions.history import tell_of_many
from inbox.models import Chat, ChatEvent

GONE = "Who had it does not take chats at the moment."


def note_return(chats: Iterable[Chat], news: Mapping[UUID, News]) -> None:
    """`chats`: locked, as they stood before. It stays with its agent, unless that one is not there any more."""
    back = [chat for chat in chats if chat.state != Chat.State.OPEN and chat.pk in news and news[chat.pk].reopens]
    for kind, state in ((ChatEvent.Kind.REOPENED, Chat.State.CLOSED), (ChatEvent.Kind.WOKEN, Chat.State.SNOOZED)):
        if found := [chat for chat in back if chat.state == state]:
            tell_of_many(found, kind, why="The customer wrote.")
    if owned := [chat for chat in back if chat.assigned_to_id]:
        there = set(Agent.objects.active().values_list("id", flat=True))
        for chat in owned:
            if chat.assigned_to_id not in there:
                hand_over(chat, None, by=None, why=GONE)
