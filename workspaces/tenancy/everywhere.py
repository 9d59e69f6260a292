"""What is to be done in every workspace."""

import logging
from collections.abc import Callable

from django.db import connection
from django_tenants.utils import schema_context

from workspaces.tenancy.schemas import workspace_schemas

logger = logging.getLogger(__name__)


def in_each_workspace(*steps: Callable[[], object]) -> None:
    """Each step by itself: where one fails, neither the steps behind it nor other workspaces wait for its mending."""
    for schema in workspace_schemas():
        for step in steps:
            try:
                with schema_context(schema):
                    step()
            except Exception:
                logger.exception("%s: %s.%s failed", schema, step.__module__, step.__qualname__)
                if connection.errors_occurred and not connection.is_usable():
                    # It is the database that is away: nobody else would fare better.
                    raise
