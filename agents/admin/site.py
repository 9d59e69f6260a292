"""The workspace's admin, on its host."""

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class WorkspaceSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        agent = getattr(request, "agent", None)
        return bool(agent and agent.can("admin.open"))


workspace_admin = WorkspaceSite(name="workspace_admin")
