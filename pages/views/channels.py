"""Channels: how each is, and what can be done to it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from agents.forms.members import NoteForm, SwitchForm
from agents.guards import WorkspaceRequest, requires
from pages.actions.channels import switch_channel
from pages.actions.checking import check_channel
from pages.actions.connecting import disconnect_channel
from pages.health import health_of
from pages.models import Channel
from pages.views.acting import in_own_name
from workspaces.paging import page_of


@requires("channels.view")
@require_safe
def channels(request: WorkspaceRequest) -> HttpResponse:
    found = Channel.objects.with_activity().order_by("platform", "name")
    shown = [(channel, health_of(channel)) for channel in found]
    context = {"channels": shown, "may_manage": request.agent.can("channels.manage")}
    return render(request, "pages/channels.html", context)


@requires("channels.view")
@require_safe
def channel(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Channel.objects.with_activity().select_related("connected_by__user"), pk=pk)
    logs = found.status_logs.select_related("changed_by__user")
    context = {
        "channel": found,
        "health": health_of(found),
        "reconnect_url": reconnect_url(found),
        "page": page_of(logs, request.GET, by="changed_at", size=20),
        "may_manage": request.agent.can("channels.manage"),
    }
    return render(request, "pages/channel.html", context)


def reconnect_url(channel: Channel) -> str:
    """Where a token like its own is got."""
    if channel.login == Channel.Login.TOKEN:
        return f"{reverse('pages:connect-token')}?platform={channel.platform}"
    return reverse("pages:connect")


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
