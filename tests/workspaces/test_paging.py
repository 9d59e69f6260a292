"""Pages by key: every row once, in both directions, whatever the clock said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_invitation
from workspaces.models import Invitation, Workspace
from workspaces.paging import page_of, read_key

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def page(query: dict[str, str], size: int):
    return page_of(Invitation.objects.all(), query, by="sent_at", size=size)


def walk(side: str, query: dict[str, str], size: int) -> tuple[list[list[Invitation]], dict[str, str]]:
    """Follows the links of one side to their end; with the way that led there."""
    pages = []
    while True:
        found = page(query, size)
        pages.append(found.rows)
        key = getattr(found, side)
        if key is None:
            return pages, query
        query = {"before" if side == "older" else "after": key}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=st.lists(st.integers(0, 3), max_size=9), size=st.integers(1, 4))
def test_every_row_once_in_both_directions(moments, size, acme):
    with transaction.atomic():
        for moment in moments:
            make_invitation(acme, sent_at=NOON + timedelta(seconds=moment))
        expected = list(Invitation.objects.order_by("-sent_at", "-id"))
        down, last = walk("older", {}, size)
        assert [row for rows in down for row in rows] == expected
        assert all(len(rows) == size for rows in down[:-1])
        up, _ = walk("newer", last, size)
        assert [row for rows in reversed(up) for row in rows] == expected
        transaction.set_rollback(True)


def test_the_first_page_has_nothing_newer_and_the_last_nothing_older(acme):
    for number in range(3):
        make_invitation(acme, sent_at=NOON + timedelta(seconds=number))
    first = page({}, 2)
    last = page({"before": first.older}, 2)
    assert (first.newer, last.older, len(last.rows)) == (None, None, 1)
    again = page({"after": last.newer}, 2)
    assert (again.rows, again.newer) == (first.rows, None)


def test_no_rows_are_one_empty_page(acme):
    found = page({}, 2)
    assert (found.rows, found.newer, found.older) == ([], None, None)


def test_rows_that_come_meanwhile_do_not_shift_a_page(acme):
    for number in range(4):
        make_invitation(acme, sent_at=NOON + timedelta(seconds=number))
    first = page({}, 2)
    make_invitation(acme, sent_at=NOON + timedelta(seconds=99))
    assert [row.sent_at.second for row in page({"before": first.older}, 2).rows] == [1, 0]


NONSENSE = [
    "",
    "_",
    "x",
    "2026-06-01",
    "2026-06-01T12:00:00_",
    "2026-06-01T12:00:00+00:00_x",
    "\x00",
    "_" * 300,
    "2026-06-01T12:00:00_01890000-0000-7000-8000-000000000000",  # no zone
    "2026-99-01T12:00:00+00:00_01890000-0000-7000-8000-000000000000",
    "2026-06-01T12:00:00 00:00_01890000-0000-7000-8000-000000000000",
]


@pytest.mark.parametrize("key", NONSENSE)
@pytest.mark.parametrize("side", ["before", "after"])
def test_nonsense_is_the_first_page(side, key, acme):
    invitation = make_invitation(acme)
    assert page({side: key}, 2).rows == [invitation]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.one_of(st.text(), st.builds("{}_{}".format, st.datetimes(timezones=st.timezones()), st.uuids())))
def test_any_key_is_answered(key, acme):
    read_key(key)
    for side in ("before", "after"):
        assert isinstance(page({side: key}, 2).rows, list)


def test_the_cost_of_a_page_is_one_query(acme, django_assert_num_queries):
    make_invitation(acme)
    with django_assert_num_queries(1):
        page({}, 2)
    assert Workspace.objects.count() == 2


@pytest.mark.parametrize(
    "moment",
    [
        "2024-01-01T00:00:00+23:00",
        "2024-01-01T00:00:00-16:00",
        "2024-01-01T00:00:00+01:02:03.000004",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
@pytest.mark.parametrize("side", ["before", "after"])
def test_an_offset_that_only_python_knows_is_no_error(side, moment, acme):
    make_invitation(acme)
    key = f"{moment}_01890000-0000-7000-8000-000000000000"
    assert isinstance(page({side: key}, 2).rows, list)
    assert (read := read_key(key)) is None or read[0].tzinfo is UTC
