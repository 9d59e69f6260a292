"""Whose chat it is: taken, given to a colleague, or put back for anybody."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from agents.models import Agent
from inbox import alerts, live
from inbox.actions.history import tell
from inbox.actions.locking import locked
from inbox.arrivals import look_again
from inbox.models import Chat, ChatEvent
from workspaces.refusals import Refused


class Overtaken(Refused):
    """Somebody has the chat by now of whom the page that asks did not know."""

    def __init__(self, owner: Agent) -> None:
        super().__init__(f"{owner.name} has this chat by now.", hint="Open it again to see how it stands.")
        self.owner = owner


def require_unmoved(chats: Iterable[Chat], seen: str | None, *, by: Agent, to: Agent | None = None) -> None:
    """Held chats. `seen`: the id of whose they were on that page; empty: nobody's; None: it is not told.

    Nobody loses by it what has nobody; one's own is one's own to give, and who is to have it and does stays.
    """
    for chat in chats:
        owner = chat.assigned_to_id
        if seen is None or owner is None or str(owner) == seen or owner == by.pk or (to and owner == to.pk):
            continue
        raise Overtaken(Agent.objects.with_person().get(pk=owner))


def assign_chat(chat: Chat, to: Agent | None, *, by: Agent | None, why: str = "") -> bool:
    return bool(assign_chats([chat], to, by=by, why=why))


def assign_chats(chats: Iterable[Chat | UUID], to: Agent | None, *, by: Agent | None, why: str = "") -> list[Chat]:
    """Those that changed hands; who has it already keeps it without a word."""
    if to is not None and (not to.is_active or to.role == Agent.Role.VIEWER):
        raise Refused(f"{to.name} does not take chats.", hint="Choose somebody who works here.")
    with transaction.atomic():
        changed = [chat for chat in locked(chats, by=by) if chat.assigned_to_id != (to.pk if to else None)]
        for chat in changed:
            hand_over(chat, to, by=by, why=why)
        if changed:
            look_again()
    return changed


def hand_over(chat: Chat, to: Agent | None, *, by: Agent | None, why: str = "") -> None:
    """One locked chat; both are told, who gets it and who had it."""
    before = Agent.objects.select_related("user").get(pk=chat.assigned_to_id) if chat.assigned_to_id else None
    chat.assigned_to = to
    chat.save(update_fields=["assigned_to", "updated_at"])
    kind = ChatEvent.Kind.ASSIGNED if to else ChatEvent.Kind.UNASSIGNED
    names = {"to": to.name if to else "", "to_id": str(to.pk) if to else ""}
    names |= {"from": before.name if before else "", "from_id": str(before.pk) if before else ""}
    tell(chat, kind, by=by, why=why, **names)
    had = before.pk if before else None
    live.chat_changed(chat, also=[had])
    live.lost(chat, had, by=by)
    alerts.assigned(chat, chat.assigned_to_id, by=by)
    alerts.lost(chat, had, by=by)
