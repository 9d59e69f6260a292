"""The platform's own app delivers here: before Django makes a request of it, which costs as much as the rest."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings

from pages.webhooks.door import ADDRESS
from pages.webhooks.refusals import count_refusal
from pages.webhooks.signatures import platform_signer
from pages.webhooks.taking import Problem, take


def is_delivery(request: dict[str, Any]) -> bool:
    return bool(request.get("PATH_INFO") == ADDRESS and request.get("REQUEST_METHOD") == "POST")


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
    return take(body, kind, signature, platform_signer())
