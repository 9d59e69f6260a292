"""Pages by key, not by number: page one thousand costs what page one costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)

SIZE = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    newer: str | None
    older: str | None


def page_of(rows: QuerySet[M], query: Mapping[str, str], *, by: str = "created_at", size: int = SIZE) -> Page[M]:
    """Newest first; `before` and `after` in the query are the keys that earlier pages gave."""
    before, after = read_key(query.get("before", "")), read_key(query.get("after", ""))
    if after:
        found = list(rows.filter(_beyond(by, "gt", after)).order_by(by, "id")[: size + 1])
        more_newer, more_older = len(found) > size, True
        found = found[:size][::-1]
    else:
        newest = rows.filter(_beyond(by, "lt", before)) if before else rows
        found = list(newest.order_by(f"-{by}", "-id")[: size + 1])
        more_newer, more_older = before is not None, len(found) > size
        found = found[:size]
    return Page(
        rows=found,
        newer=write_key(found[0], by) if found and more_newer else None,
        older=write_key(found[-1], by) if found and more_older else None,
    )


def _beyond(by: str, side: str, key: tuple[datetime, UUID]) -> Q:
    moment, pk = key
    return Q(**{f"{by}__{side}e": moment}) & (Q(**{f"{by}__{side}": moment}) | Q(**{f"id__{side}": pk}))


def write_key(row: Any, by: str) -> str:
    return f"{getattr(row, by).isoformat()}_{row.pk}"


def read_key(text: str) -> tuple[datetime, UUID] | None:
    """Nonsense is the first page."""
    moment, _, pk = text.rpartition("_")
    try:
        read, row = datetime.fromisoformat(moment), UUID(pk)
        # In UTC, as PostgreSQL knows fewer offsets than Python.
        return (read.astimezone(UTC), row) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None
