"""Who has the workspace in front of them at this moment: open pages say so while they are looked at, and take it back.

Of more use than who has a stream open: a tab in the background hears everything and is seen by nobody.
"""

import logging
import time
from typing import cast
from uuid import UUID

import redis

from agents.models import Agent
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

# A page that is looked at says so every 25 seconds.
SECONDS = 40.0


def note_attention(schema: str, agent: Agent, page: UUID, *, looks: bool) -> None:
    """Each page speaks for itself: one that is put away says nothing of the others."""
    key, member = key_of(schema), f"{agent.pk}:{page}"
    try:
        with valkey().pipeline(transaction=False) as pipe:
            if looks:
                pipe.zadd(key, {member: time.time() + SECONDS})
                pipe.zremrangebyscore(key, "-inf", time.time())
                pipe.expire(key, int(2 * SECONDS))
            else:
                pipe.zrem(key, member)
            pipe.execute()
    except redis.RedisError as error:
        logger.warning("%s: who looks is not known (%s)", schema, type(error).__name__)


def who_looks(schema: str) -> set[UUID]:
    try:
        found = valkey().zrangebyscore(key_of(schema), time.time(), "+inf")
    except redis.RedisError:
        return set()
    return {UUID(cast("bytes", member).decode().partition(":")[0]) for member in found}


def key_of(schema: str) -> str:
    return f"{schema}:attention"
