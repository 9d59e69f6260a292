"""So many at once of one agent, for what is heavy: nobody else waits because somebody asks for too much."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache

from agents.models import Agent


@contextmanager
def slot_of(agent: Agent, what: str, *, most: int = 1, seconds: int) -> Iterator[bool]:
    """False: all of theirs are taken. `seconds`: it is free again after them, should the process be killed."""
    keys = (f"{what}:{agent.pk}:{number}" for number in range(most))
    key = next((key for key in keys if cache.add(key, 1, seconds)), None)
    try:
        yield key is not None
    finally:
        if key:
            cache.delete(key)
