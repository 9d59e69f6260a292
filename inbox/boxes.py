"""The boxes of the inbox: which chats each holds for this agent, and who finds one by its part of the URL."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from agents.models import Agent
from inbox.filters import ANY, narrowed
from inbox.models import Chat, Label, Mention, SavedView
from pages.models import Channel

State = Chat.State
NAMES = {
    "mine": ("Mine", "user"),
    "unassigned": ("Unassigned", "inbox"),
    "all": ("All", "chats"),
    "mentions": ("Mentions", "at"),
    "snoozed": ("Snoozed", "snooze"),
    "closed": ("Closed", "check"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """`key` is its part of the URL: mine, label-<id>, …"""

    key: str
    name: str
    icon: str
    # Whatever state they are in.
    wide: QuerySet[Chat]
    # What lies in it is open, unless the box is of another state; of any, if it is empty.
    state: str = State.OPEN
    sort: str = "newest"
    empty: str = "Nothing here."
    hint: str = ""
    # What makes it this box, in the words of a filter: a view that is saved here takes them with it.
    filters: dict[str, Any] = field(default_factory=dict)
    view: SavedView | None = None

    @property
    def chats(self) -> QuerySet[Chat]:
        return self.in_state("")

    @property
    def has_its_state(self) -> bool:
        """Closed is closed: a filter by state would say something else than the title."""
        return self.state in {State.SNOOZED, State.CLOSED} and self.view is None

    def in_state(self, asked: str) -> QuerySet[Chat]:
        state = self.state if self.has_its_state else asked or self.state
        return self.wide if state in {"", ANY} else self.wide.filter(state=state)

    def narrowed(self, filters: dict[str, Any], agent: Agent) -> QuerySet[Chat]:
        return narrowed(self.in_state(filters.get("state", "")), filters, agent.pk)


def mine(agent: Agent) -> Box:
    return Box(
        "mine",
        *NAMES["mine"],
        Chat.objects.filter(assigned_to=agent),
        empty="No open chat is yours",
        hint="Take one from Unassigned, or wait for the next.",
        filters={"assignee": "me"},
    )


def unassigned(agent: Agent) -> Box:
    return Box(
        "unassigned",
        *NAMES["unassigned"],
        Chat.objects.visible_to(agent).unassigned(),
        empty="Every chat has its agent",
        hint="New ones appear here by themselves.",
        filters={"assignee": "nobody"},
    )


def everything(agent: Agent) -> Box:
    return Box("all", *NAMES["all"], Chat.objects.visible_to(agent), empty="No chat is open", hint="Well done.")


def mentions(agent: Agent) -> Box:
    chats = Chat.objects.visible_to(agent).filter(pk__in=Mention.objects.filter(agent=agent).values("chat"))
    return Box(
        "mentions",
        *NAMES["mentions"],
        chats,
        state="",
        empty="Nobody has mentioned you",
        hint="Chats come here when a colleague writes @ and your name in a note.",
        filters={"mentions": True, "state": ANY},
    )


def snoozed(agent: Agent) -> Box:
    return Box(
        "snoozed",
        *NAMES["snoozed"],
        Chat.objects.visible_to(agent),
        state=State.SNOOZED,
        empty="No chat is snoozed",
        hint="A snoozed chat comes back at its time, or when the customer writes.",
        filters={"state": State.SNOOZED},
    )


def closed(agent: Agent) -> Box:
    return Box(
        "closed",
        *NAMES["closed"],
        Chat.objects.visible_to(agent),
        state=State.CLOSED,
        empty="No chat is closed yet",
        hint="A closed chat opens again when the customer writes.",
        filters={"state": State.CLOSED},
    )


def of_channel(agent: Agent, channel: Channel) -> Box:
    return Box(
        f"channel-{channel.pk}",
        channel.name,
        "plug",
        Chat.objects.visible_to(agent).filter(channel=channel),
        empty="No open chat on this channel",
        filters={"channel": str(channel.pk)},
    )


def of_label(agent: Agent, label: Label) -> Box:
    return Box(
        f"label-{label.pk}",
        label.name,
        "tag",
        Chat.objects.visible_to(agent).filter(chat_labels__label=label),
        empty="No open chat bears this label",
        filters={"label": str(label.pk)},
    )


def of_view(agent: Agent, view: SavedView) -> Box:
    return Box(
        f"view-{view.pk}",
        view.name,
        "filter",
        narrowed(Chat.objects.visible_to(agent), view.filters, agent.pk),
        state=view.filters.get("state") or State.OPEN,
        sort=view.sort,
        empty="No chat fits this view",
        filters=view.filters,
        view=view,
    )


STANDING: dict[str, Callable[[Agent], Box]] = {
    "mine": mine,
    "unassigned": unassigned,
    "all": everything,
    "mentions": mentions,
    "snoozed": snoozed,
    "closed": closed,
}


def find_box(agent: Agent, key: str) -> Box | None:
    if standing := STANDING.get(key):
        return standing(agent)
    kind, _, pk = key.partition("-")
    try:
        wanted = UUID(pk)
    except ValueError:
        return None
    if kind == "channel" and (channel := Channel.objects.filter(pk=wanted).first()):
        return of_channel(agent, channel)
    if kind == "label" and (label := Label.objects.filter(pk=wanted).first()):
        return of_label(agent, label)
    if kind == "view" and (view := SavedView.objects.visible_to(agent).filter(pk=wanted).first()):
        return of_view(agent, view)
    return None
