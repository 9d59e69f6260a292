"""Going off, and the end of a shift: what becomes of the chats that are still open is asked first."""

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from agents.guards import WorkspaceRequest, answering, requires
from agents.models import Agent
from agents.views.availability import WORDS, turned
from inbox.actions.leaving import DEAL, HAND, KEEP, end_shift, go_off
from inbox.forms.leaving import LeavingForm
from inbox.loads import open_chats
from inbox.models import Chat
from inbox.shifts import unsettled_shift
from workspaces.refusals import Refused
from workspaces.views.entrance import safe_path


@answering
@require_http_methods(["GET", "HEAD", "POST"])
def going_off(request: WorkspaceRequest) -> HttpResponse:
    return leave(request, request.agent, reverse("inbox:going-off"))


@requires("team.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def going_off_of(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    agent = get_object_or_404(Agent.objects.with_person(), pk=pk)
    if not agent.answers:
        raise Refused(f"{agent.name} takes no chats.")
    return leave(request, agent, reverse("inbox:going-off-of", args=[pk]))


def leave(request: WorkspaceRequest, agent: Agent, action: str) -> HttpResponse:
    number = open_chats([agent.pk])[agent.pk]
    is_answered = request.method == "POST" and ("chats" in request.POST or not number)
    if not is_answered:
        return ask(request, agent, action, number)
    form = LeavingForm({"chats": KEEP} | request.POST.dict(), agent=agent)
    if not form.is_valid():
        return ask(request, agent, action, number, form)
    said = form.cleaned_data
    note = said["note"]
    had = open_ones(agent)
    went = go_off(agent, said["chats"], to=form.target, by=request.agent, workspace=request.workspace, note=note)
    words = WORDS[Agent.Availability.OFF] if agent == request.agent else f"{agent.name} is off now."
    return turned(request, agent, f"{words} {what_became(form, went, had)}".strip())


@answering
@require_http_methods(["GET", "HEAD", "POST"])
def shift_end(request: WorkspaceRequest) -> HttpResponse:
    """The banner that says so, the question, and the answer."""
    agent, action = request.agent, reverse("inbox:shift-end")
    ended = unsettled_shift(agent, request.workspace)
    if request.method != "POST":
        if "banner" in request.GET:
            return render(request, "inbox/_shift_end.html", {"ended": ended})
        number = ended.open_chats if ended else open_chats([agent.pk])[agent.pk]
        return ask(request, agent, action, number, ended=ended)
    form = LeavingForm(request.POST, agent=agent)
    if not form.is_valid():
        return ask(request, agent, action, open_chats([agent.pk])[agent.pk], form, ended=ended)
    said = form.cleaned_data
    had = open_ones(agent)
    went = end_shift(agent, said["chats"], to=form.target, by=agent, workspace=request.workspace, note=said["note"])
    words = what_became(form, went, had) or "Your chats stay yours."
    response = turned(request, agent, words)
    if "HX-Trigger" in response:
        response["HX-Trigger"] = json.dumps({"live:shift": {}, **json.loads(response["HX-Trigger"])})
    return response


def open_ones(agent: Agent) -> list[UUID]:
    return list(Chat.objects.open().filter(assigned_to=agent).values_list("pk", flat=True))


def what_became(form: LeavingForm, went: int, had: list[UUID]) -> str:
    """`had`: the chats before; some of them may have found nobody."""
    target = form.target
    if form.cleaned_data["chats"] != DEAL and not target:
        return ""
    waiting = Chat.objects.filter(pk__in=had, assigned_to=None).count()
    done = f"handed over to {target.name}" if target else "dealt again"
    if not waiting:
        return f"{chats_of(went)} {'was' if went == 1 else 'were'} {done}."
    wait = f"{'waits' if waiting == 1 else 'wait'} under Unassigned"
    if waiting < went:
        return f"{went} chats were {done}; {waiting} of them {wait}."
    return f"Nobody{f' of {target.name}' if target else ''} is in turn: {chats_of(went)} {wait}."


def chats_of(number: int) -> str:
    return "1 chat" if number == 1 else f"{number} chats"


def ask(
    request: WorkspaceRequest,
    agent: Agent,
    action: str,
    number: int,
    form: LeavingForm | None = None,
    **context: Any,
) -> HttpResponse:
    """In a dialog where a script asks, else on a page of its own."""
    by_script = bool(request.headers.get("HX-Request"))
    if request.method == "POST" and form is None and not by_script:
        kept = {name: request.POST.get(name, "")[:500] for name in ("next", "note")}
        return redirect(f"{action}?{urlencode(kept)}")
    noted = request.POST.get("note") or request.GET.get("note", "")
    chosen = request.GET.get("chats")
    initial = {"chats": chosen if chosen in (DEAL, HAND) else KEEP, "note": noted}
    context |= {
        "person": agent,
        "is_self": agent == request.agent,
        "action": action,
        "number": number,
        "form": form or LeavingForm(agent=agent, initial=initial),
        "next": came_from(request),
        "hand": HAND,
    }
    template = "inbox/_leaving_dialog.html" if by_script else "inbox/leaving.html"
    response = render(request, template, context, status=422 if form else 200)
    if by_script:
        response["HX-Retarget"], response["HX-Reswap"] = "body", "beforeend"
    return response


def came_from(request: WorkspaceRequest) -> str:
    told = request.POST.get("next") or request.GET.get("next")
    if not told:
        told = path_of(request.headers.get("HX-Current-URL", ""))
    return safe_path(request, told)


def path_of(url: str) -> str:
    """Nothing of what is no address."""
    try:
        address = urlsplit(url)
    except ValueError:
        return ""
    return address.path + (f"?{address.query}" if address.query else "")
