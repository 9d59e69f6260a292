"""Where a member lands."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from agents.setup import setup_steps
from agents.teams import team_now


@require_safe
def home(request: WorkspaceRequest) -> HttpResponse:
    team = team_now(request.agent) if request.agent.can("team.view") else None
    if request.headers.get("HX-Request"):
        return render(request, "agents/_home_now.html", {"team": team})
    steps = setup_steps(request.agent, request.workspace)
    context = {
        "steps": steps if any(not step.done and not step.optional for step in steps) else [],
        "steps_done": sum(step.done for step in steps),
        "team": team,
    }
    return render(request, "agents/home.html", context)
