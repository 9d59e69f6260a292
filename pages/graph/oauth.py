"""Logging in: Facebook Login for Business, Instagram Login, and tokens that live longer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from pages.graph.app import App, app_of, platform_app
from pages.graph.client import Answer, call
from pages.graph.errors import GraphError, Kind
from pages.graph.line import Line, app_line, instagram_line

__all__ = ["App", "Token", "app_of", "platform_app"]

FACEBOOK_SCOPES = (
    "pages_show_list",
    "pages_manage_metadata",
    "pages_read_engagement",
    "pages_messaging",
    "business_management",
    "instagram_basic",
    "instagram_manage_messages",
    "instagram_manage_comments",
    "whatsapp_business_messaging",
    "whatsapp_business_management",
)
INSTAGRAM_SCOPES = (
    "instagram_business_basic",
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
)


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    # Nothing: it has no end that Meta told.
    expires_at: datetime | None = None
    # Instagram's, right after the log-in.
    user_id: str = ""
    scopes: tuple[str, ...] = ()


def facebook_login_url(app: App, redirect_uri: str, state: str, scopes: Iterable[str] = FACEBOOK_SCOPES) -> str:
    address = f"{settings.META_HOSTS['facebook']}/{settings.GRAPH_VERSION}/dialog/oauth"
    return f"{address}?{login_query(app.app_id, redirect_uri, state, scopes)}"


def instagram_login_url(app: App, redirect_uri: str, state: str, scopes: Iterable[str] = INSTAGRAM_SCOPES) -> str:
    address = f"{settings.META_HOSTS['instagram']}/oauth/authorize"
    return f"{address}?{login_query(app.instagram_app_id, redirect_uri, state, scopes)}"


def login_query(app_id: str, redirect_uri: str, state: str, scopes: Iterable[str]) -> str:
    return urlencode(
        {
            "client_id": app_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": ",".join(scopes),
            "state": state,
        }
    )


def exchange_facebook_code(app: App, code: str, redirect_uri: str) -> Token:
    """A user token for an hour or two."""
    params = {**client_of(app), "redirect_uri": redirect_uri, "code": code}
    return token_in(call(app_line(app), "GET", "oauth/access_token", type="token.exchange", params=params))


def exchange_for_long(app: App, user_token: str) -> Token:
    """The same for sixty days; its pages' tokens then have no end."""
    params = {**client_of(app), "grant_type": "fb_exchange_token", "fb_exchange_token": user_token}
    return token_in(call(app_line(app), "GET", "oauth/access_token", type="token.lengthen", params=params))


def client_of(app: App) -> dict[str, str]:
    return {"client_id": app.app_id, "client_secret": app.app_secret}


def prove(app: App) -> None:
    """Raises where Meta knows no such app (101), or the secret is not its own (1)."""
    params = {**client_of(app), "grant_type": "client_credentials"}
    call(app_line(app), "GET", "oauth/access_token", type="app.check", params=params)


def exchange_instagram_code(app: App, code: str, redirect_uri: str) -> Token:
    """For an hour. Instagram hangs #_ on the code."""
    form = {
        "client_id": app.instagram_app_id,
        "client_secret": app.instagram_app_secret,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
        "code": code.removesuffix("#_"),
    }
    host = settings.META_HOSTS["instagram_token"]
    answer = call(instagram_line(app), "POST", "/oauth/access_token", type="token.exchange", form=form, host=host)
    return token_in(answer)


def exchange_instagram_for_long(app: App, token: str) -> Token:
    """Sixty days."""
    params = {
        "grant_type": "ig_exchange_token",
        "client_secret": app.instagram_app_secret,
        "access_token": token,
    }
    line = instagram_line(app, token)
    return token_in(call(line, "GET", "/access_token", type="token.lengthen", params=params))


def refresh_instagram_token(line: Line) -> Token:
    """Sixty days more. Meta refuses a token younger than a day, and one that has ended."""
    params = {"grant_type": "ig_refresh_token", "access_token": line.token}
    return token_in(call(line, "GET", "/refresh_access_token", type="token.refresh", params=params))


def token_in(answer: Answer) -> Token:
    data: dict[str, Any] = answer.data
    # Instagram wraps it now and then.
    if isinstance(wrapped := data.get("data"), list) and wrapped and isinstance(wrapped[0], dict):
        data = wrapped[0]
    value = data.get("access_token")
    if not isinstance(value, str) or not value:
        raise GraphError("Meta let you in, but gave us no access. Start again.", kind=Kind.FINAL, status=answer.status)
    return Token(value, end_in(data.get("expires_in")), str(data.get("user_id") or ""), scopes_in(data))


def end_in(seconds: Any) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 10**10:
        return None
    return timezone.now() + timedelta(seconds=seconds)


def scopes_in(data: dict[str, Any]) -> tuple[str, ...]:
    """A list, or words between commas."""
    given = data.get("permissions") or data.get("scope") or ()
    names = given.split(",") if isinstance(given, str) else given if isinstance(given, list) else ()
    return tuple(str(name).strip() for name in names)
