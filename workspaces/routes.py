"""What happens inside a workspace when its membership changes: the one table that points up.

Each target runs in the caller's transaction, inside the workspace's schema.
"""

from typing import Any

from django.utils.module_loading import import_string
from django_tenants.utils import schema_context

from workspaces.models import Membership, User, Workspace

ROUTES = {
    "workspace.created": "agents.actions.positions.create_system_positions",
    "member.joined": "agents.actions.agents.add_agent",
    "member.changed": "agents.actions.agents.follow_membership",
}
# What makes open pages' streams untrue; nothing of it lies in a workspace's schema.
ENDINGS = {
    "person.shut_out": "agents.realtime.ending.end_streams_of_person",
    "workspace.shut": "agents.realtime.ending.end_streams_of_workspace",
}


def tell_workspace(event: str, workspace: Workspace, *, membership: Membership | None = None, **details: Any) -> None:
    with schema_context(workspace.schema_name):
        import_string(ROUTES[event])(membership or workspace, **details)


def end_streams(event: str, of: User | Workspace) -> None:
    """Whoever is still let in opens another in the next moment."""
    import_string(ENDINGS[event])(of)
