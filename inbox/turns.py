"""Which chats have something to send, and from when: a list in Valkey that spares every worker the search.

It holds hints, not truth: a chat that is named twice is looked at twice, one that got lost is found by the sweeper.
"""

import logging
import time
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

TAKE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 2)
if #due > 0 then
  redis.call('ZREM', KEYS[1], due[1])
  return {due[1], #due - 1, ''}
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {'', 0, first[2] or ''}
"""

_take = valkey().register_script(TAKE)


@dataclass(frozen=True, slots=True)
class Turn:
    chat_id: UUID | None = None
    others_wait: bool = False
    # Seconds until the next one, where none is due.
    next_in: float | None = None


def give(lane: str, chats: Mapping[UUID, float]) -> None:
    """A turn to each of them, in so many seconds; an earlier one that they have stays."""
    if not chats:
        return
    now = time.time()
    try:
        valkey().zadd(key_of(lane), {str(chat): now + delay for chat, delay in chats.items()}, lt=True)
    except redis.RedisError as error:
        logger.warning("turns: not noted, the sweeper will find them (%s)", type(error).__name__)


def take(lane: str) -> Turn:
    now = time.time()
    try:
        chat, others, at = _take(keys=[key_of(lane)], args=[now])
    except redis.RedisError as error:
        logger.warning("turns: none to be had (%s)", type(error).__name__)
        return Turn()
    if chat:
        return Turn(UUID(chat.decode()), bool(others))
    return Turn(next_in=max(0.001, float(at) - now) if at else None)


def ring(lane: str) -> None:
    bells.ring(TASKS[lane], connection.schema_name)


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


def key_of(lane: str) -> str:
    return f"{connection.schema_name}:outbox:{lane}"
