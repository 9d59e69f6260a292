"""Knocking at a door, and reading what came of it."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.conftest import remember_nothing
from tests.isolation.doors import DOORS, Door
from tests.isolation.world import World, moved

SIGNS = {200: "o", 204: "n", 401: "u", 403: "x", 404: "-", 405: "m", 415: "k", 422: "f"}
SIGN_IN = re.compile(r"(https?://[^/]+)?(/sign-in/|/accounts/login/)")
LOG = '"public"."user_activities"'
ONLY_READS = re.compile(r"\s*(SELECT|SET|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)


def address_of(name: str, host: str, ids: dict[str, str]) -> str:
    """`ids`: a kind that is not in it stands for itself."""
    wanted = [ids.get(kind, kind) for kind in DOORS[host][name].ids]
    if "/" not in name:
        return reverse(name, args=wanted, urlconf=settings.ROOT_URLCONF if host else settings.PUBLIC_SCHEMA_URLCONF)
    return "/" + re.sub(r"<path:object_id>|\(\?P<url>\.\*\)\$", lambda _: wanted[0], name)


def what_is_sent(door: Door, ids: dict[str, str]) -> dict[str, Any]:
    return {name: str(value).format(**ids) for name, value in door.send.items()}


@contextmanager
def taken_back() -> Iterator[None]:
    """For one knock after the other: what the first did is undone, and this process remembers nothing of it."""
    with transaction.atomic():
        caches["default"].key_prefix = uuid.uuid4().hex
        remember_nothing()
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Answer:
    # As doors.py explains it.
    sign: str
    response: Any
    # Those that have changed.
    tables: set[str]


def knock(client: Client, method: str, address: str, world: World, sent: Any = None) -> Answer:
    writes: list[str] = []

    def watch(execute: Any, sql: str, *args: Any) -> Any:
        if not ONLY_READS.match(sql):
            writes.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(watch):
        response = getattr(client, method)(address, sent)
        tables = moved(world) if writes else set()
    if tables == {LOG} and was_shown_out(response):
        tables = set()
    return Answer(sign_of(response, tables), response, tables)


def sign_of(response: Any, tables: set[str]) -> str:
    if response.status_code in {301, 302}:
        sign = "S" if SIGN_IN.match(response["Location"]) else ">"
    else:
        sign = SIGNS.get(response.status_code, str(response.status_code))
    if not tables:
        return sign
    return "w" if response.status_code < 400 else f"{sign} and changed {', '.join(sorted(tables))}"


def was_shown_out(response: Any) -> bool:
    """Who is no longer a member loses the session, and that is written into their own log."""
    return "not_a_member.html" in [template.name for template in response.templates]


def text_of(response: Any) -> str:
    """All that reaches the browser: page, headers, cookies."""
    body = response.content.decode() if not response.streaming else ""
    return f"{response.headers} {response.cookies} {body}"
