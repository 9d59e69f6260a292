"""When who holds a position is at work: by its own hours, else by the business hours, on days that are no holidays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from agents.models import Holiday, Position
from workspaces.hours import FARTHEST, WeeklyHours, write_spans
from workspaces.models import WorkspaceProfile
from workspaces.tenancy.search_path import current_schema


@dataclass(frozen=True, slots=True)
class Calendar:
    zone: ZoneInfo
    business_hours: dict[str, Any]
    holidays: frozenset[date] = frozenset()

    def hours_of(self, position: Position) -> WeeklyHours:
        return WeeklyHours.of(position.hours or self.business_hours)

    def is_open(self, position: Position, now: datetime) -> bool:
        return self.hours_of(position).hold(now, self.zone, self.holidays)

    def ended(self, position: Position, now: datetime) -> datetime | None:
        """When the last shift was over; nothing while one goes on, and where there are no hours."""
        hours = self.hours_of(position)
        if hours.hold(now, self.zone, self.holidays):
            return None
        return hours.last_closing(now, self.zone, self.holidays)

    def today(self, position: Position, now: datetime) -> str:
        """Nothing where nothing is said."""
        hours, day = self.hours_of(position), now.astimezone(self.zone).date()
        if not hours:
            return ""
        spans = () if day in self.holidays else hours.days[day.weekday()]
        return write_spans([[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]) or "closed"


def calendar(positions: Iterable[Position]) -> Calendar | None:
    """Of these, as far back as a shift's end is looked for."""
    profile = WorkspaceProfile.objects.filter(workspace__schema_name=current_schema()).first()
    if profile is None:
        return None
    zone = ZoneInfo(profile.timezone)
    if not profile.business_hours and not any(position.hours for position in positions):
        return Calendar(zone, {})
    today = timezone.now().astimezone(zone).date()
    near = Holiday.objects.filter(date__range=[today - timedelta(days=FARTHEST + 1), today])
    return Calendar(zone, profile.business_hours, frozenset(near.values_list("date", flat=True)))
