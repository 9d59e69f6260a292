"""What a view asks of Meta is asked in its agent's name, and what comes of it is said in words."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from agents.guards import WorkspaceRequest
from pages.graph.calls import acting_as
from pages.graph.errors import GraphError
from workspaces.refusals import Refused


def in_own_name(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def named(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting_as(request.user.email):
            return view(request, *args, **kwargs)

    return named


def words_of(problem: Refused | GraphError) -> str:
    if isinstance(problem, GraphError):
        return problem.meaning
    return f"{problem.message} {problem.hint}".strip()
