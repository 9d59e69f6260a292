"""What allauth tells us about a person's account goes into the audit log."""

from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from workspaces import sessions
from workspaces.audit import record
from workspaces.models import User
from workspaces.routes import end_streams

FACTORS = {"totp": "an authenticator app", "webauthn": "a security key or passkey", "recovery_codes": "recovery codes"}


@receiver(account.user_logged_in)
def logged_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.login_id(request)
    record("account.signed_in", "Signed in", by=user)


@receiver(account.user_logged_out)
def logged_out(user: User | None, **kwargs: Any) -> None:
    if user:
        record("account.signed_out", "Signed out", by=user)


@receiver(user_login_failed)
def login_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    user = User.objects.filter(email=str(credentials.get("email", "")).lower()).first()
    if user:
        record("account.sign_in_failed", "A sign-in failed: wrong password", by=user)


@receiver(account.password_changed)
def password_changed(user: User, **kwargs: Any) -> None:
    record("account.password_changed", "Changed the password", by=user)
    end_streams("person.shut_out", user)


@receiver(account.password_reset)
def password_reset(user: User, **kwargs: Any) -> None:
    record("account.password_reset", "Reset the password by e-mail", by=user)
    end_streams("person.shut_out", user)


@receiver(account.email_confirmed)
def email_confirmed(email_address: EmailAddress, **kwargs: Any) -> None:
    record("account.email_confirmed", f"Confirmed {email_address.email}", by=email_address.user)


@receiver(account.email_changed)
def email_changed(
    user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **kwargs: Any
) -> None:
    """Told of the first address too, once it is confirmed: that one is not a change."""
    if from_email_address:
        record("account.email_changed", f"Changed the log-in address to {to_email_address.email}", by=user)


@receiver(mfa.authenticator_added)
def factor_added(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record("account.two_factor_added", f"Added {FACTORS[authenticator.type]}", by=user)


@receiver(mfa.authenticator_removed)
def factor_removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record("account.two_factor_removed", f"Removed {FACTORS[authenticator.type]}", by=user)
    end_streams("person.shut_out", user)


@receiver(mfa.authenticator_reset)
def factor_reset(user: User, **kwargs: Any) -> None:
    record("account.recovery_renewed", "Renewed the recovery codes", by=user)


@receiver(social.social_account_added)
def outside_account_added(request: HttpRequest, sociallogin: Any, **kwargs: Any) -> None:
    record("account.connected", f"Connected {sociallogin.account.get_provider().name}", by=sociallogin.user)


@receiver(social.social_account_removed)
def outside_account_removed(request: HttpRequest, socialaccount: Any, **kwargs: Any) -> None:
    record("account.disconnected", f"Disconnected {socialaccount.get_provider().name}", by=socialaccount.user)
