"""Where allauth asks us: how mail leaves, how a person is made, what logging out ends."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import Http404, HttpRequest

from workspaces import sessions
from workspaces.actions.people import complete_person
from workspaces.mail import enqueue_mail
from workspaces.models import User


class AccountAdapter(DefaultAccountAdapter):
    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = {"name": "Switchboard", "domain": settings.BASE_DOMAIN}
        about = {"email": email, "current_site": site, "public_url": settings.PUBLIC_URL}
        context = {"request": allauth_context.request, **about, **context}
        message = self.render_mail(template_prefix, email, context)
        html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), None)
        enqueue_mail(message.subject, message.body, [email], html)

    def logout(self, request: HttpRequest) -> None:
        user, login = request.user, request.session.get(sessions.LOGIN)
        super().logout(request)
        if isinstance(user, User) and login:
            sessions.end_login(user, login)


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, ended: list[UserSession]) -> None:
        """A log-in that is ended takes the workspaces it opened with it; those that this one opened stay."""
        this = allauth_context.request.session.get(sessions.LOGIN)
        others = [session for session in ended if this is None or session.data.get("login") != this]
        super().end_sessions(others)
        for session in others:
            if login := session.data.get("login"):
                sessions.end_login(session.user, login)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
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
