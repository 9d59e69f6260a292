"""The outbox's statements: a message is claimed in one of them and settled in another, each guarded by the lease."""

import threading
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

# Longer than a call to Meta may take; a file is uploaded first.
LEASE = timedelta(seconds=90)
FILE_LEASE = timedelta(minutes=5)
HELD = "It waits until the channel works again."

CLAIM = """
UPDATE messages AS m SET status = 'SENDING', attempts = m.attempts + 1, lease_until =
  clock_timestamp() + CASE WHEN m.type IN ('TEXT', 'TEMPLATE') THEN %(lease)s ELSE %(file_lease)s END
FROM chats AS c
JOIN identities AS i ON i.id = c.identity_id
JOIN contacts AS k ON k.id = i.contact_id
JOIN channels AS ch ON ch.id = c.channel_id
WHERE c.id = %(chat)s
  AND m.id = (SELECT u.id FROM messages AS u
              WHERE u.chat_id = %(chat)s AND u.status IN ('QUEUED', 'SENDING') ORDER BY u.id LIMIT 1)
  AND m.status = 'QUEUED'
  AND (m.not_before IS NULL OR m.not_before <= clock_timestamp())
  AND NOT EXISTS (SELECT 1 FROM messages AS s WHERE s.chat_id = %(chat)s AND s.status = 'SENDING')
  AND ch.is_active AND ch.connection_status = 'CONNECTED'
  AND (ch.held_until IS NULL OR ch.held_until <= clock_timestamp())
RETURNING m.id, m.chat_id, m.type, m.text, m.payload, m.sender, m.attempts, m.lease_until, m.created_at,
  COALESCE((SELECT r.external_id FROM messages AS r WHERE r.id = m.reply_to_id), m.reply_to_external_id),
  ch.id, ch.updated_at, ch.last_sent_at, ch.platform, ch.metadata, COALESCE(i.external_id, ''), COALESCE(i.phone, ''),
  k.blocked, c.window_expires_at, c.assigned_to_id
"""

# Why nothing could be claimed: how the oldest stands, and its channel.
OLDEST = """
SELECT m.id, EXTRACT(EPOCH FROM GREATEST(m.not_before, ch.held_until) - clock_timestamp())::float8,
  ch.is_active AND ch.connection_status = 'CONNECTED',
  (SELECT EXTRACT(EPOCH FROM s.lease_until - clock_timestamp())::float8 FROM messages AS s
   WHERE s.chat_id = m.chat_id AND s.status = 'SENDING')
FROM messages AS m JOIN channels AS ch ON ch.id = m.channel_id
WHERE m.chat_id = %(chat)s AND m.status IN ('QUEUED', 'SENDING') ORDER BY m.id LIMIT 1
"""

MORE = """
RETURNING EXISTS (SELECT 1 FROM messages AS w WHERE w.chat_id = m.chat_id AND w.status = 'QUEUED' AND w.id <> m.id)
"""

# An echo or a status may have been faster than Meta's answer: what it said stays.
SENT = (
    """
UPDATE messages AS m SET
  status = CASE WHEN m.status IN ('SENDING', 'UNCONFIRMED') THEN 'SENT' ELSE m.status END,
  external_id = COALESCE(m.external_id, %(external_id)s::text), payload = m.payload || %(payload)s::jsonb,
  error = CASE WHEN m.status = 'FAILED' THEN m.error ELSE '' END,
  error_code = CASE WHEN m.status = 'FAILED' THEN m.error_code ELSE '' END,
  lease_until = NULL, not_before = NULL
WHERE m.id = %(id)s AND m.status <> 'QUEUED'
  AND (m.lease_until = %(lease)s OR m.external_id = %(external_id)s::text)
"""
    + MORE
)

SETTLED = (
    """
UPDATE messages AS m SET status = %(status)s::text, error = %(error)s::text, error_code = %(code)s::text,
  not_before = %(not_before)s::timestamptz,
  attempts = m.attempts - %(uncounted)s::int,
  lease_until = CASE WHEN %(status)s::text = 'UNCONFIRMED' THEN m.lease_until END
WHERE m.id = %(id)s AND m.lease_until = %(lease)s::timestamptz AND m.status = 'SENDING'
"""
    + MORE
)

DEAD = """
UPDATE messages SET status = 'UNCONFIRMED', error = %(error)s
WHERE chat_id = %(chat)s AND status = 'SENDING' AND lease_until <= clock_timestamp()
"""

HOLD = "UPDATE messages SET error = %(error)s WHERE id = %(id)s AND status = 'QUEUED' AND error <> %(error)s"

# When a channel last spoke; not with each message, as all its workers would wait for the one row.
SPOKE = """
UPDATE channels SET last_sent_at = clock_timestamp()
WHERE id = %(channel)s AND (last_sent_at IS NULL OR last_sent_at < clock_timestamp() - %(exact_to)s)
"""
EXACT_TO = timedelta(minutes=1)

PERHAPS = "It was being sent when the connection to Meta was lost. It may have arrived."


_of_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker alone is sending, with all that sending it takes."""

    id: UUID
    chat_id: UUID
    type: str
    text: str
    payload: dict[str, Any]
    sender: str
    attempts: int
    lease_until: datetime
    created_at: datetime
    reply_to: str
    channel_id: UUID
    channel_updated_at: datetime
    channel_sent_at: datetime | None
    platform: str
    metadata: dict[str, Any]
    external_id: str
    phone: str
    blocked: bool
    window_expires_at: datetime | None
    assigned_to: UUID | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The oldest unsettled message of a chat, that nobody may send now."""

    id: UUID
    due_in: float | None
    channel_works: bool
    # Of the one that is being sent: itself, or a later one where this was sent anew by hand.
    lease_left: float | None


def claim_next(chat_id: UUID) -> Claim | None:
    """The oldest of the chat that is not settled, if it may be sent now and nobody sends another."""
    try:
        row = _one(CLAIM, {"chat": chat_id, "lease": LEASE, "file_lease": FILE_LEASE})
    except IntegrityError:
        # Another worker claimed another message of this chat at the same time.
        return None
    if row is None:
        return None
    return Claim(*row)


def oldest_waiting(chat_id: UUID) -> Waiting | None:
    row = _one(OLDEST, {"chat": chat_id})
    return Waiting(*row) if row else None


def settle_sent(claim: Claim, external_id: str, body: dict[str, Any]) -> bool | None:
    """True: another message of the chat waits. None: it was settled, or claimed anew, by somebody else."""
    asked = Jsonb({"body": body} if body else {})
    values = {"id": claim.id, "lease": claim.lease_until, "external_id": external_id or None, "payload": asked}
    row = _one(SENT, values)
    return row[0] if row else None


def note_sent(claim: Claim) -> None:
    """On the channel, to the minute."""
    if claim.channel_sent_at is None or timezone.now() - claim.channel_sent_at > EXACT_TO:
        _run(SPOKE, {"channel": claim.channel_id, "exact_to": EXACT_TO})


def settle(
    claim: Claim,
    status: str,
    error: str = "",
    code: str = "",
    *,
    not_before: datetime | None = None,
    counted: bool = True,
) -> bool | None:
    """Any other end than SENT; `counted`: whether this was one of its tries."""
    values = {
        "id": claim.id,
        "lease": claim.lease_until,
        "status": str(status),
        "error": error,
        "code": code,
        "not_before": not_before,
        "uncounted": 0 if counted else 1,
    }
    row = _one(SETTLED, values)
    return row[0] if row else None


def give_up_dead(chat_id: UUID) -> bool:
    """Whose worker died while it was sending: nobody knows whether it left."""
    return _run(DEAD, {"chat": chat_id, "error": PERHAPS})


def say_held(message_id: UUID) -> bool:
    return _run(HOLD, {"id": message_id, "error": HELD})


def _one(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Prepared, because planning the claim takes longer than doing it; Django's own cursors never prepare."""
    # Itself, as every look at the proxy costs.
    base = connections[DEFAULT_DB_ALIAS]
    # Each statement is a transaction of its own; a savepoint only where somebody has opened one.
    with transaction.atomic() if base.in_atomic_block else nullcontext(), base.wrap_database_errors:
        # Binary: Django reads times, and no JSON, where they come as text.
        return _cursor(base).execute(statement, values, prepare=True, binary=True).fetchone()


def _cursor(base: Any) -> "psycopg.Cursor[Any]":
    """This thread's, kept: to make one, and Django's around it, costs as much as a statement."""
    if not (base.search_path_set_schemas and base.health_check_done):
        # Connects, sees whether the connection lives, enters the schema.
        base.cursor().close()
    kept = getattr(_of_thread, "cursor", None)
    if kept is None or kept.connection is not base.connection:
        # Where Django leaves it empty, nothing is prepared even when asked for.
        base.connection.prepare_threshold = base.connection.prepare_threshold or 5
        kept = _of_thread.cursor = psycopg.Cursor(base.connection)
    return kept


def _run(statement: str, values: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)
