"""The status log below what it tells of: when, to what, by whom and why."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from agents.admin.permissions import WorkspaceInline
from workspaces.admin.showing import moment


class StatusLogInline(WorkspaceInline):
    verbose_name_plural = "Status log"
    per_page = 10

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("changed_by__user")

    def when(self, log: Any) -> str:
        return moment(log.changed_at)

    def by(self, log: Any) -> str:
        return log.changed_by.name if log.changed_by else "The system"
