"""A new person with a new workspace, both or neither; and taken back before the e-mail was confirmed."""

from django.db import transaction

from workspaces.actions.people import create_person
from workspaces.actions.workspaces import abandon_workspace, create_workspace
from workspaces.audit import record
from workspaces.models import User, Workspace
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


@transaction.atomic
def cancel_sign_up(user: User) -> None:
    """Both addresses are free again. The row stays, without the person: the audit log names it."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    # What is confirmed at this very moment is not among them.
    user.emailaddress_set.filter(verified=False).delete()  # type: ignore[attr-defined]
    if user.last_login or user.email_verified:
        raise Refused("This e-mail address is confirmed already.", hint="Sign in with it.")
    for workspace in Workspace.objects.with_schema().filter(owner=user):
        abandon_workspace(workspace, "The sign-up was cancelled.")
    user.email, user.is_active = f"{user.pk}@cancelled.invalid", False
    user.first_name, user.last_name = "Cancelled sign-up", ""
    user.set_unusable_password()
    user.save()
    record("person.sign_up_cancelled", "Cancelled the sign-up, with the e-mail unconfirmed", by=user)
