"""Meta's usage headers are read and obeyed: who nears a limit pauses, in all processes together."""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import redis

from pages.graph.errors import GraphError
from pages.graph.line import Line
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

SLOW_FROM = 75
STOP_FROM = 95
STOPPED = timedelta(minutes=5)
LONGEST = timedelta(days=1)
# How long this process trusts what it read, and how long it leaves a Valkey alone that is away.
TRUSTED_SECONDS = 1.0
AWAY_SECONDS = 5.0
# Calls about templates and numbers are counted apart from messages; advertising is none of ours.
MANAGEMENT = "whatsapp_business_management"
APP_CODES = {4, 341}

_own: dict[str, float] = {}
_read: dict[tuple[str, ...], tuple[float, float]] = {}
_away_until = 0.0
MOST_REMEMBERED = 10_000


def obey(line: Line, headers: Mapping[str, str]) -> timedelta | None:
    """Pauses what the headers speak of; the longest pause of them."""
    longest: timedelta | None = None
    for scope, pause in pauses_in(line, headers):
        hold(scope, pause)
        longest = max(longest or pause, pause)
    return longest


def obey_error(line: Line, error: GraphError) -> None:
    """An app's limit holds for all its channels; others are the channel's own and its caller's to keep."""
    if error.code in APP_CODES and error.retry_after and line.app_id:
        hold(f"app:{line.app_id}", error.retry_after)


def pauses_in(line: Line, headers: Mapping[str, str]) -> Iterator[tuple[str, timedelta]]:
    for header, scope in [("X-App-Usage", f"app:{line.app_id}"), ("X-Page-Usage", f"account:{account_of(line)}")]:
        if (said := headers.get(header)) and (pause := pause_for(parsed(said))):
            yield scope, pause
    for account, uses in parsed(headers.get("X-Business-Use-Case-Usage")).items():
        for use in uses if isinstance(uses, list) else []:
            if isinstance(use, dict) and (pause := pause_for(use)) and (scope := scope_of(line, account, use)):
                yield scope, pause


def scope_of(line: Line, account: str, use: dict[str, Any]) -> str:
    kind = str(use.get("type", ""))
    if kind.startswith("ads_"):
        return ""
    if kind == MANAGEMENT:
        return f"management:{line.waba_id or account}"
    # A business above the account is counted with it: the account is what we can pause.
    return f"account:{account if account in {line.external_id, line.page_id, line.waba_id} else account_of(line)}"


def account_of(line: Line) -> str:
    return line.external_id or line.page_id


def parsed(header: str | None) -> dict[str, Any]:
    if not header:
        return {}
    try:
        value = json.loads(header)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def pause_for(use: dict[str, Any]) -> timedelta | None:
    """From 75 % a growing breath between two calls; near the limit, or past it, a real stop."""
    if minutes := amount(use.get("estimated_time_to_regain_access")):
        return min(timedelta(minutes=min(minutes, 100_000)), LONGEST)
    used = max(amount(use.get(name)) for name in ("call_count", "total_time", "total_cputime"))
    if used >= STOP_FROM:
        return STOPPED
    return timedelta(seconds=0.5 * 2 ** ((used - SLOW_FROM) / 4)) if used >= SLOW_FROM else None


def amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return 0.0
    return max(0.0, float(min(value, 10**9)))


def hold(scope: str, pause: timedelta) -> None:
    """Until then; a longer pause that is already running stays."""
    until = time.time() + pause.total_seconds()
    if len(_own) >= MOST_REMEMBERED:
        _own.clear()
    _own[scope] = max(_own.get(scope, 0.0), until)
    _read.clear()
    _with_valkey(lambda store: tell_others(store, scope, until))


def tell_others(store: redis.Redis, scope: str, until: float) -> None:
    if seconds(store.get(key_of(scope))) < until:
        store.set(key_of(scope), until, px=max(1, int((until - time.time()) * 1000)))


def key_of(scope: str) -> str:
    return f"graph:pause:{scope}"


def paused_until(line: Line, *, management: bool = False) -> datetime | None:
    """Nothing of this line leaves before then. `management`: calls about templates and numbers."""
    scopes = scopes_of(line, management)
    now = time.time()
    until = max([*(_own.get(scope, 0.0) for scope in scopes), told_by_others(scopes, now)])
    return datetime.fromtimestamp(until, UTC) if until > now else None


@lru_cache(maxsize=4096)
def scopes_of(line: Line, management: bool) -> tuple[str, ...]:
    accounts = {line.external_id, line.page_id, line.waba_id} - {""}
    scopes = [f"account:{account}" for account in sorted(accounts)]
    if line.app_id:
        scopes.append(f"app:{line.app_id}")
    if management and line.waba_id:
        scopes.append(f"management:{line.waba_id}")
    return tuple(scopes)


def told_by_others(scopes: tuple[str, ...], now: float) -> float:
    read_at, until = _read.get(scopes, (0.0, 0.0))
    if now - read_at < TRUSTED_SECONDS or not scopes:
        return until
    answers = _with_valkey(lambda store: store.mget([key_of(scope) for scope in scopes])) or []
    until = max((seconds(answer) for answer in answers), default=0.0)
    if len(_read) >= MOST_REMEMBERED:
        _read.clear()
    _read[scopes] = (now, until)
    return until


def seconds(stored: Any) -> float:
    try:
        return float(stored or 0)
    except ValueError:
        return 0.0


def _with_valkey(do: Any) -> Any:
    """Without Valkey each process knows only what it was told itself."""
    global _away_until
    if time.monotonic() < _away_until:
        return None
    try:
        return do(valkey())
    except redis.RedisError as error:
        _away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("graph: pauses are this process's own (%s)", type(error).__name__)
        return None


def forget() -> None:
    """What this process remembers."""
    global _away_until
    _own.clear()
    _read.clear()
    _away_until = 0.0
