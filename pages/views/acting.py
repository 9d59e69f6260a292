"""What a view asks of Meta is asked in its agent's name."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from agents.guards import WorkspaceRequest
from pages.graph.calls import acting_as


def in_own_name(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def named(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting_as(request.user.email):
            return view(request, *args, **kwargs)

    return named
