"""The audit log in an admin: read, filtered, never changed. Each site says whose rows it shows."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from workspaces.admin.base import HouseAdmin
from workspaces.admin.showing import Person, moment
from workspaces.models import UserActivity

AREAS = {
    "account": "Sign-in and security",
    "agent": "Agents",
    "channel": "Channels",
    "invitation": "Invitations",
    "member": "Members",
    "person": "People",
    "position": "Positions",
    "profile": "Profiles",
    "webhook": "Webhooks",
    "workspace": "Workspace",
}


class AreaFilter(admin.SimpleListFilter):
    title = "area"
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(AREAS.items())

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(activity_type__startswith=f"{self.value()}.") if self.value() in AREAS else rows


class ActivityAdmin(Person, HouseAdmin):
    title = "Audit log"
    icon = "history"
    list_display = ["when", "who", "what", "description", "ip_address"]
    list_select_related = ["user", "workspace"]
    search_fields = ["description", "user__first_name", "user__last_name", "user__email", "=ip_address"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-id"]
    fields = ["person", "what", "description", "created_at", "ip_address", "user_agent", "metadata"]
    readonly_fields = ["person", "what", "created_at"]
    # A log is long: it is paged through, not counted.
    paginator = InfinitePaginator

    def get_queryset(self, request: Any) -> QuerySet[UserActivity]:
        return super().get_queryset(request).select_related("user", "workspace")

    @plain(description="When", ordering="created_at")
    def when(self, activity: UserActivity) -> str:
        return moment(activity.created_at)

    @display(description="What", label=True, ordering="activity_type")
    def what(self, activity: UserActivity) -> str:
        return activity.activity_type
