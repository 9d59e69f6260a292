"""Views of the list that are kept under a name."""

from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.guards import WorkspaceRequest
from inbox.actions.saved_views import delete_view, save_view
from inbox.boxes import Box
from inbox.forms.filters import FilterForm
from inbox.forms.saved_views import SavedViewForm
from inbox.lists import SORTS
from inbox.models import SavedView
from inbox.views.guards import View, of_box


def of_view(view: View) -> View:
    @wraps(view)
    def found(request: WorkspaceRequest, pk: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = SavedView.objects.visible_to(request.agent).filter(pk=pk).first()
        if wanted is None:
            raise Http404
        return view(request, wanted, *args, **kwargs)

    return found


@require_POST
@of_box
def new_view(request: WorkspaceRequest, box: Box) -> HttpResponse:
    """What is shown now, with what the box stands for itself."""
    filters = {**box.filters, **FilterForm(request.POST).filters}
    name = filters.pop("q", "")
    if name and not filters:
        messages.error(request, "The view is not saved: it would keep no name that is looked for, and show everything.")
        return redirect("inbox:box", box=box.key)
    sort = request.POST.get("sort", "")
    made = SavedView(owner=request.agent, filters=filters, sort=sort if sort in SORTS else box.sort)
    form = SavedViewForm(request.POST, instance=made, agent=request.agent)
    if not form.is_valid():
        messages.error(request, "The view is not saved: it needs a name of at most 60 signs.")
        return redirect("inbox:box", box=box.key)
    save_view(form.save(commit=False), by=request.agent)
    without = " It leaves out the name that was looked for." if name else ""
    messages.success(request, f"The view “{made.name}” is saved.{without}")
    return redirect(place_of(made))


@require_POST
@of_view
def view(request: WorkspaceRequest, found: SavedView) -> HttpResponse:
    form = SavedViewForm(request.POST, instance=found, agent=request.agent)
    if form.is_valid():
        if "asks" in request.POST:
            found.filters = asked_for(request, found)
        save_view(form.save(commit=False), by=request.agent)
        messages.success(request, "The view is saved.")
    else:
        messages.error(request, "The view keeps its name: it needs one of at most 60 signs.")
    return redirect(place_of(found))


def asked_for(request: WorkspaceRequest, found: SavedView) -> dict[str, Any]:
    """Of what it asked for what is kept, and what is asked for beyond it."""
    kept = {name: value for name, value in found.filters.items() if name in request.POST.getlist("keep")}
    more = FilterForm(request.POST).filters
    more.pop("q", None)
    return kept | more


@require_POST
@of_view
def view_removal(request: WorkspaceRequest, found: SavedView) -> HttpResponse:
    delete_view(found, by=request.agent)
    messages.success(request, f"The view “{found.name}” is deleted. Its chats are where they were.")
    return redirect("inbox:box", box="mine")


def place_of(found: SavedView) -> str:
    return reverse("inbox:box", args=[f"view-{found.pk}"])
