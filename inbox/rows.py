"""A chat as the list shows it: words and names of icons, made here once, so that the template only writes them down."""

import json
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from inbox.mentions import as_read
from inbox.models import Chat, Message
from inbox.people import somebody
from workspaces.models import Platform

PLATFORM_ICONS: dict[str, str] = {
    Platform.FACEBOOK: "messenger",
    Platform.INSTAGRAM: "instagram",
    Platform.WHATSAPP: "whatsapp",
}
PLATFORM_NAMES: dict[str, str] = {
    Platform.FACEBOOK: "Messenger",
    Platform.INSTAGRAM: "Instagram",
    Platform.WHATSAPP: "WhatsApp",
}
# Of the last message's text.
TEXT = 160
LABELS = 2
# A window is told of when so little of it is left.
SHORT = timedelta(hours=4)
# How long somebody may wait before it is said louder.
SOON, LATE = timedelta(minutes=30), timedelta(hours=4)

Type, Status, Sender = Message.Type, Message.Status, Message.Sender
KINDS: dict[str | None, str] = {
    Type.IMAGE: "image",
    Type.STICKER: "smile",
    Type.VIDEO: "play",
    Type.AUDIO: "play",
    Type.VOICE: "play",
    Type.FILE: "paperclip",
    Type.LOCATION: "map-pin",
    Type.CONTACTS: "contact",
    Type.STORY_REPLY: "reply",
    Type.STORY_MENTION: "at",
    Type.SHARE: "link",
    Type.LINK: "link",
    Type.ORDER: "card",
    Type.TEMPLATE: "template",
    Type.REFERRAL: "megaphone",
    Type.UNSUPPORTED: "info",
}
TYPE_NAMES: dict[str, Any] = dict(Type.choices)
# Icon, words, tone.
STATES: dict[str | None, tuple[str, str, str]] = {
    Status.QUEUED: ("clock", "Waiting to be sent", ""),
    Status.SENDING: ("clock", "Being sent", ""),
    Status.UNCONFIRMED: ("warning", "Perhaps sent", "warning"),
    Status.SENT: ("check", "Sent", ""),
    Status.DELIVERED: ("check-double", "Delivered", ""),
    Status.READ: ("check-double", "Read", "accent"),
    Status.FAILED: ("danger", "Not sent", "danger"),
}
WRITERS: dict[str | None, str] = {Sender.BOT: "Automation", Sender.SYSTEM: "System", Sender.ELSEWHERE: "Another tool"}


class Found(NamedTuple):
    """A chat as inbox/lists.py finds it, in the order of its columns."""

    pk: UUID
    state: str
    priority: int
    platform: str
    waiting_since: datetime | None
    last_message_at: datetime | None
    window_expires_at: datetime | None
    identity: UUID
    name: str | None
    picture: str | None
    channel: str
    # Of the last message, if there is one.
    type: str | None
    direction: str | None
    sender: str | None
    status: str | None
    is_private: bool | None
    is_gone: bool | None
    text: str | None
    # Who holds the chat, and who wrote the message: what `somebody` reads.
    owner: str | None
    author: str | None
    unread: int
    draft: str | None
    mentioned: bool
    # Pairs of name and colour, as JSON.
    labels: str | None


class Ages(NamedTuple):
    """What of a row changes by itself, in words."""

    when: str
    waiting: str
    waiting_tone: str
    window: str


class RowLabel(NamedTuple):
    name: str
    colour: str


# No dataclass: fifty of those take the page a tenth of its time.
class Row(NamedTuple):
    pk: UUID
    name: str
    initials: str
    hue: str
    picture: str
    platform: str
    platform_name: str
    # Where open ones are among others: that it is not open.
    put_away: str
    put_away_icon: str
    channel: str
    # Its place in the list: the script sorts by it, the smallest first.
    order: str
    at_iso: str
    when: str
    writer: str
    icon: str
    text: str
    is_note: bool
    is_gone: bool
    state_icon: str
    state: str
    state_tone: str
    unread: int
    unread_shown: str
    mentioned: bool
    has_draft: bool
    # Its words, where nothing unread is more to the point.
    draft: str
    waiting: str
    waiting_iso: str
    waiting_tone: str
    window: str
    window_iso: str
    labels: tuple[RowLabel, ...]
    more_labels: str
    more_count: str
    priority: str
    priority_tone: str
    owner: str
    owner_initials: str
    owner_hue: str
    owner_picture: str

    def __getitem__(self, name: str) -> Any:  # type: ignore[override]
        """A template tries this first, and an attribute only after an exception. What it gets is escaped here: the way
        that it would do so itself asks of each text whether it is lazy, and takes half the time of a page."""
        value = getattr(self, name)
        return SafeString(escape(value)) if type(value) is str else value


def ages_of(found: Found, now: datetime) -> Ages:
    waiting, window = found.waiting_since, found.window_expires_at
    if not window or not now < window < now + SHORT:
        window = None
    if found.state == Chat.State.CLOSED:
        waiting = window = None
    return Ages(ago(found.last_message_at, now), ago(waiting, now), tone_of(waiting, now), left(window, now))


@lru_cache(maxsize=4096)
def row_of(found: Found, ages: Ages, reader: UUID, sort: str) -> Row:
    """`reader`: the agent whose list it is in. Remembered, as a list changes in few of its rows."""
    name = found.name or "Unknown"
    owner = somebody(found.owner) if found.owner else None
    labels = tuple(RowLabel(*label) for label in json.loads(found.labels or "[]"))
    state_icon, state, state_tone = last_state(found)
    return Row(
        pk=found.pk,
        name=name,
        initials=initials_of(name),
        hue=f"{found.identity.int & 15:x}",
        picture=picture_of(found.identity, found.picture),
        platform=PLATFORM_ICONS[found.platform],
        platform_name=PLATFORM_NAMES[found.platform],
        put_away=PUT_AWAY[found.state][0],
        put_away_icon=PUT_AWAY[found.state][1],
        channel=found.channel,
        order=str(order_of(found.last_message_at, found.waiting_since, sort)),
        at_iso=iso(found.last_message_at),
        when=ages.when,
        writer=writer_of(found, reader),
        icon="note" if found.is_private else KINDS.get(found.type, ""),
        text=words_of(found),
        is_note=bool(found.is_private),
        is_gone=bool(found.is_gone),
        state_icon=state_icon,
        state=state,
        state_tone=state_tone,
        unread=found.unread,
        unread_shown="99+" if found.unread > 99 else str(found.unread or ""),
        mentioned=found.mentioned,
        has_draft=found.draft is not None,
        draft="" if found.unread else " ".join(as_read(found.draft or "").split()),
        waiting=ages.waiting,
        waiting_iso=iso(found.waiting_since) if ages.waiting else "",
        waiting_tone=ages.waiting_tone,
        window=ages.window,
        window_iso=iso(found.window_expires_at) if ages.window else "",
        labels=labels[:LABELS],
        more_labels=", ".join(label.name for label in labels[LABELS:]),
        more_count=str(len(labels) - LABELS),
        priority=PRIORITIES[found.priority],
        priority_tone="danger" if found.priority == Chat.Priority.URGENT else "warning",
        owner=owner.name if owner else "",
        owner_initials=owner.initials if owner else "",
        owner_hue=owner.hue if owner else "",
        owner_picture=owner.picture if owner else "",
    )


PUT_AWAY = {"OPEN": ("", ""), "SNOOZED": ("Snoozed", "snooze"), "CLOSED": ("Closed", "check")}
PRIORITIES: dict[int, str] = {value: str(name) if value else "" for value, name in Chat.Priority.choices}


def picture_of(identity: UUID, name: str | None) -> str:
    """The name changes with the picture, and with it the address: a browser may keep what it has."""
    return f"{picture_address(identity)}?{name.rpartition('/')[2][:8]}" if name else ""


@lru_cache(maxsize=4096)
def picture_address(identity: UUID) -> str:
    return reverse("inbox:picture", args=[identity])


@lru_cache(maxsize=4096)
def initials_of(name: str) -> str:
    words = [word for word in name.split() if unicodedata.category(word[0])[0] == "L"]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))


def writer_of(found: Found, reader: UUID) -> str:
    """Before what is ours; the customer's own words need nobody's name."""
    if found.direction != Message.Direction.OUT:
        return ""
    if not found.author:
        return WRITERS.get(found.sender, "Us")
    author = somebody(found.author)
    return "You" if author.id == reader else author.first_name


def words_of(found: Found) -> str:
    kind = found.type
    if found.is_gone:
        return "Message deleted"
    if kind is None:
        return "No message yet"
    if kind == Type.UNSUPPORTED:
        return "Cannot be shown here"
    return found.text or TYPE_NAMES[kind]


def last_state(found: Found) -> tuple[str, str, str]:
    if found.direction != Message.Direction.OUT or found.is_private:
        return "", "", ""
    return STATES.get(found.status, ("", "", ""))


def iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def ago(moment: datetime | None, now: datetime) -> str:
    """The same words as in static/js/lib/ago.js, which keeps them true."""
    if moment is None:
        return ""
    seconds = int((now - moment).total_seconds())
    if seconds < 60:
        return "now"
    if seconds < 86400:
        return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"
    if seconds < 7 * 86400:
        return f"{seconds // 86400} d"
    return date_format(localtime(moment), "j M" if seconds < 300 * 86400 else "j M Y")


def left(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return ""
    minutes = max(int((moment - now).total_seconds()) // 60, 1)
    return f"{minutes // 60} h left" if minutes >= 60 else f"{minutes} min left"


def tone_of(since: datetime | None, now: datetime) -> str:
    if since is None or now - since < SOON:
        return ""
    return "danger" if now - since >= LATE else "warning"


# Later than any time there is, in microseconds: behind all who wait comes who does not.
BEHIND = 8_000_000_000_000_000


def order_of(at: datetime | None, waiting: datetime | None, sort: str) -> int:
    if sort == "waiting":
        return micros(waiting) if waiting else BEHIND - micros(at)
    return micros(at) if sort == "oldest" else -micros(at)


def micros(moment: datetime | None) -> int:
    return int(moment.timestamp() * 1_000_000) if moment else 0
