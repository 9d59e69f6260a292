"""Deliveries are taken here: before Django makes a request of them, which costs as much as the rest."""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings

from pages.webhooks.door import ADDRESS
from pages.webhooks.refusals import count_refusal
from pages.webhooks.taking import Problem, take

# The platform's app, or a workspace's own.
ADDRESSES = re.compile(
    re.escape(ADDRESS) + r"(?:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/)?", re.ASCII
)


def is_delivery(request: dict[str, Any]) -> bool:
    return request.get("REQUEST_METHOD") == "POST" and bool(ADDRESSES.fullmatch(request.get("PATH_INFO", "")))


def answer(request: dict[str, Any], start_response: Callable[..., Any], length: int) -> Iterable[bytes]:
    problem = receive(request, length)
    if problem is None:
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    status, reason = problem
    count_refusal(status, reason)
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(reason))), ("Connection", "close")]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [reason.encode()]


def receive(request: dict[str, Any], length: int) -> Problem | None:
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return 413, "size"
    body = request["wsgi.input"].read(length) if length > 0 else b""
    if len(body) < length:
        return 400, "cut off"
    kind, signature = request.get("CONTENT_TYPE", ""), request.get("HTTP_X_HUB_SIGNATURE_256", "")
    return take(body, kind, signature, addressed(request["PATH_INFO"]))


def addressed(path: str) -> UUID | None:
    """The workspace whose own app delivers."""
    found = ADDRESSES.fullmatch(path)
    return UUID(found[1]) if found and found[1] else None
