"""The thread tells what happened: one row for each thing that was done to a chat."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from agents.models import Agent
from inbox.models import Chat, ChatEvent


def tell(chat: Chat, kind: str, *, by: Agent | None = None, **data: Any) -> ChatEvent:
    return ChatEvent.objects.create(chat=chat, kind=kind, by=by, data=data, at=timezone.now())


def tell_of_many(chats: Iterable[Chat], kind: str, *, by: Agent | None = None, **data: Any) -> None:
    now = timezone.now()
    ChatEvent.objects.bulk_create(ChatEvent(chat=chat, kind=kind, by=by, data=data, at=now) for chat in chats)
