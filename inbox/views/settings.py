"""The settings pages of the inbox: its labels, its rules, its hours."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agents.actions.holidays import delete_holiday
from agents.guards import WorkspaceRequest, requires
from agents.models import Agent, Holiday
from inbox.actions.away import filled
from inbox.actions.hours import add_holiday, save_hours
from inbox.actions.labels import delete_label, save_label
from inbox.actions.rules import save_rules
from inbox.cases import BusinessHours
from inbox.forms.labels import LabelForm
from inbox.forms.rules import STRATEGIES, HolidayForm, HoursForm, InboxRulesForm
from inbox.models import Chat, InboxRules, Label, RoutingRule, SavedView
from inbox.rulebook import every
from workspaces.refusals import NotAllowed, Refused


def open_chats_of(agent: Agent) -> Count:
    """With the label, of those that this agent may see."""
    counted = Q(chat_labels__chat__state=Chat.State.OPEN)
    if not agent.can("messages.view"):
        counted &= Q(chat_labels__chat__assigned_to=agent)
    return Count("chat_labels", filter=counted)


@requires("inbox.manage")
@require_http_methods(["GET", "POST"])
def labels(request: WorkspaceRequest) -> HttpResponse:
    form = LabelForm(request.POST or None)
    if saved(request, form):
        messages.success(request, f"The label “{form.instance.name}” is there.")
        return redirect("inbox:settings-labels")
    shown = Label.objects.annotate(open_chats=open_chats_of(request.agent)).order_by(Lower("name"))
    return render(
        request, "inbox/settings/labels.html", {"labels": shown, "form": form}, status=422 if form.errors else 200
    )


@requires("inbox.manage")
@require_http_methods(["GET", "POST"])
def label(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Label, pk=pk)
    title = found.name
    form = LabelForm(request.POST or None, instance=found)
    if saved(request, form):
        messages.success(request, "The label is saved.")
        return redirect("inbox:settings-labels")
    chats = found.chat_labels.count()
    loss = loss_of(chats, naming(found)) + emptied_by(found)
    context = {"label": found, "title": title, "form": form, "chats": chats, "loss": loss}
    return render(request, "inbox/settings/label.html", context, status=422 if form.errors else 200)


def naming(found: Label) -> list[str]:
    rules = RoutingRule.objects.filter(actions__labels__contains=[str(found.pk)])
    return [f"“{name}”" for name in rules.values_list("name", flat=True)]


def loss_of(chats: int, rules: list[str]) -> str:
    which = "No chat bears it."
    if chats:
        lose = "1 chat loses" if chats == 1 else f"{chats} chats lose"
        which = f"{lose} it. The chats stay, and so does what their threads tell of it. This cannot be undone."
    if not rules:
        return which
    does, which_rule = ("s", "rule") if len(rules) == 1 else ("", "rules")
    return f"{which} The routing {which_rule} {every(rules)} put{does} it on chats, and no longer will."


def emptied_by(found: Label) -> str:
    views = SavedView.objects.filter(filters__label=str(found.pk)).count()
    if not views:
        return ""
    return f" {'1 saved view asks' if views == 1 else f'{views} saved views ask'} for it, and will be empty."


def saved(request: WorkspaceRequest, form: LabelForm) -> bool:
    if not form.is_valid():
        return False
    try:
        save_label(form.save(commit=False), by=request.agent, workspace=request.workspace)
    except NotAllowed:
        raise
    except Refused as refusal:
        form.add_error(refusal.field, refusal.message)
        return False
    return True


@requires("inbox.manage")
@require_POST
def label_removal(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Label, pk=pk)
    count = delete_label(found, by=request.agent, workspace=request.workspace)
    off = f" and taken off {count} {'chat' if count == 1 else 'chats'}" if count else ""
    messages.success(request, f"The label “{found.name}” is deleted{off}.")
    return redirect("inbox:settings-labels")


@requires("inbox.manage")
@require_http_methods(["GET", "POST"])
def rules(request: WorkspaceRequest) -> HttpResponse:
    form = InboxRulesForm(request.POST or None, instance=InboxRules.objects.current())
    if form.is_valid():
        save_rules(by=request.agent, workspace=request.workspace, **form.cleaned_data)
        messages.success(request, "The rules are saved.")
        return redirect("inbox:settings-inbox")
    business = BusinessHours()
    context = {
        "form": form,
        "strategies": [(radio, STRATEGIES[radio.data["value"]]) for radio in form["strategy"]],
        "business": business,
        "example": filled("{opens}", business),
    }
    return render(request, "inbox/settings/rules.html", context, status=422 if form.errors else 200)


@requires("inbox.manage")
@require_http_methods(["GET", "POST"])
def hours(request: WorkspaceRequest) -> HttpResponse:
    business = BusinessHours()
    form = HoursForm(request.POST or None, hours=business.hours.kept())
    if form.is_valid():
        save_hours(form.cleaned_data, by=request.agent, workspace=request.workspace)
        messages.success(request, "The business hours are saved.")
        return redirect("inbox:settings-hours")
    return hours_page(request, business, form, HolidayForm())


def hours_page(
    request: WorkspaceRequest, business: BusinessHours, form: HoursForm, holiday: HolidayForm
) -> HttpResponse:
    today = business.now.astimezone(business.zone).date()
    context = {
        "form": form,
        "holiday_form": holiday,
        "holidays": Holiday.objects.filter(date__gte=today),
        "business": business,
        "now": business.now.astimezone(business.zone),
        "may_set_zone": request.agent.can("workspace.manage"),
    }
    status = 422 if form.errors or holiday.errors else 200
    return render(request, "inbox/settings/hours.html", context, status=status)


@requires("inbox.manage")
@require_POST
def holidays(request: WorkspaceRequest) -> HttpResponse:
    form = HolidayForm(request.POST)
    if form.is_valid():
        try:
            add_holiday(form.save(commit=False), by=request.agent, workspace=request.workspace)
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"{form.instance} is a holiday.")
            return redirect("inbox:settings-hours")
    business = BusinessHours()
    return hours_page(request, business, HoursForm(hours=business.hours.kept()), form)


@requires("inbox.manage")
@require_POST
def holiday_removal(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Holiday, pk=pk)
    delete_holiday(found, by=request.agent, workspace=request.workspace)
    messages.success(request, f"{found} is no holiday any more.")
    return redirect("inbox:settings-hours")
