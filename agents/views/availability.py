"""Online, away, off: one's own, and a colleague's by a supervisor; and the signs of life of open pages."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agents.actions.agents import set_availability, set_idle
from agents.forms.members import AvailabilityForm
from agents.guards import WorkspaceRequest, requires
from agents.models import Agent
from agents.realtime.activity import note_activity
from agents.shifts import pause_of
from workspaces.refusals import Refused
from workspaces.views.entrance import safe_path

WORDS = {
    Agent.Availability.ONLINE: "You are online: new chats come to you.",
    Agent.Availability.AWAY: "You are away: new chats go to your colleagues.",
    Agent.Availability.OFF: "You are off: new chats go to your colleagues.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def availability(request: WorkspaceRequest) -> HttpResponse:
    """One's own: what the sidebar shows of it, or another choice."""
    if request.method != "POST":
        return render(request, "agents/_own_availability.html")
    to, note = asked(request)
    set_availability(request.agent, to, by=request.agent, note=note, workspace=request.workspace)
    note_activity(request.workspace.schema_name, request.agent.pk)
    pause = pause_of(request.agent, request.workspace) if to == Agent.Availability.ONLINE else ""
    return turned(request, request.agent, f"You are online. {pause}." if pause else WORDS[Agent.Availability(to)])


@requires("team.view")
@require_POST
def agent_availability(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Agent.objects.with_person(), pk=pk)
    to, note = asked(request)
    set_availability(found, to, by=request.agent, note=note, workspace=request.workspace)
    messages.success(request, f"{found.name} is {Agent.Availability(to).label.lower()} now.")
    return redirect("agents:agent", pk=pk)


@require_POST
def pulse(request: WorkspaceRequest) -> HttpResponse:
    """A hand was moved on an open page. Who counted as away for want of it is back."""
    if request.agent.answers:
        note_activity(request.workspace.schema_name, request.agent.pk)
        if request.agent.is_idle:
            set_idle(request.agent, False, note="Back")
    return HttpResponse(status=204)


def asked(request: WorkspaceRequest) -> tuple[str, str]:
    form = AvailabilityForm(request.POST)
    form.full_clean()
    if "availability" not in form.cleaned_data:
        raise Refused("Choose online, away or off.")
    return form.cleaned_data["availability"], form.cleaned_data.get("note", "")


def turned(request: WorkspaceRequest, agent: Agent, words: str) -> HttpResponse:
    """To a script: what has changed, and the page shows it anew. Without one, back to where they were."""
    if not request.headers.get("HX-Request"):
        messages.success(request, words)
        return redirect(safe_path(request, request.POST.get("next", "")))
    told = {"live:availability": {"agent": str(agent.pk)}, "toast": {"text": words, "tone": "success"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
