"""From Django's four questions to our permission codes. `is_staff` is the platform's and says nothing here."""

from typing import Any

from django.http import HttpRequest

from agents.guards import WorkspaceRequest
from agents.models import Agent
from workspaces.admin.base import HouseAdmin, HouseInline


class Coded:
    """Who may look and who may change; empty: nobody."""

    view_code = ""
    change_code = ""

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return may(request, self.view_code)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return may(request, self.change_code)


class WorkspaceAdmin(Coded, HouseAdmin):
    pass


class WorkspaceInline(Coded, HouseInline):
    pass


def may(request: HttpRequest, *codes: str) -> bool:
    """Any of these."""
    agent: Agent | None = getattr(request, "agent", None)
    return bool(agent) and any(agent.can(code) for code in codes if code)  # type: ignore[union-attr]


def acting(request: HttpRequest) -> dict[str, Any]:
    """Who does it and where, as the agents' actions ask."""
    here: WorkspaceRequest = request  # type: ignore[assignment]
    return {"by": here.agent, "workspace": here.workspace}
