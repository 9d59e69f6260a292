"""What a page shows the stream process, which asks no database: who is looking, and until when that is believed."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.core import signing

if TYPE_CHECKING:
    # Its models would ask for all of Django, of which the stream process has the settings alone.
    from agents.guards import WorkspaceRequest

SALT = "agents.realtime"
# A page opens its stream as soon as it has the token; each reconnection fetches another.
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Viewer:
    schema: str
    agent: str
    user: str
    reads_all: bool
    made_at: float

    @property
    def names(self) -> tuple[str, str, str]:
        """By each of these, streams are ended."""
        return self.schema, self.agent, self.user


def token_for(request: WorkspaceRequest) -> str:
    viewer = Viewer(
        schema=request.workspace.schema_name,
        agent=str(request.agent.pk),
        user=str(request.user.pk),
        reads_all=request.agent.can("messages.view"),
        made_at=time.time(),
    )
    return signing.dumps(asdict(viewer), salt=SALT)


def read_token(token: str) -> Viewer | None:
    try:
        return Viewer(**signing.loads(token, salt=SALT, max_age=SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def ended_key(who: str) -> str:
    """Where it stands until when the tokens of these were made that open nothing any more."""
    return f"live:ended:{who}"
