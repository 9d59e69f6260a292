"""A new person with a new workspace, both or neither."""

from django.db import transaction

from workspaces.actions.people import create_person
from workspaces.actions.workspaces import create_workspace
from workspaces.audit import record
from workspaces.models import User


@transaction.atomic
def sign_up(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    workspace_name: str,
    slug: str,
    timezone: str = "UTC",
) -> User:
    user = create_person(
        email=email,
        password=password,
        first_name=first_name,
        last_name=last_name,
        verified=False,
        timezone=timezone,
    )
    create_workspace(name=workspace_name, slug=slug, owner=user, timezone=timezone)
    record("person.signed_up", "Signed up", by=user)
    return user
