"""Which screens a chat's change concerns: of those who read all chats, of its agent, of who had it until now.

The names, with what they carry:

chat      {chat}: its row, its head or its panel; the boxes' numbers with it
message   {chat, ids}: these messages came, or have changed
read      {chat}: this agent has read it, perhaps on another screen
mention   {chat}: this agent was mentioned in a note
lost      {chat}: it was this agent's, and somebody or the turn gave it to another
waiting   {count, minutes}: so many customers have waited for longer, and for nobody in particular
presence  {chat}: somebody looks at it or types in it, or no longer does
shift     this agent's is over, or what becomes of the chats has been said; of availability tells agents.actions.agents
furniture the labels or the views; of channels tells pages.actions.channels
"""

from collections.abc import Iterable
from uuid import UUID

from agents.models import Agent
from agents.realtime.publishing import Change, publish_on_commit
from inbox.models import Chat, Message


def chat_changed(chat: Chat, *, also: Iterable[UUID | None] = ()) -> None:
    publish_on_commit([change("chat", chat.pk, chat.assigned_to_id, also=also)])


def chats_changed(chats: Iterable[Chat]) -> None:
    publish_on_commit(change("chat", chat.pk, chat.assigned_to_id) for chat in chats)


def lost(chat: Chat, had: UUID | None, *, by: Agent | None) -> None:
    """Who gives it away knows it."""
    if had is not None and had != (by.pk if by else None):
        publish_on_commit([Change("lost", {"chat": str(chat.pk)}, agents=frozenset([had]))])


def read(chat: Chat, by: Agent) -> None:
    publish_on_commit([Change("read", {"chat": str(chat.pk)}, agents=frozenset([by.pk]))])


def mentioned(chat: Chat, agents: Iterable[Agent]) -> None:
    told = frozenset(agent.pk for agent in agents)
    if told:
        publish_on_commit([Change("mention", {"chat": str(chat.pk)}, agents=told)])


def messages_changed(chat: Chat, messages: Iterable[Message]) -> None:
    if ids := {message.pk for message in messages}:
        publish_on_commit([change("message", chat.pk, chat.assigned_to_id, ids=ids)])


def messages_changed_in(messages: Iterable[Message]) -> None:
    """Of several chats, which come with them."""
    publish_on_commit(
        change("message", message.chat_id, message.chat.assigned_to_id, ids=[message.pk]) for message in messages
    )


def messages_came(messages: Iterable[Message]) -> None:
    """New ones, of chats that come with them: the rows have moved, too."""
    came = list(messages)
    messages_changed_in(came)
    chats_changed({message.chat_id: message.chat for message in came}.values())


def message_changed(chat_id: UUID, owner: UUID | None, message_id: UUID) -> None:
    """For who has no rows at hand."""
    publish_on_commit([change("message", chat_id, owner, ids=[message_id])])


def outbox_changed(chat_id: UUID) -> None:
    """Some of what waits in it, which ones is not known."""
    chats_changed(Chat.objects.filter(pk=chat_id))


def furniture_changed(*, of: UUID | None = None) -> None:
    """`of`: one agent's own, else everybody's."""
    everyone, agents = of is None, frozenset([of] if of else [])
    publish_on_commit([Change("furniture", everyone=everyone, agents=agents)])


def customers_wait(count: int, minutes: int, agents: Iterable[Agent]) -> None:
    told = frozenset(agent.pk for agent in agents)
    publish_on_commit([Change("waiting", {"count": str(count), "minutes": str(minutes)}, agents=told)])


def presence_changed(chat: Chat) -> None:
    publish_on_commit([change("presence", chat.pk, chat.assigned_to_id)])


def change(
    name: str, chat: UUID, owner: UUID | None, *, also: Iterable[UUID | None] = (), ids: Iterable[UUID] = ()
) -> Change:
    agents = frozenset(agent for agent in (owner, *also) if agent)
    return Change(name, {"chat": str(chat)}, ids=frozenset(ids), readers=True, agents=agents)
