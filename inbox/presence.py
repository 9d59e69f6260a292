"""Who else looks at a chat, or types in it: open pages say so every few seconds, and who falls silent is forgotten."""

import logging
import time
from typing import cast
from uuid import UUID

import redis
from django.db import connection as django_connection

from agents.models import Agent
from inbox import live
from inbox.models import Chat
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

VIEWING, TYPING = "viewing", "typing"
# A page says that it views every ten seconds, that somebody types every three.
SECONDS = {VIEWING: 20.0, TYPING: 6.0}


def note_presence(chat: Chat, agent: Agent, what: str) -> None:
    """VIEWING, TYPING, or nothing: gone. The others hear of it when it is news."""
    now, key = time.time(), key_of(chat)
    both = {state: f"{agent.pk}:{state}" for state in SECONDS}
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.zremrangebyscore(key, "-inf", now)
            if what == TYPING:
                pipe.zadd(key, {both[TYPING]: now + SECONDS[TYPING], both[VIEWING]: now + SECONDS[VIEWING]})
            elif what == VIEWING:
                pipe.zrem(key, both[TYPING])
                pipe.zadd(key, {both[VIEWING]: now + SECONDS[VIEWING]})
            else:
                pipe.zrem(key, *both.values())
            pipe.expire(key, int(2 * SECONDS[VIEWING]))
            # How many each of them has changed; a time that only moves on is no change.
            *changed, _ = pipe.execute()
    except redis.RedisError as error:
        logger.warning("chat %s: who is there is not known (%s)", chat.pk, type(error).__name__)
        return
    if any(changed):
        live.presence_changed(chat)


def others_in(chat: Chat, agent: Agent) -> list[tuple[Agent, str]]:
    """Typing goes before viewing."""
    try:
        found = valkey().zrangebyscore(key_of(chat), time.time(), "+inf")
    except redis.RedisError:
        return []
    doing: dict[UUID, str] = {}
    for member in found:
        pk, _, what = cast("bytes", member).decode().partition(":")
        if doing.get(UUID(pk)) != TYPING:
            doing[UUID(pk)] = what
    doing.pop(agent.pk, None)
    if not doing:
        return []
    return [(other, doing[other.pk]) for other in Agent.objects.with_person().filter(pk__in=doing)]


def key_of(chat: Chat) -> str:
    return f"{django_connection.schema_name}:presence:{chat.pk}"  # type: ignore[attr-defined]
