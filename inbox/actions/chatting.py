"""Chats of a batch: found or made, locked, and brought up to date once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from inbox.models import Chat, Identity, Message
from pages.models import Channel
from pages.webhooks.events import Person
from workspaces.ids import uuid7

# What Meta gives, from the customer's last word.
WINDOW = timedelta(hours=24)
# Whose words end the customer's waiting.
BY_HAND = {Message.Sender.AGENT, Message.Sender.ELSEWHERE}

# Greatest ignores what is empty: the order in which messages come makes no difference. The customer waits since the
# first word after our last; looked up among the messages, which are written before, in the span where it can be.
# What a blocked person writes is kept, but counts for nothing.
BRING_UP = """
UPDATE chats SET
  last_message_id = CASE WHEN chats.last_message_at IS NULL OR (new.last_at, new.last_id) >=
      (chats.last_message_at, COALESCE(chats.last_message_id, '00000000-0000-0000-0000-000000000000'))
    THEN new.last_id ELSE chats.last_message_id END,
  last_message_at = GREATEST(chats.last_message_at, new.last_at),
  last_incoming_at = GREATEST(chats.last_incoming_at, new.incoming_at),
  last_outgoing_at = GREATEST(chats.last_outgoing_at, new.outgoing_at),
  window_expires_at = GREATEST(chats.window_expires_at, new.window_until),
  answered_at = GREATEST(chats.answered_at, new.answered_at),
  waiting_since = CASE WHEN new.incoming_at IS NOT NULL AND new.incoming = 0 THEN chats.waiting_since ELSE (
    SELECT MIN(m.sent_at) FROM messages AS m WHERE m.chat_id = chats.id AND m.direction = 'IN'
      AND m.sent_at > COALESCE(GREATEST(chats.answered_at, new.answered_at), '-infinity')
      AND (new.answered_at IS NOT NULL OR chats.waiting_since IS NULL OR m.sent_at <= chats.waiting_since)
  ) END,
  unread_count = chats.unread_count + new.incoming,
  incoming_count = chats.incoming_count + new.incoming,
  state = CASE WHEN new.reopens THEN 'OPEN' ELSE chats.state END,
  snoozed_until = CASE WHEN new.reopens THEN NULL ELSE chats.snoozed_until END,
  updated_at = now()
FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
  %s::timestamptz[], %s::int[], %s::bool[])
  AS new(chat, last_id, last_at, incoming_at, outgoing_at, answered_at, window_until, incoming, reopens)
WHERE chats.id = new.chat
"""


def lock_chats(channel: Channel, identities: Iterable[Identity]) -> dict[UUID, Chat]:
    """By identity; made where this is the first word. In one order everywhere, against waiting in a circle."""
    faces = {identity.pk: identity for identity in identities}
    wanted = faces.keys()
    chats = _locked(channel, wanted)
    if missing := wanted - chats.keys():
        Chat.objects.bulk_create(
            [
                Chat(
                    id=uuid7(),
                    identity_id=identity,
                    channel=channel,
                    platform=channel.platform,
                    state=Chat.State.CLOSED if faces[identity].contact.blocked else Chat.State.OPEN,
                )
                for identity in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        chats = _locked(channel, wanted)
    return chats


def begun(chats: Iterable[Chat]) -> list[str]:
    """Whose chat has just been made: what was said of them before is waiting under these names."""
    new = [chat.identity for chat in chats if chat.last_message_at is None]
    return [about(id_) for identity in new for id_ in (identity.external_id, identity.phone) if id_]


def about_person(person: Person) -> str:
    return about(person.external_id or person.phone)


def about(person_id: str) -> str:
    return f"person:{person_id}"


def _locked(channel: Channel, identities: Iterable[UUID]) -> dict[UUID, Chat]:
    found = (
        Chat.objects.select_for_update(of=("self",))
        .select_related("identity")
        .filter(channel=channel, identity__in=identities)
        .order_by("id")
    )
    return {chat.identity_id: chat for chat in found}


class News:
    """What a batch of messages means for one chat."""

    def __init__(self) -> None:
        self.last: tuple[datetime, UUID] | None = None
        self.incoming_at: datetime | None = None
        self.outgoing_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.window_until: datetime | None = None
        self.incoming = 0
        self.reopens = False

    def add(self, message: Message, *, opens_window: bool = False, quiet: bool = False) -> None:
        self.last = max(self.last or (message.sent_at, message.pk), (message.sent_at, message.pk))
        if message.direction == Message.Direction.OUT:
            self.outgoing_at = max(self.outgoing_at or message.sent_at, message.sent_at)
            if message.sender in BY_HAND:
                self.answered_at = max(self.answered_at or message.sent_at, message.sent_at)
            return
        self.incoming_at = max(self.incoming_at or message.sent_at, message.sent_at)
        if not quiet:
            self.incoming += 1
            self.reopens = True
        if opens_window:
            self.open_window(message.sent_at)

    def open_window(self, at: datetime) -> None:
        self.window_until = max(self.window_until or at + WINDOW, at + WINDOW)


def bring_up_to_date(news: dict[UUID, News]) -> None:
    rows = [
        (
            chat,
            one.last[1] if one.last else None,
            one.last[0] if one.last else None,
            one.incoming_at,
            one.outgoing_at,
            one.answered_at,
            one.window_until,
            one.incoming,
            one.reopens,
        )
        for chat, one in news.items()
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(BRING_UP, [list(column) for column in zip(*rows, strict=True)])
