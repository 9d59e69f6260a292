"""When who holds a position is at work: by its own hours, else by the business hours, on days that are no holidays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

from agents.models import Agent, Holiday, Position
from workspaces.hours import FARTHEST, WeeklyHours, write_spans
from workspaces.models import Workspace, WorkspaceProfile
from workspaces.tenancy.search_path import current_schema

# A weekday alone says when, as far as the week goes.
WEEK = 6


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

    def opens(self, position: Position, now: datetime) -> datetime | None:
        return self.hours_of(position).next_opening(now, self.zone, self.holidays)

    def today(self, position: Position, now: datetime) -> str:
        """Nothing where nothing is said."""
        hours, day = self.hours_of(position), now.astimezone(self.zone).date()
        if not hours:
            return ""
        spans = () if day in self.holidays else hours.days[day.weekday()]
        return write_spans([[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]) or "closed"


def calendar(positions: Iterable[Position]) -> Calendar | None:
    """Of these, as far as a shift's end is looked for, and the beginning of the next."""
    profile = WorkspaceProfile.objects.filter(workspace__schema_name=current_schema()).first()
    if profile is None:
        return None
    zone = ZoneInfo(profile.timezone)
    if not profile.business_hours and not any(position.hours for position in positions):
        return Calendar(zone, {})
    today = timezone.now().astimezone(zone).date()
    near = Holiday.objects.filter(date__range=[today - timedelta(days=FARTHEST + 1), today + timedelta(days=FARTHEST)])
    return Calendar(zone, profile.business_hours, frozenset(near.values_list("date", flat=True)))


def keeps_hours(agent: Agent, workspace: Workspace) -> bool:
    """Without a query, as far as each process remembers the workspace: every page asks."""
    return bool(agent.position.hours or getattr(workspace, "hours", None))


def pause_of(agent: Agent, workspace: Workspace) -> str:
    """Why nothing is dealt to them even when they are online, and from when it is again; nothing: it is dealt."""
    if not agent.can_receive_new_chats:
        if "team.manage" in agent.codes:
            return "No new chats are dealt to you: your page under Team switches this"
        return "A supervisor has set that no new chats are dealt to you"
    known = calendar([agent.position]) if keeps_hours(agent, workspace) else None
    now = timezone.now()
    if known is None or known.is_open(agent.position, now):
        return ""
    opens = known.opens(agent.position, now)
    return f"Outside your hours: new chats come again {said(opens)}" if opens else "Outside your hours: no new chats"


def said(opens: datetime) -> str:
    """By the clock of who reads it."""
    local = timezone.localtime(opens)
    days, clock = (local.date() - timezone.localdate()).days, date_format(local, "TIME_FORMAT")
    if days > 1:
        return f"{date_format(local, 'l' if days <= WEEK else 'l, j F')}, {clock}"
    return f"{'tomorrow, ' if days else 'at '}{clock}"
