"""Guards: a view that is reached has been allowed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from agents.models import Agent
from agents.permissions import PERMISSIONS
from workspaces.models import Membership, User, Workspace
from workspaces.refusals import NotAllowed

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)


class WorkspaceRequest(HttpRequest):
    """What a view on a workspace's host is given."""

    workspace: Workspace
    membership: Membership
    agent: Agent
    user: User


View = Callable[Concatenate[WorkspaceRequest, P], HttpResponse]


def requires(code: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Only who holds this permission."""
    if code not in PERMISSIONS:
        raise KeyError(f"no such permission: {code}")

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.agent.can(code):
                raise NotAllowed("Your position does not allow this.")
            return view(request, *args, **kwargs)

        guarded.permission = code  # type: ignore[attr-defined]
        return guarded

    return decorate


def answering(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Only who answers customers."""

    @wraps(view)
    def guarded(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> Answer:
        if not request.agent.answers:
            raise NotAllowed("This is for those who answer customers.")
        return view(request, *args, **kwargs)

    return guarded
