"""Channels: how each is, and what can be done to it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from agents.forms.members import NoteForm, SwitchForm
from agents.guards import WorkspaceRequest, requires
from pages.actions.channels import choose_answerers, switch_channel
from pages.actions.checking import check_channel
from pages.actions.connecting import disconnect_channel
from pages.forms.channels import AnswerersForm, ChannelFilterForm
from pages.health import health_of
from pages.logins import reconnect_door
from pages.models import Channel
from pages.views.acting import in_own_name
from workspaces.paging import page_of

PER_PAGE = 50
# Of channels in one sentence.
MOST_NAMED = 3


@requires("channels.view")
@require_safe
def channels(request: WorkspaceRequest) -> HttpResponse:
    form = ChannelFilterForm(request.GET)
    found = form.narrowed(Channel.objects.urgent_first())
    # Numbered pages: there are hundreds at the most, and what needs somebody comes first.
    page = Paginator(found.with_activity(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": form.is_narrow,
        "page": page,
        "channels": [(channel, health_of(channel)) for channel in page],
        "is_empty": not page and not Channel.objects.exists(),
        "may_manage": request.agent.can("channels.manage"),
    }
    return render(request, "pages/channels.html", context)


@require_safe
def trouble(request: WorkspaceRequest) -> HttpResponse:
    """A part of Home, for everybody who works here: whose answers wait, and for whom it is to mend."""
    if not request.agent.is_active:
        return HttpResponse()
    found = list(Channel.objects.locked_out().defer("access_token").order_by("name", "platform"))
    context = {
        "locked_out": found,
        "named": found[:MOST_NAMED],
        "more": len(found[MOST_NAMED:]),
        "may_manage": request.agent.can("channels.manage"),
    }
    if len(found) == 1:
        context["reconnect"] = reconnect_door(found[0])
    return render(request, "pages/_trouble.html", context)


@requires("channels.view")
@require_safe
def channel(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Channel.objects.with_activity().select_related("connected_by__user"), pk=pk)
    logs = found.status_logs.select_related("changed_by__user")
    context = {
        "channel": found,
        "health": health_of(found),
        "reconnect": reconnect_door(found),
        "page": page_of(logs, request.GET, by="changed_at", size=20),
        "may_manage": request.agent.can("channels.manage"),
        "positions": list(found.positions.all()),
    }
    if context["may_manage"]:
        context["answerers"] = AnswerersForm(initial={"positions": context["positions"]})
    return render(request, "pages/channel.html", context)


@requires("channels.manage")
@require_POST
def active(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    form = SwitchForm({"on": request.POST.get("on", ""), "note": request.POST.get("note", "")[:500]})
    form.full_clean()
    on = form.cleaned_data["on"]
    switch_channel(found, on, by=request.agent, workspace=request.workspace, note=form.cleaned_data.get("note", ""))
    messages.success(request, f"{found.name} is switched {'on' if on else 'off'}.")
    return redirect("pages:channel", pk=pk)


@requires("channels.manage")
@require_POST
def answerers(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    form = AnswerersForm(request.POST)
    if form.is_valid():
        choose_answerers(found, form.cleaned_data["positions"], by=request.agent, workspace=request.workspace)
        messages.success(request, f"Who answers {found.name} is saved.")
    else:
        messages.error(request, "One of these positions is no longer there. Choose again.")
    return redirect("pages:channel", pk=pk)


@requires("channels.manage")
@in_own_name
@require_POST
def check(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    problem = check_channel(found, request.workspace)
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, f"{found.name} works: Meta knows it, its token is good, and messages come here.")
    return redirect("pages:channel", pk=pk)


@requires("channels.manage")
@in_own_name
@require_POST
def disconnection(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    form = NoteForm({"note": request.POST.get("note", "")[:500]})
    form.full_clean()
    disconnect_channel(found, by=request.agent, workspace=request.workspace, note=form.cleaned_data.get("note", ""))
    messages.success(request, f"{found.name} is disconnected. What was written stays.")
    return redirect("pages:channel", pk=pk)
