"""Where a member lands."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agents.actions.agents import set_receiving
from agents.forms.members import SwitchForm
from agents.guards import WorkspaceRequest
from agents.setup import setup_steps
from agents.teams import team_now
from workspaces.views.entrance import safe_path


@require_safe
def home(request: WorkspaceRequest) -> HttpResponse:
    steps = setup_steps(request.agent, request.workspace)
    context = {
        "steps": steps if any(not step.done and not step.optional for step in steps) else [],
        "steps_done": sum(step.done for step in steps),
        "team": team_now(request.agent) if request.agent.can("team.view") else None,
    }
    return render(request, "agents/home.html", context)


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
