"""Chats given on: all of an agent's at once, with a note in each; to a colleague, a position, or back to the turn."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent, Position
from inbox import live
from inbox.actions.dealing import AT_ONCE, by_waiting, deal
from inbox.actions.giving import write
from inbox.actions.history import tell
from inbox.actions.locking import locked, require_work
from inbox.actions.noting import put_note, within_measure
from inbox.actions.routing import put_in_team
from inbox.arrivals import Wish, look_again
from inbox.models import Chat, ChatEvent
from inbox.rota import Pick, Seat
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import Refused


def hand_over_chats(
    agent: Agent, to: Agent | Position | None, *, by: Agent, workspace: Workspace, note: str = ""
) -> int:
    """All that are open; None: back to the turn. Group by group: if it breaks off, a second call does the rest."""
    require_work(by)
    if agent.pk != by.pk:
        require(by, "team.manage")
        if isinstance(to, Agent) and to.pk == by.pk:
            # Who manages the team and reads their own chats alone does not come to others' by it.
            require(by, "messages.view")
    note = within_measure(note)
    if isinstance(to, Agent) and to.pk == agent.pk:
        raise Refused(f"{agent.name} has these chats already.", hint="Choose somebody else.")
    number, last = 0, UUID(int=0)
    try:
        # Once through: what is dealt to them meanwhile stays.
        while chats := hand_group(agent, to, last, by=by, note=note):
            number, last = number + len(chats), chats[-1].pk
    finally:
        if number:
            record(
                "chats.handed_over",
                f"Handed over {number} {'chat' if number == 1 else 'chats'}"
                + ("" if agent.pk == by.pk else f" of {agent.name}")
                + f" to {to.name if to else 'the turn'}",
                by=by.user,
                workspace=workspace,
                agent=str(agent.pk),
                to=str(to.pk) if to else "",
                chats=number,
            )
    return number


@transaction.atomic
def hand_group(agent: Agent, to: Agent | Position | None, after: UUID, *, by: Agent, note: str) -> list[Chat]:
    """Note and move are one."""
    theirs = Chat.objects.open().filter(assigned_to=agent, pk__gt=after).order_by("pk")
    chats = list(theirs.select_for_update(of=("self",))[:AT_ONCE])
    of = "" if agent.pk == by.pk else f" of {agent.name}"
    move(chats, to, by=by, why=f"handing over all chats{of}")
    if note:
        for chat in chats:
            put_note(chat, by, note, uuid4())
    if chats:
        look_again()
    return chats


def give_to_turn(chats: Iterable[Chat | UUID], to: Position | None, *, by: Agent) -> list[Chat]:
    """These of any agent, to those of a position, or to whose turn it is otherwise; those that have moved."""
    with transaction.atomic():
        held = locked(chats, by=by)
        before = {chat.pk: (chat.assigned_to_id, chat.team_id) for chat in held}
        if to is None:
            put_in_team(held, None)
        move(held, to, by=by)
        changed = [chat for chat in held if before[chat.pk] != (chat.assigned_to_id, chat.team_id)]
        for chat in changed:
            if before[chat.pk][0] == chat.assigned_to_id:
                # It had nobody, and nobody of them is in turn: it waits, for others than before.
                data = {"to": "", "to_id": "", "from": "", "from_id": "", "why": "", "team": to.name if to else ""}
                tell(chat, ChatEvent.Kind.UNASSIGNED, by=by, **data)
                live.chat_changed(chat)
        if changed:
            look_again()
    return changed


def move(chats: list[Chat], to: Agent | Position | None, *, by: Agent, why: str = "") -> None:
    """Held ones; the longest waiting is dealt first."""
    if not chats:
        return
    wishes = [Wish(chat, but=chat.assigned_to_id, by=by, why=why) for chat in sorted(chats, key=by_waiting)]
    if isinstance(to, Agent):
        seat = seat_of(to)
        write([(wish, Pick(seat, {})) for wish in wishes])
        return
    if to:
        require_holders(to)
        put_in_team(chats, to.pk)
    deal(wishes)


def seat_of(agent: Agent) -> Seat:
    """Asked anew for each group: they may have been switched off meanwhile."""
    found = Agent.objects.active().exclude(role=Agent.Role.VIEWER).with_person().filter(pk=agent.pk).first()
    if found is None:
        raise Refused(f"{agent.name} does not take chats.", hint="Choose somebody who works here.")
    return Seat(found.pk, found.name, found.position_id)


def require_holders(position: Position) -> None:
    if not position.agents.active().exclude(role=Agent.Role.VIEWER).exists():
        raise Refused(f"Nobody who takes chats is {position.name}.", hint="Choose another position.")
