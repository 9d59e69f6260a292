"""What stands in the inbox's own column: views, saved views, channels, labels."""

from dataclasses import dataclass, field

from agents.models import Agent
from inbox.boxes import STANDING
from inbox.furniture import Furniture
from inbox.rows import PLATFORM_ICONS
from workspaces.models import Platform


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    name: str
    icon: str
    colour: str = ""
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    entries: list[Entry] = field(default_factory=list)


def navigation_of(agent: Agent, furniture: Furniture) -> list[Group]:
    groups = [
        Group("", [Entry(box.key, box.name, box.icon) for box in (standing(agent) for standing in STANDING.values())]),
        Group(
            "Views",
            [Entry(f"view-{view.pk}", view.name, "filter", is_shared=view.is_shared) for view in furniture.views],
        ),
        Group(
            "Channels",
            [Entry(f"channel-{c.pk}", c.name, PLATFORM_ICONS[Platform(c.kind)]) for c in furniture.channels],
        ),
        Group("Labels", [Entry(f"label-{found.pk}", found.name, "tag", found.kind) for found in furniture.labels]),
    ]
    return [group for group in groups if group.entries]
