"""Signs of life: when each agent last moved a hand on an open page, as the page says; asked of Valkey alone."""

import logging
import time
from collections.abc import Collection
from uuid import UUID

import redis

from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

# Nobody is asked about after a day: whoever comes back begins anew.
KEPT_SECONDS = 24 * 3600


def active_key(schema: str) -> str:
    return f"{schema}:active"


def note_activity(schema: str, *agents: UUID) -> None:
    write(schema, agents, only_new=False)


def begin_counting(schema: str, agents: Collection[UUID]) -> None:
    """Of whom nothing is known, now is the last sign: a Valkey that has forgotten makes nobody idle."""
    write(schema, agents, only_new=True)


def write(schema: str, agents: Collection[UUID], *, only_new: bool) -> None:
    if not agents:
        return
    key, now = active_key(schema), time.time()
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.zadd(key, {str(agent): now for agent in agents}, nx=only_new)
            pipe.expire(key, KEPT_SECONDS)
            pipe.execute()
    except redis.RedisError as error:
        logger.warning("%s: a sign of life is not kept (%s)", schema, type(error).__name__)


def last_signs(schema: str, agents: Collection[UUID]) -> dict[UUID, float | None]:
    """When, in seconds; None: nothing is known of them. Empty while Valkey is away."""
    wanted = list(agents)
    if not wanted:
        return {}
    try:
        found = valkey().zmscore(active_key(schema), [str(agent) for agent in wanted])
    except redis.RedisError as error:
        logger.warning("%s: who is idle is not known (%s)", schema, type(error).__name__)
        return {}
    return dict(zip(wanted, found, strict=True))
