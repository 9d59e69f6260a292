"""A new person with a new workspace, both or neither."""

from django.db import IntegrityError, transaction

from workspaces.actions.people import create_person
from workspaces.actions.workspaces import create_workspace
from workspaces.audit import record
from workspaces.models import User
from workspaces.refusals import Refused


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
    try:
        with transaction.atomic():
            user = create_person(
                email=email,
                password=password,
                first_name=first_name,
                last_name=last_name,
                verified=False,
                timezone=timezone,
            )
    except IntegrityError as error:
        raise Refused(
            "This address is being signed up at this very moment. Look into your mail.", field="email"
        ) from error
    create_workspace(name=workspace_name, slug=slug, owner=user, timezone=timezone)
    record("person.signed_up", "Signed up", by=user)
    return user
