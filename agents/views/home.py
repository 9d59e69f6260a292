"""Where a member lands."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agents.actions.agents import set_receiving
from agents.forms.members import SwitchForm
from agents.guards import WorkspaceRequest
from agents.models import Agent
from workspaces.views.entrance import safe_path


@require_safe
def home(request: WorkspaceRequest) -> HttpResponse:
    team = Agent.objects.active().with_person()[:12] if request.agent.can("team.view") else []
    return render(request, "agents/home.html", {"team": team})


@require_POST
def availability(request: WorkspaceRequest) -> HttpResponse:
    """One's own switch: shall new chats come to me?"""
    form = SwitchForm(request.POST)
    form.full_clean()
    set_receiving(
        request.agent,
        form.cleaned_data["on"],
        by=request.agent,
        note=form.cleaned_data.get("note", ""),
        workspace=request.workspace,
    )
    return redirect(safe_path(request, request.POST.get("next", "")))
