"""The team: who works here, whether chats are dealt to them, and who decided it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agents.actions.agents import set_active, set_position, set_receiving
from agents.availability import shown_online
from agents.forms.members import PositionChoiceForm, SwitchForm
from agents.guards import WorkspaceRequest, requires
from agents.models import Agent
from agents.permissions import PERMISSIONS
from agents.rosters import SIZE
from agents.shifts import calendar
from agents.teams import here_with, loads_of, sees_contact
from workspaces.paging import page_of


@requires("team.view")
@require_safe
def team(request: WorkspaceRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()
    named = Agent.objects.with_person().named(query)
    agents = named.order_by("-is_active", "user__first_name", "user__last_name", "pk")
    page = Paginator(agents, SIZE).get_page(request.GET.get("page", 1))
    positions = {agent.position_id: agent.position for agent in page}
    here, known, now = here_with(request.agent), calendar(positions.values()), timezone.now()
    context = {
        "page": page,
        "query": query,
        "here": here,
        "online": Agent.objects.filter(shown_online(here)).count(),
        "loads": loads_of(page, seen_by=request.agent),
        "today": {pk: known.today(position, now) for pk, position in positions.items()} if known else {},
        "closed": {pk for pk, position in positions.items() if known and not known.is_open(position, now)},
    }
    template = "agents/_team.html" if request.headers.get("HX-Request") else "agents/team.html"
    return render(request, template, context)


@requires("team.view")
@require_safe
def agent(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Agent.objects.with_person().select_related("user__preferences"), pk=pk)
    known = calendar([found.position])
    context = {
        "here": here_with(request.agent),
        "loads": loads_of([found], seen_by=request.agent),
        "hours": known.hours_of(found.position).lines() if known else [],
        "zone": known.zone.key if known else "",
        "is_closed": known is not None and not known.is_open(found.position, timezone.now()),
        "person": found,
        "page": page_of(found.status_logs.select_related("changed_by__user"), request.GET, by="changed_at", size=20),
        "position_form": PositionChoiceForm(initial={"position": found.position.slug}),
        "allowances": [PERMISSIONS[code] for code in PERMISSIONS if code in found.codes],
        "is_self": found.pk == request.agent.pk,
        "may_switch": request.agent.can("team.manage"),
        "may_position": request.agent.can("members.manage") and found.pk != request.agent.pk,
        "sees_contact": sees_contact(request.agent, found),
        "now": timezone.now(),
    }
    return render(request, "agents/agent.html", context)


@requires("team.view")
@require_POST
def active(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found, form = switched(request, pk)
    on = form.cleaned_data["on"]
    set_active(found, on, by=request.agent, note=form.cleaned_data.get("note", ""), workspace=request.workspace)
    messages.success(request, f"{found.name} {'works here again' if on else 'is switched off'}.")
    return redirect("agents:agent", pk=pk)


@requires("team.view")
@require_POST
def receiving(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found, form = switched(request, pk)
    on = form.cleaned_data["on"]
    set_receiving(found, on, by=request.agent, note=form.cleaned_data.get("note", ""), workspace=request.workspace)
    messages.success(request, f"{found.name} receives {'new chats again' if on else 'no new chats'}.")
    return redirect("agents:agent", pk=pk)


@requires("members.manage")
@require_POST
def position(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Agent.objects.with_person(), pk=pk)
    form = PositionChoiceForm(request.POST)
    if form.is_valid():
        set_position(found, form.cleaned_data["position"], by=request.agent, workspace=request.workspace)
        messages.success(request, f"{found.name} is {form.cleaned_data['position'].name} now.")
    else:
        messages.error(request, "Choose one of the positions.")
    return redirect("agents:agent", pk=pk)


def switched(request: WorkspaceRequest, pk: UUID) -> tuple[Agent, SwitchForm]:
    form = SwitchForm({"on": request.POST.get("on", ""), "note": request.POST.get("note", "")[:500]})
    form.full_clean()
    return get_object_or_404(Agent.objects.with_person(), pk=pk), form
