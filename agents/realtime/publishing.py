"""Tells open screens what has changed: a name and ids. The screen asks the ordinary view for the rest, which guards it.

Whoever publishes names the audience; the stream process gives it to nobody else.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction

from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

# Valkey's channels know nothing of its databases, and several installations may share one.
PREFIX = f"live:{urlsplit(settings.REDIS_URL).path.strip('/') or 0}"


@dataclass(frozen=True, slots=True)
class Change:
    """`readers`: everybody who may read all chats; `agents`: these besides; or `everyone` in the workspace."""

    name: str
    data: dict[str, str] = field(default_factory=dict)
    # Of several of a kind, that go in one.
    ids: frozenset[UUID] = frozenset()
    readers: bool = False
    agents: frozenset[UUID] = frozenset()
    everyone: bool = False

    @property
    def about(self) -> tuple[str, ...]:
        return (self.name, *self.data.values())

    def joined_with(self, other: "Change") -> "Change":
        return replace(
            self,
            ids=self.ids | other.ids,
            readers=self.readers or other.readers,
            agents=self.agents | other.agents,
            everyone=self.everyone or other.everyone,
        )

    def as_told(self) -> dict[str, Any]:
        data = {**self.data, "ids": sorted(map(str, self.ids))} if self.ids else self.data
        audience = {"readers": self.readers, "agents": sorted(map(str, self.agents)), "everyone": self.everyone}
        return {"name": self.name, "data": data, **audience}


class Telling:
    """All that one transaction tells, in however many workspaces: each thing once, in one go after the commit."""

    def __init__(self) -> None:
        self.changes: dict[str, dict[tuple[str, ...], Change]] = {}
        self.is_over = False

    def add(self, schema: str, change: Change) -> None:
        told = self.changes.setdefault(schema, {})
        before = told.get(change.about)
        told[change.about] = before.joined_with(change) if before else change

    def __call__(self) -> None:
        self.is_over = True
        send({schema: told.values() for schema, told in self.changes.items()})


def publish_on_commit(changes: Iterable[Change]) -> None:
    told, connection = list(changes), transaction.get_connection()
    if not told:
        return
    schema = connection.schema_name
    if not connection.in_atomic_block:
        send({schema: told})
        return
    telling = _of_this_transaction()
    for change in told:
        telling.add(schema, change)


def publish(schema: str, changes: Iterable[Change]) -> None:
    send({schema: changes})


def send(changes: dict[str, Iterable[Change]]) -> None:
    """Never fails: a screen that misses it asks for what has changed when it is connected again."""
    try:
        for schema, told in changes.items():
            valkey().publish(channel_of(schema), packed(told))
    except redis.RedisError as error:
        logger.warning("%s: screens were not told (%s)", ", ".join(changes), type(error).__name__)


def packed(changes: Iterable[Change]) -> str:
    """However many: a word to Valkey costs more than what is in it."""
    return json.dumps([change.as_told() for change in changes])


def channel_of(schema: str) -> str:
    return f"{PREFIX}:{schema}"


def _of_this_transaction() -> Telling:
    """What a savepoint that is undone has added is told all the same: a screen then asks once for nothing."""
    for _, hook, _ in reversed(transaction.get_connection().run_on_commit):
        if isinstance(hook, Telling) and not hook.is_over:
            return hook
    telling = Telling()
    transaction.on_commit(telling)
    return telling
