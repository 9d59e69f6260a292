"""Times come out of the database as they went in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DataError, connection

from workspaces.timestamps import FastLoader


def read(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", params)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 21, 23, 18, 8, tzinfo=UTC),
        datetime(2026, 11, 21, 23, 18, 8, 120_000, tzinfo=UTC),
        datetime(2026, 11, 21, 23, 18, 8, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
    ids=str,
)
def test_as_they_went_in(moment, db):
    found = read("%s::timestamptz", moment)
    assert (found, found.tzinfo) == (moment, UTC)


def test_many_at_once_too(db):
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 4)]
    assert read("%s::timestamptz[]", moments) == moments


def test_nothing_is_nothing(db):
    assert read("NULL::timestamptz") is None


@pytest.mark.parametrize("beyond", ["infinity", "12026-11-21", "0044-03-15 BC"])
def test_what_python_has_no_words_for_is_an_error(beyond, db):
    with pytest.raises(DataError):
        read("%s::timestamptz", beyond)


def test_by_the_loader_that_is_ours(db):
    connection.ensure_connection()
    oid = connection.connection.adapters.types["timestamptz"].oid
    assert connection.connection.adapters.get_loader(oid, 0) is FastLoader
