"""How many statements an answer took, for whoever asks with a header. It needs Django alone: the peer uses it, too."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
ASKED, SAID = "X-Count", "X-Statements"


def counting(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        if ASKED not in request.headers:
            return get_response(request)
        statements = 0

        def note(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*arguments)

        with connection.execute_wrapper(note):
            response = get_response(request)
        response[SAID] = str(statements)
        return response

    return middleware
