"""The doors of a workspace that are open to this agent: none leads to what does not exist."""

from dataclasses import dataclass

from django.urls import reverse

from agents.guards import WorkspaceRequest
from agents.models import Agent


@dataclass(frozen=True)
class Door:
    label: str
    view: str
    icon: str
    permission: str = ""
    current: bool = False

    @property
    def url(self) -> str:
        return reverse(self.view)


RAIL = [
    Door("Home", "agents:home", "home"),
    Door("Team", "agents:team", "users", "team.view"),
    Door("Settings", "agents:settings", "settings", "workspace.manage"),
    Door("Members", "agents:members", "user-plus", "members.view"),
    Door("Audit log", "agents:activity", "history", "audit.view"),
    Door("Admin", "workspace_admin:index", "shield", "admin.open"),
]


def open_doors(agent: Agent, path: str) -> list[Door]:
    """Those this agent may pass, with the one that leads deepest towards this page marked."""
    allowed = [door for door in RAIL if not door.permission or agent.can(door.permission)]
    leading = [door.url for door in allowed if path.startswith(door.url)]
    nearest = max(leading, key=len, default="")
    return [Door(door.label, door.view, door.icon, door.permission, door.url == nearest) for door in allowed]


def navigation(request: WorkspaceRequest) -> dict[str, object]:
    """A context processor."""
    agent = getattr(request, "agent", None)
    return {"navigation": open_doors(agent, request.path) if agent else []}
