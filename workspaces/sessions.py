"""Sessions belong to a log-in, and on a workspace's host to that workspace; each kind can be ended at once."""

import time
import uuid

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from workspaces.models import User, Workspace

LOGIN = "login_id"
WORKSPACE = "workspace_id"
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


def end_login(user: User, login_of: str) -> None:
    _end(user, data__login=login_of)


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
