"""Weekly hours by the clock of a place: midnight, holidays, clocks that are put on and back, zones of half an hour."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from workspaces.hours import DAYS, WeeklyHours, read_spans, validate_hours, write_spans

BERLIN, NEW_YORK, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
OFFICE = WeeklyHours.of({day: [["09:00", "12:00"], ["13:00", "17:30"]] for day in DAYS[:5]})
NIGHT = WeeklyHours.of({day: [["22:00", "06:00"]] for day in DAYS})
ALWAYS = WeeklyHours.of({day: [["00:00", "00:00"]] for day in DAYS})


def at(text: str, zone=BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-20T08:59", False),
        ("2026-11-20T09:00", True),
        ("2026-11-20T12:00", False),
        ("2026-11-20T17:29", True),
        ("2026-11-20T17:30", False),
        ("2026-11-21T10:00", False),
    ],
)
def test_at_work(moment, open_):
    assert OFFICE.hold(at(moment), BERLIN) is open_
    assert OFFICE.hold(at(moment).astimezone(UTC), BERLIN) is open_


@pytest.mark.parametrize(
    ("moment", "ended"),
    [
        ("2026-11-20T17:30", "2026-11-20T17:30"),
        ("2026-11-20T12:30", "2026-11-20T12:00"),
        ("2026-11-22T03:00", "2026-11-20T17:30"),
        ("2026-11-23T08:00", "2026-11-20T17:30"),
    ],
)
def test_the_last_closing(moment, ended):
    assert OFFICE.last_closing(at(moment), BERLIN) == at(ended)


def test_a_night_ends_in_the_morning():
    assert NIGHT.hold(at("2026-11-20T05:59"), BERLIN)
    assert not NIGHT.hold(at("2026-11-20T06:00"), BERLIN)
    assert NIGHT.last_closing(at("2026-11-20T21:00"), BERLIN) == at("2026-11-20T06:00")
    assert NIGHT.next_opening(at("2026-11-20T21:00"), BERLIN) == at("2026-11-20T22:00")


def test_what_began_before_a_holiday_ends_on_it_and_nothing_begins():
    holidays = {date(2026, 11, 20)}
    assert NIGHT.hold(at("2026-11-20T05:00"), BERLIN, holidays)
    assert not NIGHT.hold(at("2026-11-20T23:00"), BERLIN, holidays)
    assert NIGHT.last_closing(at("2026-11-21T21:00"), BERLIN, holidays) == at("2026-11-20T06:00")
    assert OFFICE.last_closing(at("2026-11-20T18:00"), BERLIN, holidays) == at("2026-11-19T17:30")


def test_a_long_closure_has_an_end_in_sight_or_none():
    year = {date(2026, 1, 1) + timedelta(days=number) for number in range(365)}
    assert OFFICE.last_closing(at("2026-11-20T18:00"), BERLIN, year) is None
    assert OFFICE.next_opening(at("2026-10-01T18:00"), BERLIN, year) is None


def test_days_without_an_end_run_into_each_other():
    for hour in range(24 * 8):
        assert ALWAYS.hold(at("2026-11-16T00:00") + timedelta(hours=hour), BERLIN)
    assert WeeklyHours().hold(at("2026-11-16T00:00"), BERLIN)
    assert WeeklyHours().last_closing(at("2026-11-16T00:00"), BERLIN) is None


def test_a_clock_put_back_shows_an_hour_twice_and_a_shift_ends_once():
    """New York, 1 November 2026: 01:00 to 02:00 comes twice."""
    hours = WeeklyHours.of({"sat": [["20:00", "01:30"]]})
    first = datetime(2026, 11, 1, 5, 15, tzinfo=UTC)
    assert hours.hold(first, NEW_YORK)
    assert not hours.hold(first + timedelta(hours=1), NEW_YORK)
    ended = hours.last_closing(first + timedelta(hours=1), NEW_YORK)
    assert ended
    assert ended.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_the_night_on_which_the_clock_is_put_on_is_an_hour_shorter():
    """Berlin, 29 March 2026: from 02:00 to 03:00."""
    began, ended = next(NIGHT.on(date(2026, 3, 28), BERLIN))
    assert ended.astimezone(UTC) - began.astimezone(UTC) == timedelta(hours=7)
    assert NIGHT.last_closing(at("2026-03-29T12:00"), BERLIN) == at("2026-03-29T06:00")


def test_every_moment_of_a_year_is_in_a_span_or_after_a_closing():
    """Whatever the clock does: not at work means that a closing lies between the last span and now."""
    moment = datetime(2026, 3, 27, tzinfo=UTC)
    for _ in range(24 * 7 * 4):
        for hours in (OFFICE, NIGHT):
            closing = hours.last_closing(moment, NEW_YORK)
            assert closing is not None
            assert closing <= moment
            if not hours.hold(moment, NEW_YORK):
                opening = hours.next_opening(moment, NEW_YORK)
                assert opening
                assert not hours.hold(closing, NEW_YORK)
                assert hours.hold(opening, NEW_YORK)
        moment += timedelta(minutes=15)


def test_a_zone_of_half_an_hour():
    assert OFFICE.hold(datetime(2026, 11, 20, 3, 30, tzinfo=UTC), KOLKATA)
    assert not OFFICE.hold(datetime(2026, 11, 20, 3, 29, tzinfo=UTC), KOLKATA)
    ended = OFFICE.last_closing(datetime(2026, 11, 20, 13, tzinfo=UTC), KOLKATA)
    assert ended
    assert ended.astimezone(UTC) == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("9-17", [["09:00", "17:00"]]),
        ("14:00-18:00, 9-12:30", [["09:00", "12:30"], ["14:00", "18:00"]]),
        ("22-6", [["22:00", "06:00"]]),
        ("24h", [["00:00", "00:00"]]),
        ("18 - 24", [["18:00", "00:00"]]),
    ],
)
def test_what_a_person_writes(text, spans):
    assert read_spans(text) == spans
    assert read_spans(write_spans(spans)) == spans
    validate_hours({"mon": spans})


@pytest.mark.parametrize("text", ["nine to five", "9", "25-26", "9:75-10", "9-12, 11-14", "22-6, 23-24", ",", "9-12,,"])
def test_what_is_no_hours_says_so(text):
    with pytest.raises(ValidationError):
        read_spans(text)


def test_days_that_are_alike_are_told_in_one():
    assert OFFICE.lines() == [("Monday to Friday", "09:00-12:00, 13:00-17:30"), ("Saturday and Sunday", "Closed")]
    assert WeeklyHours.of({"wed": [["09:00", "10:00"]]}).lines() == [
        ("Monday and Tuesday", "Closed"),
        ("Wednesday", "09:00-10:00"),
        ("Thursday to Sunday", "Closed"),
    ]
    assert WeeklyHours().lines() == []
