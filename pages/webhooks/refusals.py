"""What was turned away at the door: counted by reason and logged, never with its body."""

import logging
from datetime import UTC, datetime
from typing import Any

import redis
from django.http import HttpResponse

from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

KEEP_SECONDS = 30 * 24 * 3600


def refuse(status: int, reason: str, *, allow: str = "") -> HttpResponse:
    count_refusal(status, reason)
    headers = {"Allow": allow} if allow else {}
    return HttpResponse(reason, status=status, content_type="text/plain", headers=headers)


def count_refusal(status: int, reason: str) -> None:
    logger.warning("webhook refused: %s (%s)", reason, status)
    key = key_of(datetime.now(UTC))
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.hincrby(key, reason, 1)
            pipe.expire(key, KEEP_SECONDS)
            pipe.execute()
    except redis.RedisError:
        logger.warning("a refused webhook was not counted")


def refused_on(day: datetime) -> dict[str, int]:
    """By reason; of a count that cannot be read, nothing."""
    try:
        counted: Any = valkey().hgetall(key_of(day))
    except redis.RedisError:
        return {}
    return {reason.decode(): int(times) for reason, times in counted.items()}


def key_of(day: datetime) -> str:
    return f"webhooks:refused:{day:%Y-%m-%d}"
