"""Where allauth asks us: how mail leaves, how a person is made, what logging out ends, how secrets are kept."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest
from django.urls import reverse

from workspaces import encryption, sessions
from workspaces.actions.people import complete_person
from workspaces.audit import record
from workspaces.locale import as_read_by
from workspaces.mail import enqueue_mail
from workspaces.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This e-mail and password do not belong together. Look at both again.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": "This code is wrong or too old.",
        "too_many_login_attempts": (
            "Too many failed login attempts. Wait five minutes, or choose a new password with “Forgot it?”."
        ),
    }

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = {"name": "Switchboard", "domain": settings.BASE_DOMAIN}
        about = {"email": email, "current_site": site, "public_url": settings.PUBLIC_URL}
        context = {"request": allauth_context.request, **about, **context}
        message = self.render_mail(template_prefix, email, context)
        html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), None)
        enqueue_mail(message.subject, message.body, [email], html)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """To whom it concerns, in their words and zone: who made the request may not be signed in."""
        with as_read_by(user):
            super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the one address that is ours, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", quote(key))

    def logout(self, request: HttpRequest) -> None:
        user, login = request.user, request.session.get(sessions.LOGIN)
        super().logout(request)
        if isinstance(user, User) and login:
            sessions.end_login(user, login)


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, ended: list[UserSession]) -> None:
        """A log-in that is ended takes the workspaces it opened with it; those that this one opened stay."""
        this = allauth_context.request.session.get(sessions.LOGIN)
        others = [session for session in ended if this is None or session.data.get(sessions.LOGIN_OF) != this]
        super().end_sessions(others)
        for session in others:
            if login := session.data.get(sessions.LOGIN_OF):
                sessions.end_login(session.user, login)
        if others:
            record("account.sessions_ended", "Signed out everywhere else", by=others[0].user)


class MFAAdapter(DefaultMFAAdapter):
    """The secret of an authenticator app and the seed of the recovery codes: `encryption.JSON_SECRETS` names them."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """The database cannot even be asked for a name with a NUL in it."""
        if "\0" in f"{provider}{client_id}":
            raise Http404
        return list(super().list_apps(request, provider, client_id))

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """A provider that is not set up has no pages."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        user: User = super().save_user(request, sociallogin, form)
        complete_person(user)
        return user
