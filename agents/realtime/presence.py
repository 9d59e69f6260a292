"""Who has a stream open in a workspace: agents, and until when they count as here; the stream processes keep it."""

import logging
import time
from typing import cast
from uuid import UUID

import redis

from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15
# Reloading a page, or a stream that is begun anew, is no going.
GRACE_SECONDS = 3 * HEARTBEAT_SECONDS
# Chats that wait are dealt by this task as soon as somebody is here for them.
DEALING = "inbox.tasks.deal_waiting"


def present_key(schema: str) -> str:
    return f"{schema}:present"


def who_is_here(schema: str) -> set[UUID]:
    """Nobody, as far as that is not known."""
    return who_is_known_here(schema) or set()


def who_is_known_here(schema: str) -> set[UUID] | None:
    """None while Valkey is away."""
    try:
        found = valkey().zrangebyscore(present_key(schema), time.time(), "+inf")
    except redis.RedisError as error:
        logger.warning("%s: who is here is not known (%s)", schema, type(error).__name__)
        return None
    return {UUID(cast("bytes", agent).decode()) for agent in found}
