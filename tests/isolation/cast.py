"""Who knocks at the doors: each with the best session they could get hold of."""

import time
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from tests.conftest import make_client
from workspaces import sessions
from workspaces.models import User, Workspace

# In the order of the columns in doors.py. Where the session comes from: "acme" for a session of acme's host, with or
# without a membership; "globex" for one carried over from there; on the public host everybody is simply signed in.
WHO = {
    "anonymous": None,
    "stranger": ("cy", "acme"),
    "viewer": ("vi", "acme"),
    "agent": ("bo", "acme"),
    "supervisor": ("sam", "acme"),
    "owner": ("ana", "acme"),
    "outsider": ("grace", "globex"),
    "operator": ("ops", "acme"),
}


@dataclass(frozen=True)
class Cookies:
    """The session keys, by (who, host)."""

    keys: dict[tuple[str, str], str]

    def client(self, who: str, host: str, **over: Any) -> Client:
        """A browser of theirs at acme's, at globex's or, with an empty host, on the public site."""
        client = Client(HTTP_HOST=f"{host}.{settings.BASE_DOMAIN}".removeprefix("."), **over)
        if key := self.keys.get((who, host)):
            client.cookies["session"] = key
        return client


def sign_everybody_in() -> Cookies:
    keys = {}
    for who, (name, slug) in ((who, found) for who, found in WHO.items() if found):
        user = User.objects.get(email=f"{name}@cast.example")
        keys[who, "acme"] = sign_in(user, Workspace.objects.get(slug=slug))
        keys[who, ""] = sign_in(user, None)
    for who in ("owner", "outsider"):
        user = User.objects.get(email=f"{WHO[who][0]}@cast.example")  # type: ignore[index]
        keys[who, "globex"] = sign_in(user, Workspace.objects.get(slug="globex"))
    return Cookies(keys)


def sign_in(user: User, workspace: Workspace | None) -> str:
    """The key of a session whose person has just proved who they are."""
    key = make_client(user, workspace).cookies["session"].value
    session = SessionStore(key)
    # For longer than any run: neither is asked again, nor noted as seen.
    tomorrow = time.time() + 24 * 3600
    proof = {"method": "password", "at": tomorrow, "reauthenticated": True}
    session["account_authentication_methods"] = [proof]
    session["account_authentication_methods_user"] = str(user.pk)
    session[sessions.SEEN] = tomorrow
    session.save()
    return key


def another_session_of(name: str) -> str:
    """Its id, for the operators."""
    key = sign_in(User.objects.get(email=f"{name}@cast.example"), None)
    return str(UserSession.objects.get(session_key=key).pk)
