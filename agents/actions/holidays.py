"""Days on which nobody is at work."""

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent, Holiday
from agents.realtime.presence import DEALING
from workspaces import bells
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.tenancy.search_path import current_schema


@transaction.atomic
def save_holiday(holiday: Holiday, *, by: Agent, workspace: Workspace) -> None:
    require(by, "inbox.manage")
    holiday.save()
    bells.ring_on_commit(DEALING, current_schema())
    record("holiday.saved", f"Closed on a holiday: {holiday}", by=by.user, workspace=workspace)


@transaction.atomic
def delete_holiday(holiday: Holiday, *, by: Agent, workspace: Workspace) -> None:
    require(by, "inbox.manage")
    words = str(holiday)
    holiday.delete()
    bells.ring_on_commit(DEALING, current_schema())
    record("holiday.deleted", f"No longer closed on a holiday: {words}", by=by.user, workspace=workspace)
