"""The inbox: boxes, the list, and the chat that is open."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from inbox.boxes import Box, find_box
from inbox.shifts import unsettled_shift
from inbox.views.guards import of_box
from inbox.views.lists import list_of
from inbox.views.thread import thread_of

LAST_BOX = "inbox_box"


@require_safe
def home(request: WorkspaceRequest) -> HttpResponse:
    last = request.session.get(LAST_BOX, "mine")
    # A view or a label may be gone since.
    return redirect(reverse("inbox:box", args=[last if find_box(request.agent, last) else "mine"]))


@require_safe
@of_box
def box(request: WorkspaceRequest, box: Box) -> HttpResponse:
    if request.session.get(LAST_BOX) != box.key:
        request.session[LAST_BOX] = box.key
    return whole(request, list_of(request, box))


@require_safe
@of_box
def chat(request: WorkspaceRequest, box: Box, pk: UUID) -> HttpResponse:
    context = thread_of(request, box, pk)
    if request.headers.get("HX-Target") == "thread":
        return render(request, "inbox/_thread.html", context)
    return whole(request, list_of(request, box) | context)


def whole(request: WorkspaceRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "inbox/inbox.html", context | {"ended": unsettled_shift(request.agent, request.workspace)})
