"""When the business is open, and the days on which it is not."""

from django.db import IntegrityError, transaction

from agents.actions.holidays import save_holiday
from agents.actions.positions import require
from agents.models import Agent, Holiday
from inbox.arrivals import look_again
from workspaces.audit import record
from workspaces.hours import DAY_NAMES, DAYS, write_spans
from workspaces.models import Workspace, WorkspaceProfile
from workspaces.refusals import Refused
from workspaces.tenancy.hosts import announce_host_change

Hours = dict[str, list[list[str]]]


@transaction.atomic
def save_hours(hours: Hours, *, by: Agent, workspace: Workspace) -> None:
    """By weekday; none at all: always open."""
    require(by, "inbox.manage")
    profile = WorkspaceProfile.objects.select_for_update().get(workspace=workspace)
    hours = {day: spans for day, spans in hours.items() if spans}
    if profile.business_hours == hours:
        return
    profile.business_hours = hours
    profile.save(update_fields=["business_hours", "updated_at"])
    record("inbox.hours", f"Business hours: {said(hours)}", by=by.user, workspace=workspace, hours=hours)
    look_again()
    announce_host_change()


def said(hours: Hours) -> str:
    named = zip(DAYS, DAY_NAMES, strict=True)
    return ", ".join(f"{name[:3]} {write_spans(hours[day])}" for day, name in named if day in hours) or "always"


def add_holiday(holiday: Holiday, *, by: Agent, workspace: Workspace) -> None:
    try:
        save_holiday(holiday, by=by, workspace=workspace)
    except IntegrityError as error:
        raise Refused("There is a holiday on this day.", field="date") from error
