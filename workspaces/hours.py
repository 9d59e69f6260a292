"""Weekly hours: when somebody is there, by the clock of a place. Kept as JSON: `{"mon": [["09:00", "17:30"]]}`.

A span that ends before it begins goes on into the next day. A holiday is closed as a whole, with what begins on it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_SPANS = 6
# Behind so many closed days nobody looks for the next opening.
FARTHEST = 60
SPAN = re.compile(r"^\s*(\d{1,2}(?::\d{2})?)\s*[-\u2013\u2014]\s*(\d{1,2}(?::\d{2})?)\s*$")
CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")

Spans = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    # By weekday, Monday first. None at all: nothing is said, so it is never closed.
    days: tuple[Spans, ...] = ((),) * 7

    @classmethod
    def of(cls, kept: Mapping[str, list[list[str]]] | None) -> "WeeklyHours":
        kept = kept or {}
        return cls(tuple(tuple((clock(start), clock(end)) for start, end in kept.get(day, [])) for day in DAYS))

    def __bool__(self) -> bool:
        return any(self.days)

    def kept(self) -> dict[str, list[list[str]]]:
        return {
            day: [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]
            for day, spans in zip(DAYS, self.days, strict=True)
            if spans
        }

    def hold(self, at: datetime, zone: ZoneInfo, holidays: Collection[date] = ()) -> bool:
        if not self:
            return True
        moment, today = at.astimezone(UTC), at.astimezone(zone).date()
        # Compared as moments: a clock that is put back shows the same time twice.
        return any(
            start <= moment < end
            for day in (today - timedelta(days=1), today)
            for start, end in self.on(day, zone, holidays)
        )

    def on(self, day: date, zone: ZoneInfo, holidays: Collection[date] = ()) -> Iterator[tuple[datetime, datetime]]:
        """The spans that begin on this day, as moments."""
        for start, end in () if day in holidays else self.days[day.weekday()]:
            until = day + timedelta(days=1) if end <= start else day
            yield datetime.combine(day, start, zone), datetime.combine(until, end, zone)

    def next_opening(self, at: datetime, zone: ZoneInfo, holidays: Collection[date] = ()) -> datetime | None:
        """The first beginning after this moment; None where there is none in sight, or it is never closed."""
        moment, today = at.astimezone(UTC), at.astimezone(zone).date()
        for ahead in range(FARTHEST):
            starts = [start for start, _ in self.on(today + timedelta(days=ahead), zone, holidays) if start > moment]
            if starts:
                return min(starts)
        return None

    def last_closing(self, at: datetime, zone: ZoneInfo, holidays: Collection[date] = ()) -> datetime | None:
        """The latest end until this moment; None where there is none in sight, or it is never closed."""
        moment, today = at.astimezone(UTC), at.astimezone(zone).date()
        for back in range(FARTHEST):
            # What began the day before may end later than what began on this one.
            days = [today - timedelta(days=back + more) for more in (0, 1)]
            ends = [end for day in days for _, end in self.on(day, zone, holidays) if end <= moment]
            if ends:
                return max(ends, key=lambda end: end.astimezone(UTC))
        return None

    def lines(self) -> list[tuple[str, str]]:
        """Days and hours as a person reads them: neighbours that are alike in one."""
        written = [write_spans([[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]) for spans in self.days]
        runs: list[tuple[int, int]] = []
        for day, words in enumerate(written):
            if runs and written[runs[-1][1]] == words:
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        return [(run_of(first, last), written[first] or "Closed") for first, last in runs] if self else []


def run_of(first: int, last: int) -> str:
    if first == last:
        return DAY_NAMES[first]
    return f"{DAY_NAMES[first]} {'and' if last == first + 1 else 'to'} {DAY_NAMES[last]}"


def clock(text: str) -> time:
    return time.fromisoformat(text)


def read_spans(text: str) -> list[list[str]]:
    """What a person writes for one day: “9-12:30, 14:00-18:00”; nothing is closed, “24h” the whole day."""
    if not text.strip():
        return []
    if text.strip().lower().replace(" ", "") in {"24h", "0-24", "00:00-24:00"}:
        return [["00:00", "00:00"]]
    spans = []
    for part in re.split(r"[,;]", text):
        found = SPAN.match(part)
        if not found:
            raise ValidationError(
                f"“{part.strip()}” is no span of time: write 09:00-17:30, several with a comma between."
            )
        spans.append([read_clock(found[1]), read_clock(found[2])])
    return ordered(spans)


def read_clock(text: str) -> str:
    hour, _, minute = text.partition(":")
    if hour == "24" and minute in {"", "00"}:
        hour = "0"
    written = f"{int(hour):02}:{minute or '00'}"
    if not CLOCK.match(written):
        raise ValidationError(f"There is no {text} on a clock.")
    return written


def ordered(spans: list[list[str]]) -> list[list[str]]:
    spans = sorted(spans)
    if len(spans) > MOST_SPANS:
        raise ValidationError(f"At most {MOST_SPANS} spans on one day.")
    for (_, end), (start, _) in pairwise(spans):
        # What goes on into the next day is the last of its own.
        if end > start or end == "00:00":
            raise ValidationError("Two spans of a day overlap.")
    for start, end in spans[:-1]:
        if end <= start:
            raise ValidationError("Only the last span of a day may go on into the next one.")
    return spans


def write_spans(spans: list[list[str]]) -> str:
    return ", ".join("24h" if [start, end] == ["00:00", "00:00"] else f"{start}-{end}" for start, end in spans)


def validate_hours(value: object) -> None:
    """What comes from elsewhere than a form."""
    if not isinstance(value, dict) or not set(value) <= set(DAYS):
        raise ValidationError("Hours are spans by day: mon, tue, wed, thu, fri, sat, sun.")
    for spans in value.values():
        if not isinstance(spans, list) or not all(
            isinstance(span, list) and len(span) == 2 and all(isinstance(end, str) and CLOCK.match(end) for end in span)
            for span in spans
        ):
            raise ValidationError("A span is its beginning and its end, such as 09:00 and 17:30.")
        ordered(spans)
