"""A delivery is taken when it is in the database, and for nothing else."""

import json
import logging

from django.db import DatabaseError

from pages.webhooks import bell
from pages.webhooks.signatures import Signer
from pages.webhooks.storing import store_delivery

logger = logging.getLogger(__name__)

MAX_ENTRIES = 1000
# Status and reason of a refusal.
Problem = tuple[int, str]


def take(body: bytes, content_type: str, signature: str, signer: Signer) -> Problem | None:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return 415, "content type"
    if not signer.signed(body, signature):
        return 403, "signature"
    if (problem := problem_of(body)) is not None:
        return problem
    try:
        store_delivery(body, signer.workspace_id)
    except DatabaseError:
        logger.exception("a delivery could not be stored: Meta will send it again")
        return 503, "database away"
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
