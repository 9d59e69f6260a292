"""Which schema this thread's connection looks at."""

from typing import Any, cast

from django.db import connection as django_connection

from workspaces.models import Workspace

connection = cast("Any", django_connection)


def use_workspace(workspace: Workspace) -> None:
    # Saves a SET search_path when this thread served the same workspace last.
    if connection.tenant is not workspace:
        connection.set_tenant(workspace)


def use_public() -> None:
    if connection.schema_name != "public":
        connection.set_schema_to_public()


def current_schema() -> str:
    return str(connection.schema_name)


def current_workspace() -> Workspace | None:
    """None on the public site."""
    return connection.tenant if isinstance(connection.tenant, Workspace) else None
