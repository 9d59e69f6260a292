"""Who is next: the platform's deliveries, and those of each own app in a lane of their own.

A workspace signs what it likes with its own app. However much that is, it waits behind itself.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

BATCH = 100
BATCH_BYTES = 4 * 1024 * 1024
OWN_BATCH_BYTES = 1024 * 1024
# One after the other, for as long as both have something to do.
PLATFORM_SECONDS = 1.0
OWN_SECONDS = 0.5
# A step of an own app that takes longer is undone.
STEP_SECONDS = 2.0
STATEMENT_SECONDS = 30.0

CLAIM = """
SELECT id, octet_length(body) FROM public.deliveries
WHERE {whose} AND state = 'WAITING' AND (not_before IS NULL OR not_before <= now())
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
# From one to the next: as many look-ups as there are lanes, however much waits in them.
LANES = """
WITH RECURSIVE lanes AS (
  (SELECT workspace_id FROM public.deliveries
    WHERE state = 'WAITING' AND workspace_id IS NOT NULL ORDER BY workspace_id LIMIT 1)
  UNION ALL
  SELECT (SELECT next.workspace_id FROM public.deliveries next
    WHERE next.state = 'WAITING' AND next.workspace_id > lanes.workspace_id ORDER BY next.workspace_id LIMIT 1)
  FROM lanes WHERE lanes.workspace_id IS NOT NULL
)
SELECT workspace_id FROM lanes WHERE workspace_id IS NOT NULL
"""


class TakesTooLong(Exception):
    """Others wait."""


@dataclass(frozen=True)
class Turn:
    """A lane's: a workspace whose own app signed, or nobody, which is the platform's."""

    lane: UUID | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return OWN_SECONDS if self.lane else PLATFORM_SECONDS

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.began + self.seconds

    def limit_statements(self) -> None:
        """Those of this transaction."""
        longest = STEP_SECONDS if self.lane else STATEMENT_SECONDS
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{longest * 1000:.0f}"])

    @contextmanager
    def step(self) -> Iterator[None]:
        """Given up between two statements; in the middle of one, the database gives it up."""
        until = time.monotonic() + STEP_SECONDS

        def look(execute: Any, sql: Any, *rest: Any) -> Any:
            if time.monotonic() > until and not str(sql).startswith(("ROLLBACK", "RELEASE")):
                raise TakesTooLong
            return execute(sql, *rest)

        if self.lane is None:
            yield
            return
        with connection.execute_wrapper(look):
            yield


def claim(turn: Turn) -> list[int]:
    """As many as fit in the memory of a small worker, and one however large."""
    if turn.lane and not hold(turn.lane):
        return []
    whose, values = ("workspace_id = %s", [turn.lane]) if turn.lane else ("workspace_id IS NULL", [])
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(whose=whose), [*values, BATCH])
        rows = cursor.fetchall()
    claimed: list[int] = []
    size = 0
    for pk, length in rows:
        size += length
        if claimed and size > (OWN_BATCH_BYTES if turn.lane else BATCH_BYTES):
            break
        claimed.append(pk)
    return claimed


def hold(lane: UUID) -> bool:
    """Until the transaction ends. No own app holds more than one worker."""
    key = int.from_bytes(hashlib.blake2b(f"lane:{lane}".encode(), digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])


def own_lanes() -> list[UUID]:
    """In which something waits, perhaps for later."""
    with connection.cursor() as cursor:
        cursor.execute(LANES)
        return [lane for (lane,) in cursor.fetchall()]
