"""What stands in the inbox's own column: views, saved views, channels, labels."""

from dataclasses import dataclass
from functools import lru_cache

from inbox.boxes import NAMES
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
    entries: tuple[Entry, ...]


@lru_cache(maxsize=256)
def navigation_of(furniture: Furniture) -> tuple[Group, ...]:
    standing = [Entry(key, name, icon) for key, (name, icon) in NAMES.items()]
    views = [Entry(f"view-{view.pk}", view.name, "filter", is_shared=view.is_shared) for view in furniture.views]
    channels = [Entry(f"channel-{one.pk}", one.name, PLATFORM_ICONS[Platform(one.kind)]) for one in furniture.channels]
    labels = [Entry(f"label-{label.pk}", label.name, "tag", label.kind) for label in furniture.labels]
    groups = {"": standing, "Views": views, "Channels": channels, "Labels": labels}
    return tuple(Group(name, tuple(entries)) for name, entries in groups.items() if entries)
