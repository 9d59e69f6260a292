"""What happens when something happened: the one table from an event to its action.

Each is called with a channel and all that was heard of this kind in one go, in Meta's order, inside the transaction
that moves the delivery. It returns what came too early: before the message that it is about. The order of the table is
the order of the calls: a message is there before anything is said about it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.utils.module_loading import import_string

from pages.models import Channel
from pages.webhooks import events
from pages.webhooks.events import Event, Part

ROUTES: dict[type[Event], str] = {
    events.MessageReceived: "inbox.actions.receiving.receive_messages",
    events.MessageEchoed: "inbox.actions.echoes.receive_echoes",
    # After what came from the old id, in the same breath.
    events.IdentityChanged: "inbox.actions.people.change_identities",
    events.MessageEdited: "inbox.actions.changes.edit_messages",
    events.MessageDeleted: "inbox.actions.changes.delete_messages",
    events.ReactionChanged: "inbox.actions.changes.change_reactions",
    events.StatusChanged: "inbox.actions.settling.change_statuses",
    events.Delivered: "inbox.actions.settling.mark_delivered",
    events.Read: "inbox.actions.settling.mark_read",
    events.ConsentChanged: "inbox.actions.people.change_consent",
    events.ChannelTroubled: "pages.actions.hearing.hear_trouble",
    events.ChannelChanged: "pages.actions.hearing.hear_changes",
}


# Once in a transaction, when all that it moves has been heard, in whatever workspaces.
AFTERWARDS = "inbox.actions.dealing.deal_arrived"


@dataclass(frozen=True, slots=True)
class Heard:
    event: Event
    # The row of webhook_events that keeps it.
    row: UUID
    about: str = ""


Action = Callable[[Channel, list[Heard]], list[Heard] | None]


def handle(channel: Channel, heard: Iterable[Heard]) -> list[Heard]:
    """Returns those that came too early."""
    by_kind: dict[type[Event], list[Heard]] = {}
    for one in heard:
        by_kind.setdefault(type(one.event), []).append(one)
    early = []
    for kind, path in ROUTES.items():
        if kind in by_kind:
            action = cast("Action", import_string(path))
            early += action(channel, by_kind[kind]) or []
    return early


def finish() -> None:
    import_string(AFTERWARDS)()


def heard_in(part: Part, row: UUID) -> list[Heard]:
    return [Heard(event, row, part.about) for event in part.events]
