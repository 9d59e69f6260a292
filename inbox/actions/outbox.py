"""The outbox: whatever waits is sent, each chat in its order, by any number of workers.

The rows are the queue. A worker may die at any step: before the claim nothing has happened; after it, the lease runs
out and the message is UNCONFIRMED; what it had not come to, the sweeper names again.
"""

import logging
import threading
import time
from uuid import UUID

from django.db import OperationalError, connection, transaction

from inbox import live, turns
from inbox.actions.delivering import deliver
from inbox.claims import claim_next, give_up_dead, oldest_waiting, say_held
from inbox.models import Message
from pages.models import Channel

logger = logging.getLogger(__name__)

# Then others get their turn on the same queue.
LONGEST_SECONDS = 5.0
LONGEST_NAP = 1.0
# A chat of which somebody sends a message at this moment.
BUSY_SECONDS = 1.0
MOST_AT_ONCE = 1000

DUE = """
SELECT oldest.chat_id, oldest.sender FROM (
  SELECT DISTINCT ON (m.chat_id) m.chat_id, m.channel_id, m.sender, m.status, m.not_before,
    MIN(m.lease_until) OVER (PARTITION BY m.chat_id) AS lease_until
  FROM messages AS m WHERE m.status IN ('QUEUED', 'SENDING') ORDER BY m.chat_id, m.id
) AS oldest JOIN channels AS ch ON ch.id = oldest.channel_id
WHERE oldest.lease_until <= clock_timestamp()
  OR (oldest.status = 'QUEUED' AND (oldest.not_before IS NULL OR oldest.not_before <= clock_timestamp())
      AND ch.is_active AND ch.connection_status = 'CONNECTED'
      AND (ch.held_until IS NULL OR ch.held_until <= clock_timestamp()))
LIMIT %s
"""

_napping: set[tuple[str, str]] = set()
_lock = threading.Lock()


def announce_on_commit(chat_id: UUID, lane: str = "send") -> None:
    """After commit a worker hears of it."""
    # What comes in for several workspaces is committed outside of them all.
    schema = connection.schema_name  # type: ignore[attr-defined]

    def announce() -> None:
        turns.give(lane, {chat_id: 0.0}, schema=schema)
        turns.ring(lane, schema=schema)

    transaction.on_commit(announce)


def send_waiting(lane: str = "send") -> int:
    """What is due in this workspace, until nothing is; where there is more than enough for one, another is called."""
    until, sent, called = time.monotonic() + LONGEST_SECONDS, 0, False
    while time.monotonic() < until:
        turn = turns.take(lane)
        if turn.chat_id is None:
            if turn.next_in is None or not _wait_for_next(lane, turn.next_in):
                return sent
            continue
        if turn.others_wait and not called:
            turns.ring(lane)
            called = True
        sent += _send_guarded(turn.chat_id, lane, until)
    turns.ring(lane)
    return sent


def _send_guarded(chat_id: UUID, lane: str, until: float) -> int:
    try:
        sent, wait = send_chat(chat_id, lane, until=until)
    except OperationalError:
        raise
    except Exception:
        # One chat that trips us up stops no other; the sweeper comes back to it.
        logger.exception("chat %s: its outbox was left", chat_id)
        return 0
    if wait is not None:
        turns.give(lane, {chat_id: wait})
    return sent


def _wait_for_next(lane: str, seconds: float) -> bool:
    """Naps until then, one thread of the process at most; for longer, the bell is set."""
    if seconds > LONGEST_NAP:
        turns.ring_in(lane, seconds)
        return False
    who = (connection.schema_name, lane)  # type: ignore[attr-defined]
    with _lock:
        if who in _napping:
            return False
        _napping.add(who)
    try:
        time.sleep(seconds)
    finally:
        _napping.discard(who)
    return True


def send_chat(chat_id: UUID, lane: str = "send", *, until: float | None = None) -> tuple[int, float | None]:
    """One chat's messages in their order; how many were handed over, and in how many seconds to come back."""
    sent = 0
    while until is None or sent == 0 or time.monotonic() < until:
        claim = claim_next(chat_id)
        if claim is None:
            if (wait := look_why(chat_id)) == 0.0:
                continue
            return sent, wait
        outcome = deliver(claim, lane)
        if outcome.wait is not None:
            return sent, outcome.wait
        sent += 1
        live.message_changed(claim.chat_id, claim.assigned_to, claim.id)
        if not outcome.more:
            return sent, None
    return sent, 0.0


def look_why(chat_id: UUID) -> float | None:
    """Nothing could be claimed: in how many seconds it may be otherwise."""
    waiting = oldest_waiting(chat_id)
    if waiting is None:
        return None
    if waiting.lease_left is not None:
        if waiting.lease_left > 0:
            return BUSY_SECONDS
        if give_up_dead(chat_id):
            live.outbox_changed(chat_id)
        return 0.0
    if not waiting.channel_works:
        if say_held(waiting.id):
            live.outbox_changed(chat_id)
        return None
    return max(0.01, waiting.due_in or 0.0)


def resume_channel(channel: Channel) -> None:
    """It works again: what waited is sent."""
    waiting = Message.objects.unsettled().filter(channel=channel.pk)
    waiting.filter(status=Message.Status.QUEUED).exclude(error="").update(error="", error_code="")
    chats = waiting.order_by().values_list("chat_id", flat=True).distinct()
    turns.give("send", dict.fromkeys(chats, 0.0))
    turns.ring("send")


def sweep() -> int:
    """Names the chats whose bell got lost, whose pause is over, or whose worker died."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [MOST_AT_ONCE])
        due = cursor.fetchall()
    lanes: dict[str, dict[UUID, float]] = {}
    for chat_id, sender in due:
        # What no agent wrote may wait behind what one did.
        lanes.setdefault("send" if sender == Message.Sender.AGENT else "bulk", {})[chat_id] = 0.0
    for lane, chats in lanes.items():
        turns.give(lane, chats)
        turns.ring(lane)
    return len(due)
