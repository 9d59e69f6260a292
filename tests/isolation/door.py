"""One door, as the tables of doors.py and inbox_doors.py write it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Door:
    get: str
    post: str
    # The kinds of the ids in the address (world.ids), or the words themselves.
    ids: tuple[str, ...] = ()
    # Posted; {kind} becomes the id.
    send: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    # Who holds the secret in the address reads what the workspace is called.
    tells: bool = False


LOOK = "SxmmmmSx"  # the POST of a page that only shows
CHANGE = "SxmmmmSx"  # the GET of a door that only acts
