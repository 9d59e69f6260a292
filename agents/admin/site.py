"""The workspace's admin, on its host. What somebody may do here is said by their position, and by nothing else."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from agents.admin.dashboard import dashboard
from agents.admin.permissions import may
from agents.models import Agent, AgentStatusLog, Holiday, Position
from workspaces.admin.house import HouseSite, link_item, public_page
from workspaces.models import Invitation, Membership, UserActivity
from workspaces.views.entrance import sign_out


class WorkspaceSite(HouseSite):
    index_title = "Overview"
    index_template = "admin/workspace_index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return may(request, "admin.open")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**dashboard(request), **(extra_context or {})})

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        return sign_out(request)  # type: ignore[arg-type]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = request.workspace.name  # type: ignore[attr-defined]
        return {
            **super().each_context(request),
            "site_title": f"{name} admin",
            "site_header": name,
            "site_subheader": "Workspace admin",
            "site_url": None,
            "account_links": [
                {"title": "Back to the workspace", "link": reverse("agents:home")},
                {"title": "Theme and language", "link": public_page("workspaces:preferences")},
            ],
        }

    def navigation(self, request: HttpRequest) -> list[dict[str, Any]]:
        people = [self.list_item(request, model) for model in (Agent, Position, Holiday, Membership, Invitation)]
        logs = [self.list_item(request, AgentStatusLog), self.list_item(request, UserActivity)]
        return [
            {"items": [link_item(request, "Overview", "dashboard", reverse("admin:index", current_app=self.name))]},
            *self.sections_above(request),
            {"title": "People", "items": people},
            {"title": "Logs", "items": logs},
            {"title": "Product", "separator": True, "items": product(request)},
        ]

    def sections_above(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Of the apps that stand on this one: each list says where it belongs."""
        sections: dict[str, list[dict[str, Any]]] = {}
        for model, admin in self._registry.items():
            if admin.section and admin.has_view_permission(request):
                sections.setdefault(admin.section, []).append(self.list_item(request, model))
        return [{"title": title, "items": items} for title, items in sections.items()]


def product(request: HttpRequest) -> list[dict[str, Any]]:
    doors = [("Home", "home", "agents:home", ""), ("Team", "groups", "agents:team", "team.view")]
    doors += [("Settings", "settings", "agents:settings", "workspace.manage")]
    return [
        link_item(request, title, icon, reverse(view))
        for title, icon, view, code in doors
        if not code or may(request, code)
    ]


workspace_admin = WorkspaceSite(name="workspace_admin")
