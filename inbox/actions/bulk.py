"""The same done to many chats, and undone: exactly what was changed goes back, unless somebody changed it since."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.models import Agent, Position
from inbox.actions.assigning import assign_chats, require_unmoved
from inbox.actions.handing import give_to_turn
from inbox.actions.labelling import add_label, remove_label
from inbox.actions.locking import locked
from inbox.actions.reading import restore_unread, set_read
from inbox.actions.routing import put_in_team
from inbox.actions.standing import close_chats, reopen_chats, snooze_chats
from inbox.models import Chat, Label
from workspaces.refusals import Refused

State = Chat.State
# A page, four times over.
MOST = 200


@dataclass(frozen=True)
class Done:
    """`before`: of each chat that changed, as it was; plain values, so that it can be kept until it is undone."""

    what: str
    argument: str
    before: dict[str, list[str]]


def assign_many(ids: Iterable[UUID], to: Agent | None, *, by: Agent, seen: str | None = None) -> Done:
    """`seen`: whose they were where it was asked for, as `require_unmoved` has it."""
    with transaction.atomic():
        held = locked(limited(ids), by=by)
        require_unmoved(held, seen, by=by, to=to)
        before = {chat.pk: [text(chat.assigned_to_id)] for chat in held}
        changed = assign_chats(before, to, by=by)
    return done("assign", text(to.pk if to else None), before, changed)


def give_many(ids: Iterable[UUID], to: Position | None, *, by: Agent, seen: str | None = None) -> Done:
    """To those of a position, or back to the turn."""
    with transaction.atomic():
        held = locked(limited(ids), by=by)
        require_unmoved(held, seen, by=by)
        before = {chat.pk: whose(chat) for chat in held}
        changed = give_to_turn(before, to, by=by)
    # Whom each was dealt to is what must still hold when it is undone.
    after = {chat.pk: [*before[chat.pk], *whose(chat)] for chat in changed}
    return done("give", text(to.pk if to else None), after, changed)


def stand_many(ids: Iterable[UUID], state: str, *, by: Agent, until: datetime | None = None) -> Done:
    """Closed, open again, or snoozed until then."""
    with transaction.atomic():
        before = {chat.pk: standing(chat) for chat in locked(limited(ids), by=by)}
        changed = put(list(before), state, until, by=by)
    return done("stand", " ".join([state, text(until)]), before, changed)


def label_many(ids: Iterable[UUID], label: Label, on: bool, *, by: Agent) -> Done:
    change = add_label if on else remove_label
    changed = change(limited(ids), label, by=by)
    return done("label" if on else "unlabel", str(label.pk), {chat.pk: [] for chat in changed}, changed)


def read_many(ids: Iterable[UUID], *, by: Agent) -> Done:
    """For oneself: no customer is told of what nobody has looked at."""
    with transaction.atomic():
        before = set_read(limited(ids), by=by)
    return Done("read", "", {str(pk): seen for pk, seen in before.items()})


def undo(deed: Done, *, by: Agent) -> int:
    """How many went back. Once is enough: what is as it was before is left alone."""
    with transaction.atomic():
        return UNDO[deed.what](deed, by)


def undo_assigning(deed: Done, by: Agent) -> int:
    kept = [chat for chat in locked(map(UUID, deed.before), by=by) if text(chat.assigned_to_id) == deed.argument]
    back = 0
    for agent, chats in grouped(kept, deed).items():
        owner = Agent.objects.select_related("user").get(pk=agent[0]) if agent[0] else None
        try:
            back += len(assign_chats(chats, owner, by=by))
        except Refused:
            continue
    return back


def undo_giving(deed: Done, by: Agent) -> int:
    """The position first: an owner who takes no chats any more leaves it with nobody."""
    chats = [chat for chat in locked(map(UUID, deed.before), by=by) if whose(chat) == deed.before[str(chat.pk)][2:]]
    teams = Position.objects.in_bulk([before[1] for before in deed.before.values() if before[1]])
    back = 0
    for (owner, team, *_), some in grouped(chats, deed).items():
        put_in_team(some, UUID(team) if team and UUID(team) in teams else None)
        agent = Agent.objects.with_person().get(pk=owner) if owner else None
        assign_chats(some, agent if agent and agent.answers else None, by=by)
        back += len(some)
    return back


def undo_standing(deed: Done, by: Agent) -> int:
    now, back = deed.argument.split(" "), 0
    kept = [chat for chat in locked(map(UUID, deed.before), by=by) if standing(chat) == now]
    for (state, until), chats in grouped(kept, deed).items():
        moment = datetime.fromisoformat(until) if until else None
        woken = moment is not None and moment <= timezone.now()
        back += len(put([chat.pk for chat in chats], State.OPEN if woken else state, moment, by=by))
    return back


def undo_label(deed: Done, by: Agent) -> int:
    label = Label.objects.filter(pk=deed.argument).first()
    change = remove_label if deed.what == "label" else add_label
    return len(change(map(UUID, deed.before), label, by=by)) if label else 0


def undo_reading(deed: Done, by: Agent) -> int:
    return restore_unread({UUID(pk): seen for pk, seen in deed.before.items()}, by=by)


UNDO: dict[str, Callable[[Done, Agent], int]] = {
    "assign": undo_assigning,
    "give": undo_giving,
    "stand": undo_standing,
    "label": undo_label,
    "unlabel": undo_label,
    "read": undo_reading,
}


def put(ids: list[UUID], state: str, until: datetime | None, *, by: Agent) -> list[Chat]:
    if state == State.SNOOZED:
        return snooze_chats(ids, until, by=by)
    return close_chats(ids, by=by) if state == State.CLOSED else reopen_chats(ids, by=by)


def whose(chat: Chat) -> list[str]:
    return [text(chat.assigned_to_id), text(chat.team_id)]


def standing(chat: Chat) -> list[str]:
    return [chat.state, text(chat.snoozed_until)]


def grouped(chats: Iterable[Chat], deed: Done) -> dict[tuple[str, ...], list[Chat]]:
    groups: dict[tuple[str, ...], list[Chat]] = defaultdict(list)
    for chat in chats:
        groups[tuple(deed.before[str(chat.pk)])].append(chat)
    return groups


def done(what: str, argument: str, before: dict[UUID, list[str]], changed: Iterable[Chat]) -> Done:
    return Done(what, argument, {str(chat.pk): before[chat.pk] for chat in changed})


def limited(ids: Iterable[UUID]) -> list[UUID]:
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise Refused(f"No more than {MOST} chats at once.")
    return wanted


def text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
