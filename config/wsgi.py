"""The door of the web process: what is too large is stopped here, and Meta is answered, before Django is asked."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from config.environment import told_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Pictures have 5 MiB, webhooks 4.
LARGEST_BODY = 6 * 1024 * 1024
# What a form puts around a file.
ROUND_IT = 64 * 1024
# Here an agent's files come, one by one: agents.middleware.large_bodies lets no others through.
UPLOADS = re.compile(r"/chats/[0-9a-f-]{36}/uploads/")


def guarded(inner: Application) -> Application:
    # Not before Django has been set up.
    from inbox.actions.uploading import LARGEST
    from pages.webhooks import fast_door

    def door(request: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = announced_length(request)
        if length > (LARGEST + ROUND_IT if UPLOADS.fullmatch(request.get("PATH_INFO", "")) else LARGEST_BODY):
            start_response("413 Content Too Large", [("Content-Type", "text/plain"), ("Connection", "close")])
            return [b"This is larger than anything we take."]
        if fast_door.is_delivery(request):
            return fast_door.answer(request, start_response, length)
        if "CONTENT_TYPE" in request:
            request["CONTENT_TYPE"] = readable_type(request["CONTENT_TYPE"])
        return inner(request, start_response)

    return door


def announced_length(request: dict[str, Any]) -> int:
    """Of a body without a length Django reads nothing."""
    try:
        return int(request.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def readable_type(header: str) -> str:
    """Everything here is UTF-8: in another charset, Django would decode even the query, and some cannot decode."""
    try:
        kind, parameters = parse_header_parameters(header)
    except (ValueError, LookupError):
        return ""
    if parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}:
        return header
    boundary = parameters.get("boundary")
    return f'{kind}; boundary="{boundary}"' if boundary else kind


with told_in_one_line():
    application = guarded(get_wsgi_application())
