"""What rules are asked about, as the database has it: the case of each chat that begins."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from agents.models import Holiday
from inbox.arrivals import Arrival
from inbox.languages import language_in, language_of
from inbox.models import Identity, RoutingRule
from inbox.routing import Case
from workspaces.hours import FARTHEST, WeeklyHours
from workspaces.models import WorkspaceProfile
from workspaces.tenancy.search_path import current_schema


class BusinessHours:
    """The workspace's own, by its clock, with the holidays around now."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        profile = WorkspaceProfile.objects.filter(workspace__schema_name=current_schema()).first()
        self.hours = WeeklyHours.of(profile.business_hours if profile else None)
        self.zone = ZoneInfo(profile.timezone if profile else "UTC")
        self.holidays = self._holidays() if self.hours else set()

    def _holidays(self) -> set[date]:
        today = self.now.astimezone(self.zone).date()
        near = Holiday.objects.filter(date__range=[today - timedelta(days=1), today + timedelta(days=FARTHEST)])
        return set(near.values_list("date", flat=True))

    @property
    def hold(self) -> bool:
        return self.hours.hold(self.now, self.zone, self.holidays)

    @property
    def next_opening(self) -> datetime | None:
        return self.hours.next_opening(self.now, self.zone, self.holidays)


def cases_of(arrivals: Sequence[Arrival], rules: Iterable[RoutingRule]) -> list[Case]:
    """In their order. Only what the rules ask for is looked up."""
    asked = {name for rule in rules for name in rule.conditions}
    tags = tags_of(arrivals) if "tags" in asked else {}
    in_hours = BusinessHours().hold if "hours" in asked else True
    return [
        Case(
            platform=arrival.chat.platform,
            channel=str(arrival.chat.channel_id),
            tags=tuple(tags.get(arrival.chat.identity_id, ())),
            language=language_for(arrival) if "languages" in asked else "",
            words=arrival.words,
            in_hours=in_hours,
            returning=arrival.is_returning,
        )
        for arrival in arrivals
    ]


def language_for(arrival: Arrival) -> str:
    """As the platform says, else as they write."""
    return language_of(arrival.chat.identity.locale) or language_in(arrival.words)


def tags_of(arrivals: Iterable[Arrival]) -> dict[object, list[str]]:
    faces = Identity.objects.filter(pk__in={arrival.chat.identity_id for arrival in arrivals})
    return dict(faces.values_list("pk", "contact__tags"))
