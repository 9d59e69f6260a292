"""All chats of one agent go to somebody: a colleague, a position, or whoever is in turn."""

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent, Position
from inbox.actions.assigning import assign_chats
from inbox.actions.dealing import deal, deal_again
from inbox.arrivals import Wish
from inbox.models import Chat
from workspaces.models import Workspace


def hand_over_chats(
    agent: Agent, to: Agent | Position | None, *, by: Agent, workspace: Workspace, note: str = ""
) -> int:
    """How many went. To a position: to whoever of it is in turn, and for none of the others."""
    if agent.pk != by.pk:
        require(by, "team.manage")
    if to is None:
        return deal_again(agent, by=by, why=note)
    with transaction.atomic():
        theirs = Chat.objects.open().filter(assigned_to=agent).order_by("id")
        chats = list(theirs.select_for_update(of=("self",)))
        if isinstance(to, Agent):
            return len(assign_chats(chats, to, by=by, why=note))
        Chat.objects.filter(pk__in=[chat.pk for chat in chats]).update(team=to)
        for chat in chats:
            chat.team = to
        deal([Wish(chat, but=agent.pk, by=by, why=note) for chat in chats])
    return len(chats)
