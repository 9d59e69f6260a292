"""Workspaces' own apps as the door knows them: looked up every few seconds, and not with each delivery.

An app that was removed, and a secret that was changed, are believed for so long at most. A new secret is at once: what
does not fit the one that is known makes the door look again, though not more often than once a second.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from pages.webhooks.signatures import Signer, signer_of
from workspaces.tenancy.search_path import use_public

KNOWN_SECONDS = 5.0
AGAIN_SECONDS = 1.0
MOST_KNOWN = 10_000
# What one app may leave lying at the door, in all states.
MOST_ROWS = 25_000
MOST_BYTES = 128 * 1024 * 1024

LYING = """
SELECT count(*), coalesce(sum(length), 0) FROM (
  SELECT octet_length(body) AS length FROM public.deliveries
  WHERE state IN ('WAITING', 'UNROUTED', 'PARKED') AND workspace_id = %s LIMIT %s
) AS kept
"""

T = TypeVar("T")


@dataclass(slots=True)
class OwnApp:
    workspace_id: UUID
    # Nothing: the workspace has no app of its own.
    signer: Signer | None
    # Left lying when we looked, and what this process has taken since.
    rows: int
    size: int
    looked_at: float = field(default_factory=time.monotonic)
    # When somebody was last looked for because of a signature that does not fit.
    again_at: float = 0.0

    @property
    def is_full(self) -> bool:
        return self.rows >= MOST_ROWS or self.size >= MOST_BYTES

    def took(self, body: bytes) -> None:
        self.rows, self.size = self.rows + 1, self.size + len(body)


_known: dict[UUID, OwnApp] = {}


def own_app(workspace_id: UUID) -> OwnApp:
    known = _known.get(workspace_id)
    if known and time.monotonic() - known.looked_at < KNOWN_SECONDS:
        return known
    app = look_up(workspace_id)
    # Nobody's address: looked at twice by nobody.
    return remember(app, known.again_at if known else 0.0 if app.signer else app.looked_at)


def own_app_again(known: OwnApp) -> OwnApp:
    """It may have changed; whoever signs wrongly on purpose makes no more work than this."""
    now = time.monotonic()
    if now - known.again_at < AGAIN_SECONDS:
        return known
    known.again_at = now
    return remember(look_up(known.workspace_id), now)


def remember(app: OwnApp, again_at: float) -> OwnApp:
    app.again_at = again_at
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[app.workspace_id] = app
    return app


def forget_own_apps() -> None:
    _known.clear()


def look_up(workspace_id: UUID) -> OwnApp:
    def ask() -> OwnApp:
        signer = signer_of(workspace_id)
        return OwnApp(workspace_id, signer, *(lying(workspace_id) if signer else (0, 0)))

    return on_living_connection(ask)


def lying(workspace_id: UUID) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(LYING, [workspace_id, MOST_ROWS])
        rows, size = cursor.fetchone()
    return rows, int(size)


def on_living_connection(ask: Callable[[], T]) -> T:
    """In front of Django nobody has looked whether the connection died."""
    try:
        use_public()
        return ask()
    except (OperationalError, InterfaceError):
        connection.close()
        use_public()
        return ask()
