"""Models from rows of plain SQL: for what every page asks, where the ORM takes longer to put it into words than
PostgreSQL to answer it."""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models


class Columns:
    """What a statement reads of one model, by its alias there; all of it where no names are given.

    Anything else of the model is asked for when it is used, as after `only`.
    """

    def __init__(self, model: type[models.Model], alias: str, *names: str) -> None:
        fields = [field for field in model._meta.concrete_fields if not names or field.name in names]
        self.model = model
        self.names = [field.attname for field in fields]
        self.sql = ", ".join(f"{alias}.{field.column}" for field in fields)
        self.key = fields.index(model._meta.pk)
        # A field may keep in its column something else than it gives: JSON is text there.
        self.readers = [(place, read) for place, field in enumerate(fields) if (read := reader_of(field))]

    def __str__(self) -> str:
        return self.sql

    def made_of(self, values: Sequence[Any]) -> Any:
        """None where an outer join has found nothing."""
        if values[self.key] is None:
            return None
        given = list(values)
        for place, read in self.readers:
            given[place] = read(given[place], None, connection)
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, given)


def reader_of(field: Any) -> Any:
    return getattr(field, "from_db_value", None)


def models_in(row: Sequence[Any], *columns: Columns) -> list[Any]:
    """One after another, as the statement names them, and then what else it gives."""
    found, at = [], 0
    for one in columns:
        found.append(one.made_of(row[at : at + len(one.names)]))
        at += len(one.names)
    return [*found, *row[at:]]
