"""The customer writes again: what was closed or snoozed is open, and the thread says so; then it is dealt."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from inbox.actions.chatting import News
from inbox.actions.history import tell_of_many
from inbox.arrivals import Arrival, note_arrivals
from inbox.models import Chat, ChatEvent, Message


def note_return(chats: Iterable[Chat], news: Mapping[UUID, News], new: Iterable[Message]) -> None:
    """`chats`: locked, as they stood before; `new`: what was written in them."""
    written = [chat for chat in chats if chat.pk in news and news[chat.pk].reopens]
    back = [chat for chat in written if chat.state != Chat.State.OPEN]
    for kind, state in ((ChatEvent.Kind.REOPENED, Chat.State.CLOSED), (ChatEvent.Kind.WOKEN, Chat.State.SNOOZED)):
        if found := [chat for chat in back if chat.state == state]:
            tell_of_many(found, kind, why="The customer wrote.")
    words: dict[UUID, list[str]] = {}
    for message in new:
        words.setdefault(message.chat_id, []).append(message.text)
    note_arrivals(
        Arrival(
            chat, begins=chat.state != Chat.State.OPEN or chat.last_message_at is None, words="\n".join(words[chat.pk])
        )
        for chat in written
        if chat.state != Chat.State.OPEN or chat.assigned_to_id is None
    )
