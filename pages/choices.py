"""What Meta offered to connect, until it is chosen from: encrypted, for some minutes, known to one session."""

import json
import secrets

from django.core.cache import cache

from agents.guards import WorkspaceRequest
from pages.found import Found
from workspaces.encryption import decrypt, encrypt

LIFETIME = 15 * 60
SESSION = "meta_choice"


def keep(request: WorkspaceRequest, found: list[Found]) -> None:
    forget(request)
    request.session[SESSION] = secrets.token_urlsafe(16)
    cache.set(key_of(request), encrypt(json.dumps([one.as_json() for one in found])), LIFETIME)


def kept(request: WorkspaceRequest) -> list[Found]:
    stored = cache.get(key_of(request)) if SESSION in request.session else None
    return [Found.from_json(one) for one in json.loads(decrypt(stored))] if stored else []


def forget(request: WorkspaceRequest) -> None:
    if SESSION in request.session:
        cache.delete(key_of(request))
        del request.session[SESSION]


def key_of(request: WorkspaceRequest) -> str:
    return f"meta-choice:{request.session[SESSION]}"
