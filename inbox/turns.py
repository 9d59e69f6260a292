"""Which chats have something to send, and from when: a list in Valkey that spares every worker the search.

It holds hints, not truth: a chat that is named twice is looked at twice, one that got lost is found by the sweeper.
"""

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import redis
from celery import current_app
from django.db import connection as django_connection
from kombu.exceptions import OperationalError

from workspaces import bells
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)
connection = cast("Any", django_connection)

# An agent's answer never waits behind a campaign: each lane has its list, its task and its queue.
TASKS = {"send": "inbox.tasks.send_waiting", "bulk": "inbox.tasks.send_waiting_in_bulk"}

# ARGV: now, and how many chats at most. Answers them, whether others are due, and when the next one is.
TAKE = """
local most = tonumber(ARGV[2])
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, most + 1)
if #due > 0 then
  local more = table.remove(due, most + 1) and 1 or 0
  redis.call('ZREM', KEYS[1], unpack(due))
  return {due, more, ''}
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {{}, 0, first[2] or ''}
"""

_take = valkey().register_script(TAKE)


@dataclass(frozen=True, slots=True)
class Turn:
    chat_id: UUID | None = None
    others_wait: bool = False
    # Seconds until the next one, where none is due.
    next_in: float | None = None


def give(lane: str, chats: Mapping[UUID, float], *, schema: str = "") -> None:
    """A turn to each of them, in so many seconds; an earlier one that they have stays. No `schema`: the current one."""
    if not chats:
        return
    now = time.time()
    try:
        valkey().zadd(key_of(lane, schema), {str(chat): now + delay for chat, delay in chats.items()}, lt=True)
    except redis.RedisError as error:
        logger.warning("turns: not noted, the sweeper will find them (%s)", type(error).__name__)


class Askers:
    """This process's threads that want a turn now. One asks for as many as wait: none is taken and then left lying."""

    def __init__(self) -> None:
        self.waiting = 0
        self.counting = threading.Lock()
        self.asking = threading.Lock()
        self.taken: deque[Turn] = deque()


_askers: defaultdict[str, Askers] = defaultdict(Askers)


def take(lane: str) -> Turn:
    key = key_of(lane)
    askers = _askers[key]
    with askers.counting:
        askers.waiting += 1
    with askers.asking:
        with askers.counting:
            count, askers.waiting = askers.waiting, askers.waiting - 1
        if not askers.taken:
            askers.taken.extend(_take_some(key, count))
        return askers.taken.popleft()


def _take_some(key: str, count: int) -> list[Turn]:
    """At least one, that may be of no chat."""
    now = time.time()
    try:
        chats, others, at = _take(keys=[key], args=[now, count])
    except redis.RedisError as error:
        logger.warning("turns: none to be had (%s)", type(error).__name__)
        return [Turn()]
    if not chats:
        return [Turn(next_in=max(0.001, float(at) - now) if at else None)]
    return [Turn(UUID(chat.decode()), bool(others)) for chat in chats]


def ring(lane: str, *, schema: str = "") -> None:
    bells.ring(TASKS[lane], schema or connection.schema_name)


def ring_in(lane: str, seconds: float) -> None:
    """Later, once for each moment however many ask for it."""
    task, schema = TASKS[lane], connection.schema_name
    moment = int(time.time() + seconds)
    try:
        key = f"{schema}:outbox:{lane}:rings:{moment}"
        if not valkey().set(key, 1, nx=True, px=int(seconds * 1000) + 1000):
            return
        current_app.send_task(task, [schema], countdown=seconds)
    except (redis.RedisError, OperationalError):
        logger.warning("turns: nobody rings in %.0f s, the sweeper will", seconds)


def key_of(lane: str, schema: str = "") -> str:
    return f"{schema or connection.schema_name}:outbox:{lane}"
