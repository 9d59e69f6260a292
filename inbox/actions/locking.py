"""Whoever changes chats holds them first, in one order everywhere, against waiting in a circle."""

from collections.abc import Iterable
from uuid import UUID

from agents.models import Agent
from inbox.models import Chat
from workspaces.refusals import NotAllowed


def require_work(by: Agent | None) -> None:
    """To answer customers and to do anything to their chats. Nobody is the system, which may."""
    if by is not None and (not by.is_active or by.role == Agent.Role.VIEWER):
        raise NotAllowed("Your position does not allow working on chats.")


def locked(chats: Iterable[Chat | UUID], *, by: Agent | None) -> list[Chat]:
    """Those of them that this agent may see; inside the caller's transaction."""
    require_work(by)
    wanted = [chat.pk if isinstance(chat, Chat) else chat for chat in chats]
    visible = Chat.objects.visible_to(by) if by else Chat.objects.all()
    return list(visible.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("id"))
