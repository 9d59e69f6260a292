"""Sessions belong to a log-in, and on a workspace's host to that workspace; each kind can be ended at once."""

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from workspaces.models import User, Workspace
from workspaces.routes import end_streams

LOGIN = "login_id"
WORKSPACE = "workspace_id"
# In what allauth keeps beside each session.
LOGIN_OF = "login"
SEEN = "seen_at"
SEEN_EVERY = 300.0
BACKEND = "workspaces.authentication.Backend"


def login_id(request: HttpRequest) -> uuid.UUID:
    """The log-in that a session belongs to; given at its first use on the public host."""
    login_of: str = request.session.setdefault(LOGIN, str(uuid.uuid4()))
    # Asked each time: signing in and changing the password give a session another key, with nothing known of it.
    if not UserSession.objects.filter(session_key=request.session.session_key, data__login=login_of).exists():
        _describe(request, login=login_of)
    return uuid.UUID(login_of)


def start_in_workspace(request: HttpRequest, user: User, workspace: Workspace, login_of: uuid.UUID) -> None:
    login(request, user, backend=BACKEND)
    # Until the browser is closed; whoever asked to be kept signed in is led through the public host, and unasked.
    request.session.set_expiry(0)
    request.session[LOGIN] = str(login_of)
    request.session[WORKSPACE] = str(workspace.pk)
    _describe(request, login=str(login_of), workspace=str(workspace.pk), workspace_name=workspace.name)


def _describe(request: HttpRequest, **data: str) -> None:
    UserSession.objects.create_from_request(request)
    UserSession.objects.filter(session_key=request.session.session_key).update(data=data)


def touch(request: HttpRequest) -> None:
    """At most every few minutes: saving the session also moves its expiry."""
    now = time.time()
    if now - request.session.get(SEEN, 0) < SEEN_EVERY:
        return
    request.session[SEEN] = now
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=timezone.now(),
        ip=get_adapter().get_client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:200],
    )


def is_alive(user: User, login_of: uuid.UUID) -> bool:
    """Whether the log-in still has a session on the public host that neither an end nor a new password has outlived."""
    public = UserSession.objects.filter(user=user, data__login=str(login_of)).exclude(data__has_key="workspace")
    proofs = [SessionStore(key).get(HASH_SESSION_KEY, "") for key in public.values_list("session_key", flat=True)]
    return any(constant_time_compare(proof, user.get_session_auth_hash()) for proof in proofs)


@dataclass(frozen=True)
class LogIn:
    """A browser somebody signed in with: its session on the public host and those it opened."""

    sessions: list[UserSession]
    is_current: bool

    @property
    def latest(self) -> UserSession:
        return max(self.sessions, key=lambda session: session.last_seen_at)

    @property
    def began_at(self) -> datetime:
        return min(session.created_at for session in self.sessions)

    @property
    def workspaces(self) -> list[str]:
        return sorted({name for session in self.sessions if (name := session.data.get("workspace_name"))})


def logins_among(sessions: Iterable[UserSession], *, current: str | None) -> list[LogIn]:
    """The one in hand first, then those that were used last."""
    found: dict[str, list[UserSession]] = {}
    for session in sessions:
        found.setdefault(session.data.get(LOGIN_OF) or session.session_key, []).append(session)
    logins = [LogIn(each, is_current=login == current) for login, each in found.items()]
    return sorted(logins, key=lambda login: (login.is_current, login.latest.last_seen_at), reverse=True)


def end_login(user: User, login_of: str) -> None:
    _end(user, data__login=login_of)


def end_login_of(session: UserSession) -> None:
    """All of it: a workspace's session alone would be opened again, unasked, by the one on the public host."""
    if login_of := session.data.get(LOGIN_OF):
        end_login(session.user, login_of)
    else:
        session.end()


def end_in_workspace(user: User, workspace: Workspace) -> None:
    _end(user, data__workspace=str(workspace.pk))


def end_all_in_workspace(workspace: Workspace) -> None:
    for session in UserSession.objects.filter(data__workspace=str(workspace.pk)):
        session.end()


def end_everywhere(user: User) -> None:
    _end(user)


def _end(user: User, **of: str) -> None:
    for session in UserSession.objects.filter(user=user, **of):
        session.end()
    end_streams("person.shut_out", user)
