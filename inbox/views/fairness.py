"""For who manages the team: whether the turns were fair, day by day."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest, requires
from inbox.fairness import COLUMNS, as_rows, fairness_of
from inbox.sheets import written
from inbox.views.contacts_files import as_csv
from workspaces.models import WorkspaceProfile

FIRST = date(2000, 1, 1)


@requires("team.manage")
@require_safe
def fairness(request: WorkspaceRequest) -> HttpResponse:
    zone = zone_of(request)
    today = timezone.now().astimezone(zone).date()
    found = fairness_of(day_asked(request, today), zone)
    context = {
        "found": found,
        "columns": COLUMNS,
        "zone": zone.key,
        "today": today,
        "before": found.day - timedelta(days=1) if found.day > FIRST else None,
        "after": found.day + timedelta(days=1) if found.day < today else None,
    }
    return render(request, "inbox/fairness.html", context)


@requires("team.manage")
@require_safe
def export(request: WorkspaceRequest) -> HttpResponse:
    zone = zone_of(request)
    day = day_asked(request, timezone.now().astimezone(zone).date())
    return as_csv(HttpResponse("".join(written(as_rows(fairness_of(day, zone))))), f"turns-{day.isoformat()}.csv")


def zone_of(request: WorkspaceRequest) -> ZoneInfo:
    return ZoneInfo(WorkspaceProfile.objects.values_list("timezone", flat=True).get(workspace=request.workspace))


def day_asked(request: WorkspaceRequest, today: date) -> date:
    """What is no day, or is to come, is today."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return day if FIRST <= day <= today else today
