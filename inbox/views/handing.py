"""Chats handed over, all of an agent's at once: asked for, shown once more, done."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from agents.guards import WorkspaceRequest, answering
from agents.models import Agent, Position
from inbox.actions.handing import hand_over_chats
from inbox.actions.noting import within_measure
from inbox.colleagues import Colleague, colleagues_for, positions_with_people, target_asked
from inbox.loads import open_chats, over_limit
from inbox.models import Chat
from workspaces.refusals import NotAllowed, Refused


@answering
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: WorkspaceRequest, pk: UUID | None = None) -> HttpResponse:
    """One's own, or for who manages the team those of a colleague."""
    if pk is not None and pk != request.agent.pk and not request.agent.can("team.manage"):
        raise NotAllowed("Your position does not allow this.")
    agent = get_object_or_404(Agent.objects.with_person(), pk=pk) if pk else request.agent
    context: dict[str, Any] = {
        "person": agent,
        "is_self": agent.pk == request.agent.pk,
        "number": open_chats([agent.pk])[agent.pk],
    }
    if request.method != "POST" or not context["number"]:
        return page(request, agent, context)
    asked, note = request.POST.get("to", ""), request.POST.get("note", "")
    context |= {"asked": asked, "note": note}
    try:
        if not asked:
            raise Refused("Choose who is to have the chats.")
        to, note = target_asked(asked), within_measure(note)
        if "sure" in request.POST:
            return done(request, agent, to, note)
    except NotAllowed:
        raise
    except Refused as refusal:
        return page(request, agent, context | {"refusal": refusal}, status=422)
    if "again" in request.POST:
        return page(request, agent, context)
    context |= {"to": to, "is_position": isinstance(to, Position), **seen_before(request, to, context["number"])}
    return render(request, "inbox/handing/sure.html", context)


def page(request: WorkspaceRequest, agent: Agent, context: dict[str, Any], status: int = 200) -> HttpResponse:
    colleagues: list[Colleague] = colleagues_for(request.agent, but=agent)
    context |= {"colleagues": colleagues, "positions": positions_with_people()}
    return render(request, "inbox/handing/hand_over.html", context, status=status)


def seen_before(request: WorkspaceRequest, to: Agent | Position | None, number: int) -> dict[str, Any]:
    """What it would come to, for who may know it."""
    if not isinstance(to, Agent) or not request.agent.can("messages.view"):
        return {}
    having = open_chats([to.pk])[to.pk]
    beyond = to.limit is not None and having + number > to.limit
    return {"having": having, "would_have": having + number, "limit": to.limit, "beyond": beyond}


def done(request: WorkspaceRequest, agent: Agent, to: Agent | Position | None, note: str) -> HttpResponse:
    ids = list(Chat.objects.open().filter(assigned_to=agent).values_list("pk", flat=True))
    number = hand_over_chats(agent, to, by=request.agent, workspace=request.workspace, note=note)
    chats = f"{number} {'chat' if number == 1 else 'chats'}"
    if isinstance(to, Agent):
        messages.success(request, f"{chats} handed over to {'you' if to == request.agent else to.name}.")
        if warning := over_limit(to, seen_by=request.agent):
            messages.warning(request, warning)
    else:
        waiting = Chat.objects.filter(pk__in=ids, assigned_to=None).count()
        messages.success(request, f"{chats} given {f'to {to.name}' if to else 'back to the turn'}.")
        if waiting:
            wait = "waits" if waiting == 1 else "wait"
            messages.info(request, f"{waiting} of them {wait} under Unassigned until somebody is in turn.")
    if agent == request.agent or not request.agent.can("team.view"):
        return redirect("inbox:home")
    return redirect("agents:agent", pk=agent.pk)
