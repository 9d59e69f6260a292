"""A chat as its thread shows it: messages and what happened between them, by time, in windows of one size."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from agents.models import Agent
from inbox.models import Attachment, Chat, ChatRead, Message
from workspaces.paging import read_key

SIZE = 50
# Within which one who writes on is not named again.
JOINED = timedelta(minutes=5)
# What a script may ask for by id in one go.
MOST_IDS = 200
# Of a file, what is drawn.
FILE = ["id", "kind", "state", "name", "mime_type", "size", "error"]
HAPPENINGS = """
WITH span AS (SELECT COALESCE(%(start)s::timestamptz, '-infinity') AS start, %(begun)s::timestamptz AS begun,
  COALESCE(%(end)s::timestamptz, 'infinity') AS until)
SELECT told.*, u.first_name, u.last_name FROM (
  SELECT e.id, e.at, e.kind, e.data::text, e.by_id FROM span, chat_events AS e
  WHERE e.chat_id = %(chat)s AND e.at >= span.start AND e.at < span.until
  UNION ALL
  SELECT s.id, s.changed_at, s.changed_to, json_build_object('note', s.note, 'channel', c.name)::text, s.changed_by_id
  FROM span, channel_status_logs AS s JOIN channels AS c ON c.id = s.channel_id
  WHERE s.channel_id = %(channel)s AND s.changed_at >= span.begun AND s.changed_at < span.until
  ORDER BY 2 DESC, 1 DESC LIMIT %(most)s
) AS told LEFT JOIN agents AS a ON a.id = told.by_id LEFT JOIN users AS u ON u.id = a.user_id
"""

Key = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Happening:
    """What is told between the messages. `kind`: ChatEvent.Kind, or ChannelStatusLog.Status of its channel."""

    pk: UUID
    at: datetime
    kind: str
    data: dict[str, Any]
    by: UUID | None
    by_name: str

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


@dataclass(slots=True)
class Entry:
    item: Message | Happening
    starts_day: bool = False
    # The first that this agent has not seen.
    starts_new: bool = False
    # By whom the one before is, moments ago.
    joined: bool = False
    # What the link asked for.
    hit: bool = False

    @property
    def is_message(self) -> bool:
        return isinstance(self.item, Message)

    @property
    def at(self) -> datetime:
        return self.item.sent_at if isinstance(self.item, Message) else self.item.at

    @property
    def day(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def iso(self) -> str:
        return timezone.localtime(self.at).isoformat(timespec="seconds")

    @property
    def order(self) -> Key:
        return self.at, self.item.pk

    @property
    def micros(self) -> int:
        """For who sorts in the browser."""
        return int(self.at.timestamp()) * 1_000_000 + self.at.microsecond

    @property
    def key(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat()}_{self.item.pk}"

    @property
    def sender(self) -> str:
        """Whose it is: equal where two messages are by one."""
        message = self.item
        if not isinstance(message, Message) or message.type == Message.Type.SYSTEM:
            return ""
        return f"{message.sender}:{message.author_id or ''}:{'note' if message.is_private else ''}"


@dataclass(frozen=True)
class Window:
    """`earlier`, `later`: the keys of what lies beyond, empty where nothing does."""

    entries: list[Entry]
    earlier: str = ""
    later: str = ""
    # Where "new" begins, if that is before the first entry.
    unread_from: str = ""


def with_reading(chats: QuerySet[Chat], agent: Agent) -> QuerySet[Chat]:
    """How far this agent had read, as `seen_until` and `seen_count`; None where he never opened it."""
    reads = ChatRead.objects.filter(chat=OuterRef("pk"), agent=agent)
    return chats.annotate(
        seen_until=Subquery(reads.values("seen_until"), DateTimeField()),
        seen_count=Subquery(reads.values("incoming_seen")),
    )


def window_of(chat: Chat, query: Mapping[str, str]) -> Window:
    """`before`, `after`: keys; `around`: a message's id; `date`: a day. Nonsense is the newest."""
    if before := read_key(query.get("before", "")):
        return before_key(chat, before)
    if after := read_key(query.get("after", "")):
        return after_key(chat, after)
    if (message := _asked(chat, query.get("around", ""))) is not None:
        return around(chat, (message.sent_at, message.pk), hit=message.pk)
    if day := _day(query.get("date", "")):
        return around(chat, (day, UUID(int=0)), before=5)
    return latest(chat)


def latest(chat: Chat) -> Window:
    found = list(_newest_first(chat)[: SIZE + 1])
    messages = found[:SIZE][::-1]
    earlier = len(found) > SIZE
    return _window(chat, messages, start=messages[0].sent_at if earlier else None, earlier=earlier)


def before_key(chat: Chat, key: Key) -> Window:
    found = list(_newest_first(chat).filter(_beyond("lt", key))[: SIZE + 1])
    messages = found[:SIZE][::-1]
    earlier = len(found) > SIZE
    start = messages[0].sent_at if earlier else None
    return _window(chat, messages, start=start, end=key[0], earlier=earlier, later=True)


def after_key(chat: Chat, key: Key) -> Window:
    found = list(shown(chat).filter(_beyond("gt", key)).order_by("sent_at", "id")[: SIZE + 1])
    end = found[SIZE].sent_at if len(found) > SIZE else None
    return _window(chat, found[:SIZE], start=key[0], end=end, earlier=True, later=end is not None)


def around(chat: Chat, key: Key, *, hit: UUID | None = None, before: int = SIZE // 2) -> Window:
    older = list(_newest_first(chat).filter(_beyond("lt", key))[: before + 1])
    newer = list(shown(chat).filter(_from(key)).order_by("sent_at", "id")[: SIZE - before + 1])
    end = newer.pop().sent_at if len(newer) > SIZE - before else None
    earlier = len(older) > before
    messages = [*older[:before][::-1], *newer]
    start = messages[0].sent_at if earlier else None
    return _window(chat, messages, start=start, end=end, earlier=earlier, later=end is not None, hit=hit)


def these(chat: Chat, ids: Iterable[str], after: str = "") -> Window:
    """Those that have changed, and what came behind `after`."""
    wanted = [pk for pk in map(_uuid, list(ids)[:MOST_IDS]) if pk]
    key = read_key(after)
    found = {message.pk: message for message in shown(chat).filter(pk__in=wanted)} if wanted else {}
    if not key:
        return Window(arranged(chat, found.values(), []))
    behind = after_key(chat, key)
    rest = [entry.item for entry in behind.entries if entry.item.pk not in found]
    messages = [*found.values(), *(item for item in rest if isinstance(item, Message))]
    happenings = [item for item in rest if isinstance(item, Happening)]
    return Window(arranged(chat, messages, happenings), later=behind.later)


def shown(chat: Chat) -> QuerySet[Message]:
    """With all that is drawn of them, their files as `files_shown`: one query."""
    files = Attachment.objects.filter(message=OuterRef("pk")).order_by("position", "id")
    messages = Message.objects.filter(chat=chat).select_related("author__user__profile", "reply_to__author__user")
    return messages.annotate(files_shown=ArraySubquery(files.values(made=JSONObject(**{name: name for name in FILE}))))


def files_of(message: Message) -> list[Attachment]:
    """Of a message that `shown` gave."""
    rows: list[dict[str, Any]] = message.files_shown  # type: ignore[attr-defined]
    return [Attachment(**{**row, "id": UUID(row["id"])}) for row in rows]


def _newest_first(chat: Chat) -> QuerySet[Message]:
    return shown(chat).order_by("-sent_at", "-id")


def _beyond(side: str, key: Key) -> Q:
    moment, pk = key
    return Q(**{f"sent_at__{side}e": moment}) & (Q(**{f"sent_at__{side}": moment}) | Q(**{f"id__{side}": pk}))


def _from(key: Key) -> Q:
    return Q(sent_at__gte=key[0]) & (Q(sent_at__gt=key[0]) | Q(id__gte=key[1]))


def _window(
    chat: Chat,
    messages: list[Message],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    earlier: bool = False,
    later: bool = False,
    hit: UUID | None = None,
) -> Window:
    """`start`, `end`: between which times it tells what happened; None: from, or until, ever."""
    entries = arranged(chat, messages, happenings(chat, messages, start, end), hit=hit)
    of_messages = [entry for entry in entries if entry.is_message]
    first, last = (of_messages[0], of_messages[-1]) if of_messages else (None, None)
    return Window(
        entries,
        earlier=first.key if first and earlier else "",
        later=last.key if last and later else "",
        unread_from=_unread_before(chat, messages) if earlier else "",
    )


def arranged(
    chat: Chat, messages: Iterable[Message], happened: Iterable[Happening], *, hit: UUID | None = None
) -> list[Entry]:
    """In order, with what the one before makes of each."""
    items: list[Message | Happening] = [*messages, *happened]
    entries = sorted(map(Entry, items), key=lambda entry: entry.order)
    new = first_new(chat, [entry.item for entry in entries if isinstance(entry.item, Message)])
    before: Entry | None = None
    for entry in entries:
        entry.starts_day = before is None or before.day != entry.day
        entry.starts_new = new is not None and entry.item.pk == new.pk
        entry.hit = entry.item.pk == hit
        entry.joined = (
            before is not None
            and bool(entry.sender)
            and before.sender == entry.sender
            and not (entry.starts_day or entry.starts_new)
            and entry.at - before.at < JOINED
        )
        before = entry
    return entries


def first_new(chat: Chat, messages: list[Message]) -> Message | None:
    """The first that the agent has not seen; he who has never been here has no place to go on from."""
    until, count = getattr(chat, "seen_until", None), getattr(chat, "seen_count", None)
    if count is None or chat.incoming_count <= count:
        return None
    incoming = [message for message in messages if message.direction == Message.Direction.IN]
    new = [message for message in incoming if until is None or message.sent_at > until]
    # Marked as unread by hand: the last ones.
    new = new or incoming[-(chat.incoming_count - count) :]
    return new[0] if new else None


def _unread_before(chat: Chat, messages: list[Message]) -> str:
    """The first unread message, where the window begins behind it."""
    until, count = getattr(chat, "seen_until", None), getattr(chat, "seen_count", None)
    if not messages or until is None or count is None or chat.incoming_count <= count:
        return ""
    if messages[0].sent_at <= until:
        return ""
    unread = Message.objects.filter(chat=chat, direction=Message.Direction.IN, sent_at__gt=until)
    first = unread.order_by("sent_at", "id").first()
    return str(first.pk) if first and first.sent_at < messages[0].sent_at else ""


def happenings(chat: Chat, messages: list[Message], start: datetime | None, end: datetime | None) -> list[Happening]:
    """What was done to the chat, and to its channel as long as the chat has been there; one query for both."""
    begun = start or (messages[0].sent_at if messages else None)
    values = {"chat": chat.pk, "channel": chat.channel_id, "start": start, "begun": begun, "end": end, "most": 2 * SIZE}
    with connection.cursor() as cursor:
        cursor.execute(HAPPENINGS, values)
        return [
            Happening(pk, at, kind, json.loads(data), by, f"{first or ''} {last or ''}".strip())
            for pk, at, kind, data, by, first, last in cursor.fetchall()
        ]


def _asked(chat: Chat, text: str) -> Message | None:
    pk = _uuid(text)
    return Message.objects.filter(chat=chat, pk=pk).only("id", "sent_at").first() if pk else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> datetime | None:
    """Its beginning, where the agent is."""
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), time.min)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
