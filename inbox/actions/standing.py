"""Open, snoozed, closed: who changes it, and what the clock does."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from inbox import live
from inbox.actions.history import tell_of_many
from inbox.actions.locking import locked
from inbox.arrivals import look_again
from inbox.models import Chat, ChatEvent, InboxRules
from workspaces.refusals import Refused

State, Kind = Chat.State, ChatEvent.Kind
# How many the clock handles in one transaction.
AT_ONCE = 200


def close_chats(chats: Iterable[Chat | UUID], *, by: Agent | None, why: str = "") -> list[Chat]:
    return _change(chats, State.CLOSED, Kind.CLOSED, by=by, why=why)


def reopen_chats(chats: Iterable[Chat | UUID], *, by: Agent | None) -> list[Chat]:
    return _change(chats, State.OPEN, Kind.REOPENED, by=by)


def snooze_chats(chats: Iterable[Chat | UUID], until: datetime | None, *, by: Agent) -> list[Chat]:
    """Until then, or until the customer writes; a message brings them back in either case."""
    if until is not None and until <= timezone.now():
        raise Refused("This time is over already.", hint="Choose one that is to come.")
    stamp = until.isoformat() if until else ""
    return _change(chats, State.SNOOZED, Kind.SNOOZED, by=by, until=until, stamp=stamp)


def turn_clock() -> None:
    """What time alone does to chats, as far as it has to be done now."""
    while wake_due_chats() == AT_ONCE:
        pass
    if days := InboxRules.objects.current().auto_close_days:
        while close_idle_chats(days) == AT_ONCE:
            pass


def wake_due_chats() -> int:
    now = timezone.now()
    due = Chat.objects.filter(state=State.SNOOZED, snoozed_until__lte=now).order_by("snoozed_until")

    def is_due(chat: Chat) -> bool:
        return chat.snoozed_until is not None and chat.snoozed_until <= now

    return len(_change(list(due[:AT_ONCE]), State.OPEN, Kind.WOKEN, by=None, still=is_due))


def close_idle_chats(days: int) -> int:
    """In which nothing has been said for so long."""
    before = timezone.now() - timedelta(days=days)
    idle = Chat.objects.open().filter(last_message_at__lt=before).order_by("last_message_at")

    def is_idle(chat: Chat) -> bool:
        return chat.state == State.OPEN and chat.last_message_at is not None and chat.last_message_at < before

    why = f"Nothing was said for {days} days."
    return len(_change(list(idle[:AT_ONCE]), State.CLOSED, Kind.CLOSED, by=None, still=is_idle, why=why))


def _change(
    chats: Iterable[Chat | UUID],
    state: str,
    kind: str,
    *,
    by: Agent | None,
    until: datetime | None = None,
    still: Callable[[Chat], bool] = lambda chat: True,
    **data: Any,
) -> list[Chat]:
    """`still`: asked once nobody else can change it."""
    with transaction.atomic():
        held = [chat for chat in locked(chats, by=by) if still(chat)]
        changed = [chat for chat in held if (chat.state, chat.snoozed_until) != (state, until)]
        Chat.objects.filter(pk__in=[chat.pk for chat in changed]).update(
            state=state, snoozed_until=until, updated_at=timezone.now()
        )
        tell_of_many(changed, kind, by=by, **data)
        live.chats_changed(changed)
        if changed:
            look_again()
    return changed
