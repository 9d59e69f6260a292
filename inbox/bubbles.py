"""What a thread draws: messages, and what happened between them. Plain values that cannot change, so that what is
written of them is written once (workspaces/templatetags/once.py)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from inbox.models import Chat, Message
from inbox.rows import initials_of, picture_of

Type, Sender = Message.Type, Message.Sender


@dataclass(frozen=True, slots=True)
class Face:
    """`hue`: the last digit of an id, as avatar.css has them."""

    hue: str
    initials: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """Who writes, and where."""

    name: str
    face: Face
    platform: str


@dataclass(frozen=True, slots=True)
class File:
    pk: UUID
    kind: str
    state: str
    name: str
    mime_type: str
    size: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Quote:
    pk: UUID
    who: str
    type: str
    text: str
    deleted_at: str | None


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message. What is JSON in the database is text here: a dict could change."""

    pk: UUID
    customer: Customer
    who: str
    # Nobody's, where a machine has written.
    face: Face | None
    author: str
    direction: str
    sender: str
    type: str
    text: str
    payload_json: str
    reactions_json: str
    earlier_json: str
    files: tuple[File, ...]
    quote: Quote | None
    # Of something that we do not have.
    quotes_unknown: bool
    external_id: str
    client_id: str
    is_private: bool
    is_gif: bool
    status: str
    error: str
    error_code: str
    sent_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None

    @property
    def at(self) -> datetime:
        return self.sent_at

    @property
    def payload(self) -> dict[str, Any]:
        found = json.loads(self.payload_json)
        return found if isinstance(found, dict) else {}

    @property
    def reactions(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.reactions_json)
        return found

    @property
    def earlier_texts(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.earlier_json)
        return found

    @property
    def is_only_text(self) -> bool:
        plain = self.type == Type.TEXT and self.text and self.payload_json == "{}" and not self.files
        return bool(plain and not (self.quote or self.quotes_unknown or self.edited_at or self.deleted_at))

    @property
    def is_for_customer(self) -> bool:
        return self.direction == Message.Direction.OUT and not self.is_private

    @property
    def may_react(self) -> bool:
        return bool(self.external_id and not self.deleted_at and not self.is_private)

    @property
    def is_quotable(self) -> bool:
        """As `Message.is_quotable` says it."""
        return self.may_react and ":" not in self.external_id and self.type != Type.SYSTEM

    @property
    def status_said(self) -> str:
        return str(Message.Status(self.status).label)

    @property
    def written_by(self) -> str:
        """Equal where two messages are by one."""
        if self.type == Type.SYSTEM:
            return ""
        return f"{self.sender}:{self.author}:{'note' if self.is_private else ''}"

    @property
    def version(self) -> str:
        """Of what stands in the bubble: a player goes on playing while only the state below it changes."""
        files = "".join(file.state[:2] for file in self.files)
        edited = self.edited_at.timestamp() if self.edited_at else ""
        quoted = self.quote.pk if self.quote else ""
        return f"{edited}{'x' if self.deleted_at else ''}{files}{quoted}{len(self.text)}"


@dataclass(frozen=True, slots=True)
class Happening:
    """What is told between the messages. `kind`: ChatEvent.Kind, or ChannelStatusLog.Status of its channel."""

    pk: UUID
    at: datetime
    kind: str
    data_json: str
    by: UUID | None
    by_name: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.data_json)
        return found

    @property
    def until(self) -> datetime | None:
        stamp = self.data.get("stamp")
        return datetime.fromisoformat(stamp) if stamp else None

    @property
    def is_own(self) -> bool:
        """Taken, not given."""
        return self.by is not None and self.data.get("to_id") == str(self.by) and not self.data.get("turn")

    @property
    def team(self) -> str:
        """The position among which it was dealt."""
        turn = self.data.get("turn") or {}
        of_position = str(turn.get("cursor") or "").startswith("position:")
        return str((turn.get("pool") if of_position else self.data.get("team")) or "")


@dataclass(frozen=True, slots=True)
class Entry:
    item: Bubble | Happening
    # Where it is read; what "today" is there: yesterday it was said in other words.
    day: date
    day_name: str
    today: date
    starts_day: bool = False
    # The first that this agent has not seen.
    starts_new: bool = False
    # By whom the one before is, moments ago.
    joined: bool = False
    # What the link asked for.
    hit: bool = False

    @property
    def is_message(self) -> bool:
        return isinstance(self.item, Bubble)

    @property
    def iso(self) -> str:
        return timezone.localtime(self.item.at).isoformat(timespec="seconds")

    @property
    def micros(self) -> int:
        """For who sorts in the browser."""
        return int(self.item.at.timestamp()) * 1_000_000 + self.item.at.microsecond

    @property
    def key(self) -> str:
        return key_of(self.item)


def day_said(day: date, today: date) -> str:
    if (ago := (today - day).days) in (0, 1):
        return ("Today", "Yesterday")[ago]
    return f"{date_format(day, 'l')}, {date_format(day)}"


def key_of(item: Bubble | Happening) -> str:
    """Of the place in a thread; times come in UTC."""
    return f"{item.at.isoformat()}_{item.pk}"


def customer_of(chat: Chat) -> Customer:
    identity = chat.identity
    name = identity.shown_name
    picture = picture_of(identity.pk, identity.picture.name)
    return Customer(name, Face(str(identity.pk)[-1], initials_of(name), picture), chat.get_platform_display())


def bubbles_of(rows: Iterable[str], customer: Customer) -> list[Bubble]:
    return [bubble_of(json.loads(row), customer) for row in rows]


def bubble_of(row: dict[str, Any], customer: Customer) -> Bubble:
    sender, author = row["sender"], Author(*row["author"]) if row["author"] else None
    return Bubble(
        pk=UUID(row["id"]),
        customer=customer,
        who=who_wrote(sender, author, customer),
        face=customer.face if sender == Sender.CONTACT else author.face if author else None,
        author=author.id if author else "",
        direction=row["direction"],
        sender=sender,
        type=row["type"],
        text=row["text"],
        payload_json=row["payload"],
        reactions_json=row["reactions"],
        earlier_json=row["earlier_texts"],
        files=tuple(File(**file | {"pk": UUID(file["pk"])}) for file in row["files"] or ()),
        quote=quote_of(row["quote"], customer) if row["quote"] else None,
        quotes_unknown=bool(row["reply_to_external_id"] and not row["quote"]),
        external_id=row["external_id"] or "",
        client_id=row["client_id"] or "",
        is_private=row["is_private"],
        is_gif=row["is_gif"],
        status=row["status"],
        error=row["error"],
        error_code=row["error_code"],
        sent_at=datetime.fromisoformat(row["sent_at"]),
        delivered_at=moment_of(row["delivered_at"]),
        read_at=moment_of(row["read_at"]),
        edited_at=moment_of(row["edited_at"]),
        deleted_at=moment_of(row["deleted_at"]),
    )


def moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class Author(NamedTuple):
    """As the statement tells of an agent."""

    id: str
    user: str
    first_name: str
    last_name: str
    email: str
    avatar: str | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def face(self) -> Face:
        picture = reverse("avatar", args=[PurePosixPath(self.avatar).name]) if self.avatar else ""
        return Face(self.user[-1], self.first_name[:1] + self.last_name[:1], picture)


def quote_of(row: dict[str, Any], customer: Customer) -> Quote:
    author = Author(*row["author"]) if row["author"] else None
    who = who_wrote(row["sender"], author, customer)
    return Quote(UUID(row["id"]), who, row["type"], row["text"], row["deleted_at"])


def who_wrote(sender: str, author: Author | None, customer: Customer) -> str:
    if sender == Sender.CONTACT:
        return customer.name
    if sender == Sender.AGENT:
        return author.name if author else "A former agent"
    return str(Sender(sender).label)


def happenings_of(rows: Iterable[str]) -> list[Happening]:
    return [happening_of(*json.loads(row)) for row in rows]


def happening_of(
    pk: str, at: str, kind: str, data: str, by: str | None, first_name: str | None, last_name: str | None
) -> Happening:
    name = f"{first_name or ''} {last_name or ''}".strip()
    return Happening(UUID(pk), datetime.fromisoformat(at), kind, data, UUID(by) if by else None, name)
