"""The row that each call leaves: what was asked, what was answered, who caused it; never a secret."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from pages.graph.call_log import call_log, insert_row
from pages.graph.line import Line
from pages.graph.masking import is_plain, masked, masked_query, secret_values
from workspaces.audit import current_origin
from workspaces.ids import uuid7

logger = logging.getLogger(__name__)

_actor: ContextVar[str] = ContextVar("graph_actor", default="")


@contextmanager
def acting_as(actor: str) -> Iterator[None]:
    """An agent's e-mail address, or the name of a job: who causes the calls within."""
    reset = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(reset)


@dataclass(slots=True)
class Call:
    line: Line
    type: str
    method: str
    path: str
    address: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    form: dict[str, Any] = field(default_factory=dict)
    # Names, types and sizes; never what is in them.
    files: dict[str, Any] | None = None
    status: int | None = None
    response: Any = None
    error_code: str = ""
    trace_id: str = ""
    milliseconds: int = 0

    @property
    def secrets(self) -> tuple[str, ...]:
        """Each must stay out of the row, under whatever name it comes back."""
        line = self.line
        given = [*secret_values(self.params), *secret_values(self.form)]
        return tuple(secret for secret in (line.token, line.app_secret, line.proof, *given) if secret)

    def request(self, secrets: tuple[str, ...]) -> str:
        asked: dict[str, Any] = {"method": self.method, "path": self.path}
        if self.params:
            asked["params"] = masked_query(self.params, secrets)
        if self.form:
            asked["form"] = masked_query(self.form, secrets)
        if self.files:
            asked["files"] = masked(self.files, secrets)
        text = as_json(asked)
        # What is a text already is hung on to it.
        return text if self.body is None else f'{text[:-1]}, "body": {masked_json(self.body, secrets)}}}'


def write_down(call: Call) -> None:
    """Never fails the call that it tells of. Outside a workspace there is nowhere to write."""
    schema = connection.schema_name  # type: ignore[attr-defined]
    if schema == get_public_schema_name():
        return
    try:
        row = row_of(call)
    except (ValueError, TypeError) as error:
        logger.warning("graph: %s was not written down (%s)", call.type, type(error).__name__)
        return
    # Within a transaction the row belongs to it.
    if connection.in_atomic_block or not call_log.add(schema, row):
        insert_row(row)


def row_of(call: Call) -> list[Any]:
    secrets = call.secrets
    return [
        uuid7(),
        call.line.channel_id,
        _actor.get()[:255],
        current_origin().ip_address,
        call.type[:80],
        call.address[:255],
        call.request(secrets),
        None if call.response is None else masked_json(call.response, secrets),
        call.status,
        call.error_code[:40],
        str(masked(call.trace_id, secrets))[:80],
        call.milliseconds,
        timezone.now(),
    ]


def masked_json(value: Any, secrets: tuple[str, ...]) -> str:
    try:
        text = as_json(value)
    except (TypeError, ValueError, RecursionError):
        text = ""
    return text if text and is_plain(text, secrets) else as_json(masked(value, secrets))


def as_json(value: Any) -> str:
    # Half a surrogate pair is no text to PostgreSQL.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()
