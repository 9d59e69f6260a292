"""A cache that may be away."""

import logging
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

logger = logging.getLogger(__name__)


class ForgivingClient(RedisCacheClient):
    """Losing Valkey costs seconds, never a page: while it is away every read is a miss."""

    def get(self, *args: Any) -> Any:
        return unless_away(super().get, args, otherwise=args[1])

    def set(self, *args: Any) -> None:
        unless_away(super().set, args, otherwise=None)

    def add(self, *args: Any) -> bool:
        return unless_away(super().add, args, otherwise=True)

    def touch(self, *args: Any) -> bool:
        return unless_away(super().touch, args, otherwise=False)

    def delete(self, *args: Any) -> bool:
        return unless_away(super().delete, args, otherwise=False)

    def get_many(self, *args: Any) -> dict[Any, Any]:
        return unless_away(super().get_many, args, otherwise={})

    def set_many(self, *args: Any) -> None:
        unless_away(super().set_many, args, otherwise=None)

    def has_key(self, *args: Any) -> bool:
        return unless_away(super().has_key, args, otherwise=False)

    def incr(self, *args: Any) -> int:
        return unless_away(super().incr, args, otherwise=args[1])


def unless_away(call: Any, args: tuple[Any, ...], *, otherwise: Any) -> Any:
    try:
        return call(*args)
    except (redis.ConnectionError, redis.TimeoutError) as error:
        logger.warning("the cache is away: %s", type(error).__name__)
        return otherwise


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
