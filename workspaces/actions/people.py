"""A person: made with a profile and preferences, and changed by themselves."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction

from workspaces import sessions
from workspaces.audit import record, spoken
from workspaces.browsers import browser_words
from workspaces.models import User, UserAddress, UserPreferences, UserProfile, Workspace
from workspaces.refusals import Refused


@transaction.atomic
def create_person(
    *,
    email: str,
    first_name: str,
    last_name: str = "",
    password: str | None,
    verified: bool,
    timezone: str = "UTC",
) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, first_name=first_name, last_name=last_name)
    except IntegrityError as error:
        # Twice at the same moment, so that neither saw the other.
        raise Refused(
            "This address is being signed up at this very moment. Look into your mail.", field="email"
        ) from error
    user.profile.timezone = timezone
    user.profile.save(update_fields=["timezone"])
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def complete_person(user: User) -> None:
    """For who came through an outside account, which saves the person by itself."""
    UserProfile.objects.get_or_create(user=user)
    UserPreferences.objects.get_or_create(user=user)


@transaction.atomic
def change_profile(user: User, *, person: dict[str, Any], profile: dict[str, Any]) -> None:
    changed = _assign(user, person) + _assign(user.profile, profile)
    user.save()
    user.profile.save()
    if changed:
        record("profile.changed", f"Changed their profile: {spoken(changed)}", by=user, fields=changed)


@transaction.atomic
def change_preferences(user: User, **preferences: Any) -> None:
    changed = _assign(user.preferences, preferences)
    user.preferences.save()
    if changed:
        record("preferences.changed", f"Changed their preferences: {spoken(changed)}", by=user, fields=changed)


@transaction.atomic
def save_address(user: User, address: UserAddress) -> None:
    # Locked, so that two at once do not both become the default.
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    new = address._state.adding
    address.user = user
    if address.is_default:
        user.addresses.exclude(pk=address.pk).update(is_default=False)
    address.save()
    record(
        "address.added" if new else "address.changed",
        f"Saved their {address.address_type.lower()} address",
        by=user,
    )


@transaction.atomic
def remove_address(address: UserAddress, *, by: User) -> None:
    record("address.removed", f"Removed their {address.address_type.lower()} address", by=by)
    address.delete()


@transaction.atomic
def end_own_session(session: UserSession, *, by: User) -> None:
    """On the public host and in every workspace it opened, from the next click on."""
    sessions.end_login_of(session)
    record("account.session_ended", f"Signed out {browser_words(session.user_agent)}, {session.ip}", by=by)


@transaction.atomic
def deactivate_person(user: User, *, by: User) -> None:
    """Ends all their sessions and keeps them out of every workspace."""
    if user.pk == by.pk:
        raise Refused("You cannot deactivate yourself; ask another operator.")
    if not user.is_active:
        raise Refused(f"{user.name} is deactivated already.")
    user.is_active = False
    user.save(update_fields=["is_active", "updated_at"])
    sessions.end_everywhere(user)
    # What they own goes on under its admins; whoever is to stop that too suspends the workspace.
    owned = [workspace.slug for workspace in Workspace.objects.with_schema().filter(owner=user)]
    record("person.deactivated", f"Deactivated {user.email}", by=by, person=str(user.pk), owns=owned)


@transaction.atomic
def reactivate_person(user: User, *, by: User) -> None:
    if user.is_active:
        raise Refused(f"{user.name} is not deactivated.")
    user.is_active = True
    user.save(update_fields=["is_active", "updated_at"])
    record("person.reactivated", f"Reactivated {user.email}", by=by, person=str(user.pk))


def _assign(row: User | UserProfile | UserPreferences, values: dict[str, Any]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return sorted(changed)
