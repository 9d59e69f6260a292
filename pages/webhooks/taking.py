"""A delivery is taken when it is in the database, and for nothing else."""

import json
import logging
from uuid import UUID

from django.db import Error

from pages.webhooks import bell
from pages.webhooks.own_apps import own_app, own_app_again
from pages.webhooks.signatures import platform_signer
from pages.webhooks.storing import store_delivery
from workspaces.encryption import UnreadableSecret

logger = logging.getLogger(__name__)

MAX_ENTRIES = 1000
# Status and reason of a refusal.
Problem = tuple[int, str]


def take(body: bytes, content_type: str, signature: str, workspace_id: UUID | None = None) -> Problem | None:
    """Of the platform's app, or of a workspace's own."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return 415, "content type"
    try:
        if workspace_id:
            return take_of_own_app(body, signature, workspace_id)
        return store(body) if platform_signer().signed(body, signature) else (403, "signature")
    except Error:
        logger.exception("a delivery could not be stored: Meta will send it again")
        return 503, "database away"


def take_of_own_app(body: bytes, signature: str, workspace_id: UUID) -> Problem | None:
    try:
        app = own_app(workspace_id)
        if not (app.signer and app.signer.signed(body, signature)):
            known, app = app, own_app_again(app)
            if app.signer is None:
                return 404, "no such app"
            if app is known or not app.signer.signed(body, signature):
                return 403, "signature"
    except UnreadableSecret:
        logger.exception("a delivery could not be checked: Meta will send it again")
        return 503, "unreadable secret"
    if app.is_full:
        # Their own doing, and no trouble of ours: not a 503. Meta comes again after either.
        return 429, "backlog"
    if (problem := store(body, workspace_id)) is None:
        app.took(body)
    return problem


def store(body: bytes, workspace_id: UUID | None = None) -> Problem | None:
    if (problem := problem_of(body)) is not None:
        return problem
    store_delivery(body, workspace_id)
    bell.wake()
    return None


def problem_of(body: bytes) -> Problem | None:
    try:
        content = json.loads(body, parse_constant=no_number)
    except (ValueError, RecursionError):
        return 400, "not JSON"
    entries = content.get("entry") if isinstance(content, dict) else None
    if isinstance(entries, list) and len(entries) > MAX_ENTRIES:
        return 413, "entries"
    return None


def no_number(name: str) -> None:
    """Python reads NaN, which is no JSON and which the database would refuse."""
    raise ValueError(name)
