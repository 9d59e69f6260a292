"""The routing rules: their list, each of them, and what they would make of a sample."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.guards import WorkspaceRequest, requires
from inbox.actions import routing_rules as actions
from inbox.cases import BusinessHours
from inbox.forms.routing import RuleForm, SampleForm
from inbox.languages import language_in
from inbox.models import InboxRules, RoutingRule
from inbox.routing import Case
from inbox.rulebook import gone_from, left_waiting, then_said, things_of, when_said
from inbox.trial import Trial, in_its_place, try_rules
from pages.models import Channel
from workspaces.refusals import NotAllowed, Refused


@requires("inbox.manage")
@require_safe
def rules(request: WorkspaceRequest) -> HttpResponse:
    found = list(RoutingRule.objects.all())
    things = things_of(found)
    shown = [
        {
            "rule": rule,
            "when": when_said(rule, things),
            "then": then_said(rule, things),
            "gone": gone_from(rule, things),
            "waits": left_waiting(rule, things),
        }
        for rule in found
    ]
    context = {"rules": shown, "strategy": InboxRules.objects.current().get_strategy_display()}
    return render(request, "inbox/settings/routing.html", context)


@requires("inbox.manage")
@require_http_methods(["GET", "POST"])
def new_rule(request: WorkspaceRequest) -> HttpResponse:
    return edited(request, RoutingRule(), "The rule is saved. It is asked last.")


@requires("inbox.manage")
@require_http_methods(["GET", "POST"])
def rule(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    return edited(request, get_object_or_404(RoutingRule, pk=pk), "The rule is saved.")


def edited(request: WorkspaceRequest, found: RoutingRule, success: str) -> HttpResponse:
    # Validating writes into the row, and the page is about the rule as it is.
    title, things = found.name, things_of([found])
    lacks = {"gone": gone_from(found, things), "waits": left_waiting(found, things)}
    form = RuleForm(request.POST or None, instance=found)
    sample, trial = sample_of(request), None
    if "try" in request.POST:
        trial = tried(form, sample)
    elif form.is_valid() and saved(request, form):
        messages.success(request, success)
        return redirect("inbox:settings-routing")
    context = {"form": form, "rule": found, "title": title, "sample": sample, "trial": trial, **lacks}
    refused = request.method == "POST" and trial is None
    return render(request, "inbox/settings/rule.html", context, status=422 if refused else 200)


def saved(request: WorkspaceRequest, form: RuleForm) -> bool:
    try:
        actions.save_rule(form.save(commit=False), by=request.agent, workspace=request.workspace)
    except NotAllowed:
        raise
    except Refused as refusal:
        form.add_error(refusal.field, f"{refusal.message} {refusal.hint}".strip())
        return False
    return True


def sample_of(request: WorkspaceRequest) -> SampleForm:
    channels = list(Channel.objects.defer("access_token").order_by(Lower("name"), "id"))
    data: Any = request.POST if "try" in request.POST else None
    return SampleForm(data, channels=channels, zone=BusinessHours().zone)


def tried(form: RuleForm, sample: SampleForm) -> Trial | None:
    """A rule that has no name yet can be tried."""
    named = form.is_valid() or set(form.errors) == {"name"}
    if not (sample.is_valid() and named):
        return None
    if "name" in form.errors:
        del form.errors["name"]
        form.instance.name = form.instance.name or "This rule"
    given = sample.cleaned_data
    case = Case(
        platform=sample.platform,
        channel=str(sample.channel_id or ""),
        tags=tuple(given["tags"]),
        language=given["language"] or language_in(given["text"]),
        words=given["text"],
        in_hours=BusinessHours(given["at"]).hold,
        returning=given["returning"],
    )
    asked = in_its_place(RoutingRule.objects.all(), form.instance)
    return try_rules(asked, case, edited=form.instance, channel=sample.channel_id)


@requires("inbox.manage")
@require_POST
def place(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(RoutingRule, pk=pk)
    up = request.POST.get("to") == "up"
    actions.move_rule(found, up=up, by=request.agent, workspace=request.workspace)
    # Back to the button, for the next step by keyboard.
    return redirect(f"{reverse('inbox:settings-routing')}#{'up' if up else 'down'}-{pk}")


@requires("inbox.manage")
@require_POST
def active(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(RoutingRule, pk=pk)
    on = request.POST.get("on") == "1"
    actions.switch_rule(found, on, by=request.agent, workspace=request.workspace)
    messages.success(request, f"“{found.name}” is switched {'on' if on else 'off'}.")
    return redirect("inbox:settings-routing")


@requires("inbox.manage")
@require_POST
def removal(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(RoutingRule, pk=pk)
    actions.delete_rule(found, by=request.agent, workspace=request.workspace)
    messages.success(request, f"The rule “{found.name}” is deleted.")
    return redirect("inbox:settings-routing")
