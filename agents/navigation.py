"""The doors of a workspace that are open to this agent: none leads to what does not exist."""

from dataclasses import dataclass, replace
from functools import cache

from django.urls import reverse

from agents.guards import WorkspaceRequest
from agents.models import Agent


@dataclass(frozen=True)
class Door:
    label: str
    view: str
    icon: str
    permission: str = ""
    owner_only: bool = False
    # For who answers customers, whatever the position.
    answering: bool = False
    # Pages that belong to it without standing below it.
    also: tuple[str, ...] = ()
    # The key that leads here, where it is not taken by the page itself.
    shortcut: str = ""
    current: bool = False

    @property
    def url(self) -> str:
        return ways_of(self)[0]

    def nearness(self, path: str) -> int:
        """How much of the way to this page leads through this door."""
        # To the start leads every path, and it is but one page.
        return max(
            (len(way) for way in ways_of(self) if path == way or (way != "/" and path.startswith(way))), default=0
        )


@cache
def ways_of(door: Door) -> tuple[str, ...]:
    return tuple(map(reverse, (door.view, *door.also)))


RAIL = [
    Door("Home", "agents:home", "home"),
    Door("Inbox", "inbox:home", "inbox"),
    Door("Search", "inbox:search", "search", shortcut="/"),
    Door("Contacts", "inbox:contacts", "contact"),
    Door("Team", "agents:team", "users", "team.view"),
]
SECTIONS = [
    Door("General", "agents:settings", "building", "workspace.manage"),
    Door("Channels", "pages:channels", "plug", "channels.view"),
    Door("Canned replies", "replies:list", "template", answering=True),
    Door("Labels", "inbox:settings-labels", "tag", "inbox.manage"),
    Door("Assignment", "inbox:settings-inbox", "sliders", "inbox.manage"),
    Door("Routing", "inbox:settings-routing", "filter", "inbox.manage"),
    Door("Business hours", "inbox:settings-hours", "clock", "inbox.manage"),
    Door("Members", "agents:members", "user-plus", "members.view", also=("agents:invitations",)),
    Door("Security", "agents:security", "shield-check", "workspace.manage"),
    Door("Audit log", "agents:activity", "history", "audit.view"),
    Door("Ownership", "agents:ownership", "key", owner_only=True),
]
ADMIN = Door("Admin", "workspace_admin:index", "shield", "admin.open")


def open_sections(agent: Agent, path: str, *, is_owner: bool = False) -> tuple[Door, ...]:
    return marked([door for door in SECTIONS if is_open(door, agent, is_owner=is_owner)], path)


def open_doors(agent: Agent, path: str, *, is_owner: bool = False) -> tuple[Door, ...]:
    """Those this agent may pass, with the one that leads deepest towards this page marked."""
    sections = [door for door in SECTIONS if is_open(door, agent, is_owner=is_owner)]
    # Settings opens where this agent may look first.
    settings = (
        [Door("Settings", sections[0].view, "settings", also=tuple(s.view for s in sections))] if sections else []
    )
    doors = [*(door for door in RAIL if is_open(door, agent)), *settings]
    return marked([*doors, ADMIN] if is_open(ADMIN, agent) else doors, path)


def is_open(door: Door, agent: Agent, *, is_owner: bool = False) -> bool:
    if (door.owner_only and not is_owner) or (door.answering and not agent.answers):
        return False
    return not door.permission or agent.can(door.permission)


def marked(doors: list[Door], path: str) -> tuple[Door, ...]:
    nearest = max((door.nearness(path) for door in doors), default=0) or -1
    return tuple(replace(door, current=True) if door.nearness(path) == nearest else door for door in doors)


def navigation(request: WorkspaceRequest) -> dict[str, object]:
    """A context processor."""
    agent = getattr(request, "agent", None)
    if not agent:
        return {"navigation": ()}
    is_owner = request.membership.is_owner
    sections = open_sections(agent, request.path, is_owner=is_owner)
    doors: dict[str, object] = {"navigation": open_doors(agent, request.path, is_owner=is_owner), "commands": sections}
    if request.path.startswith("/settings/"):
        doors["sections"] = sections
    return doors
