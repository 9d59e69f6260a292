"""The left half of the inbox: its boxes with their numbers, and the list."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from inbox.actions.saved_views import may_change
from inbox.boxes import Box, find_box
from inbox.counts import counts_of
from inbox.departures import departures_of
from inbox.forms.filters import FilterForm, as_query, chips_of, gone_from, in_words, said
from inbox.forms.saved_views import SavedViewForm
from inbox.frame import frame_of
from inbox.furniture import furniture_of
from inbox.lists import MOST, SORTS, page_of, rows_of
from inbox.models import SavedView
from inbox.navigation import navigation_of
from inbox.snoozing import in_words as snoozes_in_words
from inbox.views.guards import of_box


@require_safe
@of_box
def rows(request: WorkspaceRequest, box: Box) -> HttpResponse:
    """The next page; or with `ids`, those of these chats that lie in the list, and why the others do not."""
    if "ids" in request.GET:
        return changed_rows(request, box)
    return render(request, "inbox/_rows.html", page_in(request, box))


def changed_rows(request: WorkspaceRequest, box: Box) -> HttpResponse:
    wanted, asked = ids_in(request.GET["ids"].split(",")), asked_of(request, box)
    found = rows_of(box.narrowed(asked["filters"], request.agent), request.agent, wanted, sort=asked["sort"])
    gone = departures_of(set(wanted) - {row.pk for row in found}, request.agent)
    return render(request, "inbox/_changed.html", {**asked, "rows": found, "gone": gone})


@require_safe
def counts(request: WorkspaceRequest) -> HttpResponse:
    furniture = furniture_of(request.agent)
    return render(request, "inbox/_counts.html", counts_in(request, furniture.views))


@require_safe
def furniture(request: WorkspaceRequest) -> HttpResponse:
    """What stands around the list, anew: boxes with their numbers, what one narrows it by, labels to give."""
    found = furniture_of(request.agent)
    context = {
        "box": find_box(request.agent, request.GET.get("box", "")),
        "groups": navigation_of(found),
        "filter_form": FilterForm(furniture=found),
        "labels": found.labels,
        **counts_in(request, found.views),
    }
    return render(request, "inbox/_furniture.html", context)


def list_of(request: WorkspaceRequest, box: Box) -> dict[str, Any]:
    """All that the page shows of boxes and list."""
    agent, furniture = request.agent, furniture_of(request.agent)
    context = page_in(request, box)
    filters = context["filters"]
    if narrows(request):
        form = FilterForm(request.GET, furniture=furniture)
        context |= {"left_out": form.left_out, "chips": chips_of(form, filters, context["sort"])}
    if narrows(request) or box.view:
        context["view_form"] = SavedViewForm(agent=agent)
    if box.view:
        context |= words_of_view(box.view, FilterForm(furniture=furniture), filters)
    return context | {
        "groups": navigation_of(furniture),
        "sorts": sorts_of(box),
        "sort_name": SORTS[context["sort"]],
        "filter_query": as_query(filters),
        "said": said(filters) | {"sort": context["sort"]},
        "may_change_view": box.view is not None and may_change(box.view, agent),
        "furniture": furniture,
        "has_channels": bool(furniture.channels),
        "channels_door": reverse("pages:channels") if agent.can("channels.view") else "",
        "snoozes": tuple(snoozes_in_words().items()),
        "frame": frame_of(request),
        **counts_in(request, furniture.views),
    }


def words_of_view(view: SavedView, form: FilterForm, filters: dict[str, Any]) -> dict[str, Any]:
    """What it asks for, what is asked for beyond it, and what of it there is no more."""
    more = {name: value for name, value in filters.items() if name != "q" and view.filters.get(name) != value}
    asked = {name: value for name, value in view.filters.items() if name in form.fields}
    return {
        "asks": [(name, in_words(form, name, value)) for name, value in asked.items()],
        "more": [(name, value, in_words(form, name, more[name])) for name, value in said(more).items()],
        "gone": [str(form.fields[name].label).lower() for name in gone_from(form, asked)],
    }


def page_in(request: WorkspaceRequest, box: Box) -> dict[str, Any]:
    asked, agent = asked_of(request, box), request.agent
    chats = box.narrowed(asked["filters"], agent)
    after = request.GET.get("after", "")
    return asked | {"page": page_of(chats, agent, sort=asked["sort"], after=after)}


def asked_of(request: WorkspaceRequest, box: Box) -> dict[str, Any]:
    """The list that the address speaks of; `query` is what other addresses of the same list end in."""
    sort = request.GET.get("sort", box.sort)
    sort = sort if sort in sorts_of(box) else "newest"
    filters = FilterForm(request.GET).filters if narrows(request) else {}
    if box.has_its_state:
        filters.pop("state", None)
    return {"box": box, "sort": sort, "filters": filters, "query": as_query(filters, sort=sort)}


def narrows(request: WorkspaceRequest) -> bool:
    return not FilterForm.base_fields.keys().isdisjoint(request.GET)


def sorts_of(box: Box) -> dict[str, str]:
    """Nobody waits in what is put away."""
    return {name: words for name, words in SORTS.items() if name != "waiting" or not box.has_its_state}


def counts_in(request: WorkspaceRequest, views: Any) -> dict[str, Any]:
    found = counts_of(request.agent, views)
    return {"counts": found, "unread_total": found["unread"].number + found["mentions"].number}


def ids_in(said: list[str]) -> list[UUID]:
    """What is no id is nobody's."""
    found = []
    for text in said[:MOST]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
