"""What platform operators do to accounts besides letting people in and out."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from workspaces import sessions
from workspaces.audit import record
from workspaces.models import User
from workspaces.refusals import NotAllowed, Refused


@transaction.atomic
def appoint_operator(user: User, *, by: User) -> None:
    """They see and may suspend everything on the platform from the next click on."""
    _require_operator(by)
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.is_staff:
        raise Refused(f"{user.name} is an operator already.")
    if not user.is_active or not user.email_verified:
        raise Refused(f"{user.name} needs an active account with a verified e-mail address.")
    user.is_staff = True
    user.save(update_fields=["is_staff", "updated_at"])
    record("person.operator", f"Made {user.email} a platform operator", by=by, person=str(user.pk))


@transaction.atomic
def dismiss_operator(user: User, *, by: User) -> None:
    _require_operator(by)
    if user.pk == by.pk:
        raise Refused("You cannot take this away from yourself; ask another operator.")
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not user.is_staff:
        raise Refused(f"{user.name} is not an operator.")
    user.is_staff = False
    user.save(update_fields=["is_staff", "updated_at"])
    record("person.operator", f"{user.email} is no longer a platform operator", by=by, person=str(user.pk))


@transaction.atomic
def end_session(session: UserSession, *, by: User) -> None:
    """One device of one person is signed out, here and in each workspace."""
    _require_operator(by)
    record("person.session_ended", f"Ended a session of {session.user.email}", by=by, person=str(session.user_id))
    sessions.end_login_of(session)


def _require_operator(by: User) -> None:
    if not by.is_staff or not by.is_active:
        raise NotAllowed("Only a platform operator does this.")
