"""To Meta's log-in and back: with a state that is signed, ends soon, works once, for this person in this browser."""

import secrets
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from agents.guards import WorkspaceRequest
from pages.models import Channel
from workspaces.refusals import Refused

RETURN_PATH = "/meta/return/"
LIFETIME = 15 * 60
SALT = "pages.logins"
SESSION = "meta_logins"
MOST_AT_ONCE = 5

OVER = "This log-in at Meta was used already, took too long, or was begun in another browser. Start again."


def return_url() -> str:
    """The one address for all workspaces: Meta wants to know each beforehand."""
    return settings.PUBLIC_URL + RETURN_PATH


def reconnect_door(channel: Channel) -> tuple[str, str]:
    """Where a token like its own is got, and what the button says."""
    if channel.login == Channel.Login.FACEBOOK:
        return reverse("pages:connect-facebook"), "Continue with Facebook"
    if channel.login == Channel.Login.INSTAGRAM:
        return reverse("pages:connect-instagram"), "Continue with Instagram"
    return f"{reverse('pages:connect-token')}?platform={channel.platform}", "Paste a new token"


def start(request: WorkspaceRequest, login: str) -> str:
    """The state to send along."""
    nonce = secrets.token_urlsafe(16)
    begun = dict(list(request.session.get(SESSION, {}).items())[1 - MOST_AT_ONCE :])
    request.session[SESSION] = begun | {nonce: login}
    return signing.dumps([str(request.workspace.pk), str(request.user.pk), nonce], salt=SALT)


def workspace_of(state: str) -> UUID:
    """On the public host, which knows nobody: where this has to go on."""
    return UUID(read(state)[0])


def finish(request: WorkspaceRequest, state: str) -> str:
    """Which log-in it was. Whoever comes second is refused."""
    workspace, person, nonce = read(state)
    begun = request.session.get(SESSION, {})
    if (workspace, person) != (str(request.workspace.pk), str(request.user.pk)) or nonce not in begun:
        raise Refused(OVER)
    login: str = begun.pop(nonce)
    request.session[SESSION] = begun
    return login


def read(state: str) -> list[str]:
    try:
        content: list[str] = signing.loads(state, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        raise Refused(OVER) from None
    return content
