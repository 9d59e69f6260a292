"""Holidays: days on which nobody is at work, whatever the hours say."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agents.actions.holidays import delete_holiday, save_holiday
from agents.admin.permissions import WorkspaceAdmin, acting, may
from agents.admin.site import workspace_admin
from agents.models import Holiday


@admin.register(Holiday, site=workspace_admin)
class HolidayAdmin(WorkspaceAdmin):
    title = "Holidays"
    view_code = "team.view"
    change_code = "inbox.manage"
    icon = "event_busy"
    list_display = ["date", "name"]
    search_fields = ["name"]
    ordering = ["-date"]
    fields = ["date", "name"]

    # Permissions.
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.change_code)

    has_delete_permission = has_add_permission

    # Doors.
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_holiday(obj, **acting(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_holiday(obj, **acting(request))
