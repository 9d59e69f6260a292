"""A chat as its thread shows it: messages and what happened between them, by time, in windows of one size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from inbox.bubbles import Bubble, Entry, Happening, bubbles_of, customer_of, day_said, happenings_of, key_of
from inbox.models import Chat, Message
from workspaces.paging import read_key

SIZE = 50
# Within which one who writes on is not named again.
JOINED = timedelta(minutes=5)
# What a script may ask for by id in one go.
MOST_IDS = 200
# One statement for all that a window shows: the ORM would take longer to put it into words than the database to answer.
# Of either side one message more is read than is shown, which tells that there are others.
WINDOW = """
WITH older AS (
  SELECT id, sent_at FROM messages WHERE chat_id = %(chat)s AND (sent_at, id) < (%(at)s::timestamptz, %(pk)s)
  ORDER BY sent_at DESC, id DESC LIMIT %(older)s
), newer AS (
  SELECT id, sent_at FROM messages WHERE chat_id = %(chat)s AND (sent_at, id) {beyond} (%(at)s::timestamptz, %(pk)s)
  ORDER BY sent_at, id LIMIT %(newer)s
), found AS (
  SELECT * FROM older UNION ALL SELECT * FROM newer UNION
  SELECT id, sent_at FROM messages WHERE chat_id = %(chat)s AND id = ANY(%(named)s)
), span AS (
  SELECT COALESCE(%(start)s, (SELECT min(sent_at) FROM older HAVING count(*) = %(older)s), '-infinity') AS start,
    COALESCE(%(start)s, (SELECT min(sent_at) FROM found)) AS begun,
    COALESCE(%(until)s, (SELECT max(sent_at) FROM newer HAVING count(*) = %(newer)s), 'infinity') AS until
)
SELECT ARRAY(SELECT row_to_json(told)::text FROM ({messages}) AS told),
  ARRAY(SELECT json_build_array(told.id, told.at, told.kind, told.data, told.by_id, u.first_name, u.last_name)::text
    FROM ({happenings}) AS told LEFT JOIN agents AS a ON a.id = told.by_id LEFT JOIN users AS u ON u.id = a.user_id)
"""
MESSAGES = """
SELECT m.id, m.direction, m.sender, m.type, m.text, m.payload::text, m.reactions::text, m.earlier_texts::text,
  m.reply_to_external_id, m.external_id, m.client_id, m.is_private, m.is_gif, m.status, m.error, m.error_code,
  m.sent_at, m.delivered_at, m.read_at, m.edited_at, m.deleted_at,
  CASE WHEN a.id IS NOT NULL THEN json_build_array(a.id, u.id, u.first_name, u.last_name, u.email, p.avatar) END
    AS author,
  CASE WHEN q.id IS NOT NULL THEN json_build_object('id', q.id, 'sender', q.sender, 'type', q.type,
    'text', left(q.text, 300), 'deleted_at', q.deleted_at, 'author', CASE WHEN qa.id IS NOT NULL
      THEN json_build_array(qa.id, qu.id, qu.first_name, qu.last_name, qu.email, NULL) END) END AS quote,
  (SELECT json_agg(json_build_object('pk', f.id, 'kind', f.kind, 'state', f.state, 'name', f.name,
    'mime_type', f.mime_type, 'size', f.size, 'error', f.error) ORDER BY f.position, f.id)
    FROM attachments AS f WHERE f.message_id = m.id) AS files
FROM found JOIN messages AS m ON m.id = found.id
  LEFT JOIN agents AS a ON a.id = m.author_id LEFT JOIN users AS u ON u.id = a.user_id
  LEFT JOIN user_profiles AS p ON p.user_id = u.id
  LEFT JOIN messages AS q ON q.id = m.reply_to_id LEFT JOIN agents AS qa ON qa.id = q.author_id
  LEFT JOIN users AS qu ON qu.id = qa.user_id
ORDER BY m.sent_at, m.id
"""
# What was done to the chat, and to its channel as long as the chat has been there.
HAPPENINGS = """
SELECT e.id, e.at, e.kind, e.data::text AS data, e.by_id FROM span, chat_events AS e
WHERE e.chat_id = %(chat)s AND e.at >= span.start AND e.at < span.until
UNION ALL
SELECT s.id, s.changed_at, s.changed_to, json_build_object('note', s.note, 'channel', c.name)::text, s.changed_by_id
FROM span, channel_status_logs AS s JOIN channels AS c ON c.id = s.channel_id
WHERE s.channel_id = %(channel)s AND s.changed_at >= span.begun AND s.changed_at < span.until
ORDER BY 2 DESC, 1 DESC LIMIT %(most)s
"""
FROM_KEY, BEHIND_KEY = (WINDOW.format(beyond=sign, messages=MESSAGES, happenings=HAPPENINGS) for sign in (">=", ">"))

Key = tuple[datetime, UUID]
# Behind all there are.
NEWEST = ("infinity", UUID(int=2**128 - 1))


@dataclass(frozen=True)
class Window:
    """`earlier`, `later`: the keys of what lies beyond, empty where nothing does."""

    entries: list[Entry]
    earlier: str = ""
    later: str = ""
    # Where "new" begins, if that is before the first entry.
    unread_from: str = ""


class Read(NamedTuple):
    messages: list[Bubble]
    happenings: list[Happening]


def read(
    chat: Chat,
    key: Key | tuple[str, UUID] = NEWEST,
    *,
    older: int = 0,
    newer: int = 0,
    named: Iterable[UUID] = (),
    start: datetime | None = None,
    until: datetime | str | None = None,
    with_key: bool = False,
) -> Read:
    """So many before and behind a key, in order. `start`, `until`: between which times it is told what happened; None:
    as far as the messages go, or from, or until, ever."""
    values: dict[str, Any] = {"chat": chat.pk, "channel": chat.channel_id, "at": key[0], "pk": key[1]}
    values |= {"older": older, "newer": newer, "named": list(named)}
    values |= {"start": start, "until": until, "most": 2 * SIZE}
    with connection.cursor() as cursor:
        cursor.execute(FROM_KEY if with_key else BEHIND_KEY, values)
        messages, happenings = cursor.fetchone()
    return Read(bubbles_of(messages, customer_of(chat)), happenings_of(happenings))


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
    return _back_from(chat, read(chat, older=SIZE + 1))


def before_key(chat: Chat, key: Key) -> Window:
    return _back_from(chat, read(chat, key, older=SIZE + 1, until=key[0]), later=True)


def _back_from(chat: Chat, found: Read, *, later: bool = False) -> Window:
    messages, earlier = found.messages[-SIZE:], len(found.messages) > SIZE
    happenings = since(messages, found) if earlier else found.happenings
    return _window(chat, messages, happenings, earlier=earlier, later=later)


def after_key(chat: Chat, key: Key) -> Window:
    found = read(chat, key, newer=SIZE + 1, start=key[0])
    later = len(found.messages) > SIZE
    return _window(chat, found.messages[:SIZE], found.happenings, earlier=True, later=later)


def around(chat: Chat, key: Key, *, hit: UUID | None = None, before: int = SIZE // 2) -> Window:
    found = read(chat, key, older=before + 1, newer=SIZE - before + 1, with_key=True)
    newer = [message for message in found.messages if (message.sent_at, message.pk) >= key]
    older = found.messages[: len(found.messages) - len(newer)]
    earlier, later = len(older) > before, len(newer) > SIZE - before
    messages = [*older[-before:], *newer[: SIZE - before]]
    happenings = since(messages, found) if earlier else found.happenings
    return _window(chat, messages, happenings, earlier=earlier, later=later, hit=hit)


def since(messages: list[Bubble], found: Read) -> list[Happening]:
    """What was before the first that is shown is told where its own messages are."""
    return [one for one in found.happenings if one.at >= messages[0].sent_at]


def these(chat: Chat, ids: Iterable[str], after: str = "") -> Window:
    """Those that have changed, and what came behind `after`."""
    named = [pk for pk in map(_uuid, list(ids)[:MOST_IDS]) if pk]
    key = read_key(after)
    if not key:
        return Window(arranged(chat, read(chat, named=named, until="-infinity").messages if named else [], []))
    found = read(chat, key, newer=SIZE + 1, named=named, start=key[0])
    behind = [message for message in found.messages if (message.sent_at, message.pk) > key]
    beyond = {message.pk for message in behind[SIZE:]}.difference(named)
    messages = [message for message in found.messages if message.pk not in beyond]
    later = key_of(behind[SIZE - 1]) if len(behind) > SIZE else ""
    return Window(arranged(chat, messages, found.happenings), later=later)


def _window(
    chat: Chat,
    messages: list[Bubble],
    happenings: Iterable[Happening],
    *,
    earlier: bool = False,
    later: bool = False,
    hit: UUID | None = None,
) -> Window:
    return Window(
        arranged(chat, messages, happenings, hit=hit),
        earlier=key_of(messages[0]) if messages and earlier else "",
        later=key_of(messages[-1]) if messages and later else "",
        unread_from=_unread_before(chat, messages) if earlier else "",
    )


def arranged(
    chat: Chat, messages: Iterable[Bubble], happened: Iterable[Happening], *, hit: UUID | None = None
) -> list[Entry]:
    """In order, with what the one before makes of each."""
    items: list[Bubble | Happening] = [*messages, *happened]
    items.sort(key=lambda item: (item.at, item.pk))
    new, today = first_new(chat, [item for item in items if isinstance(item, Bubble)]), timezone.localdate()
    days = {item.pk: timezone.localtime(item.at).date() for item in items}
    names = {day: day_said(day, today) for day in set(days.values())}
    entries: list[Entry] = []
    for item in items:
        before, day = entries[-1] if entries else None, days[item.pk]
        starts_day, starts_new = before is None or before.day != day, item is new
        joined = before is not None and not (starts_day or starts_new) and joins(item, before.item)
        entries.append(Entry(item, day, names[day], today, starts_day, starts_new, joined, hit=item.pk == hit))
    return entries


def joins(item: Bubble | Happening, before: Bubble | Happening) -> bool:
    """One who writes on is not named again."""
    if not (isinstance(item, Bubble) and isinstance(before, Bubble) and item.written_by):
        return False
    return before.written_by == item.written_by and item.at - before.at < JOINED


def first_new(chat: Chat, messages: list[Bubble]) -> Bubble | None:
    """The first that the agent has not seen; he who has never been here has no place to go on from."""
    until, count = getattr(chat, "seen_until", None), getattr(chat, "seen_count", None)
    if count is None or chat.incoming_count <= count:
        return None
    incoming = [message for message in messages if message.direction == Message.Direction.IN]
    new = [message for message in incoming if until is None or message.sent_at > until]
    # Marked as unread by hand: the last ones.
    new = new or incoming[-(chat.incoming_count - count) :]
    return new[0] if new else None


def _unread_before(chat: Chat, messages: list[Bubble]) -> str:
    """The first unread message, where the window begins behind it."""
    until, count = getattr(chat, "seen_until", None), getattr(chat, "seen_count", None)
    if not messages or until is None or count is None or chat.incoming_count <= count:
        return ""
    if messages[0].sent_at <= until:
        return ""
    unread = Message.objects.filter(chat=chat, direction=Message.Direction.IN, sent_at__gt=until)
    first = unread.order_by("sent_at", "id").first()
    return str(first.pk) if first and first.sent_at < messages[0].sent_at else ""


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
