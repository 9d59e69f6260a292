"""Canned replies: the settings pages."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.guards import WorkspaceRequest, answering
from templates_app.actions import replies as actions
from templates_app.assets import limits, takers_of
from templates_app.forms.replies import OWN, SHARED, ReplyForm, SearchForm
from templates_app.models import MessageTemplate
from templates_app.rendering import VARIABLES, example_values
from workspaces.models import Platform
from workspaces.refusals import NotAllowed, Refused

ON_A_PAGE = 50
# Rules lie above this app: who knows them is named, not imported.
LOSS = "inbox.naming.loss_of_reply"
WHOSE = {SHARED: "Shared", OWN: "Mine"}


@answering
@require_safe
def replies(request: WorkspaceRequest) -> HttpResponse:
    words = SearchForm(request.GET).value("q")
    whose = request.GET.get("whose", "")
    found = MessageTemplate.objects.visible_to(request.agent)
    if whose in WHOSE:
        found = found.filter(is_shared=whose == SHARED)
    shown = found.holding(words).prefetch_related("assets")
    context = {
        "page": Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page", 1)),
        "query": words,
        "whose": whose if whose in WHOSE else "",
        "choices": WHOSE,
    }
    return render(request, "templates_app/replies.html", context)


@answering
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    reply = MessageTemplate(created_by=request.agent, is_shared=request.agent.can("inbox.manage"))
    return edited(request, reply, "The reply is saved. Type / in the composer to use it.")


@answering
@require_http_methods(["GET", "POST"])
def reply(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(MessageTemplate.objects.visible_to(request.agent).select_related("created_by"), pk=pk)
    if not found.may_be_changed_by(request.agent):
        if request.method == "POST":
            raise NotAllowed("Shared replies are changed by those who manage the inbox.")
        context = {"reply": found, "assets": found.assets.all()}
        return render(request, "templates_app/reply_shown.html", context)
    return edited(request, found, "The reply is saved.")


def edited(request: WorkspaceRequest, reply: MessageTemplate, success: str) -> HttpResponse:
    # Validating writes into the row, and the page is about the reply as it is.
    title = reply.name
    form = ReplyForm(request.POST or None, request.FILES or None, instance=reply, by=request.agent)
    if form.is_valid():
        wanted = form.save(commit=False)
        files, kept = form.cleaned_data["added"], list(form.cleaned_data["kept"])
        try:
            actions.save_reply(wanted, by=request.agent, workspace=request.workspace, files=files, kept=kept)
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, success)
            return redirect("replies:list")
    context = {"form": form, "reply": reply, "title": title, "loss": loss_of(reply), **around(request, form)}
    return render(request, "templates_app/reply.html", context, status=422 if form.errors else 200)


def loss_of(reply: MessageTemplate) -> str:
    who = "Nobody here can" if reply.is_shared else "You cannot"
    return f"{who} insert it any more. What was sent with it stays. {import_string(LOSS)(reply)}".strip()


def around(request: WorkspaceRequest, form: ReplyForm) -> dict[str, Any]:
    """What the form's page shows besides the reply."""
    example = example_values(request.agent, request.workspace)
    kept = form.data.getlist("kept") if form.is_bound else [str(asset.pk) for asset in form.had]  # type: ignore[attr-defined]
    return {
        "assets": [(asset, takers_of(asset), str(asset.pk) in kept) for asset in form.had],
        "platforms": Platform.labels,
        "limits": limits(),
        "variables": [(f"{{{{{name}}}}}", words) for name, (words, _) in VARIABLES.items()],
        "fallback": "{{contact.first_name|there}}",
        "example_json": json.dumps(example),
        "example_name": example["contact.name"],
        "folders": folders_of(request),
    }


def folders_of(request: WorkspaceRequest) -> list[str]:
    visible = MessageTemplate.objects.visible_to(request.agent).exclude(category="")
    return list(visible.order_by("category").values_list("category", flat=True).distinct())


@answering
@require_POST
def removal(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(MessageTemplate.objects.visible_to(request.agent), pk=pk)
    actions.delete_reply(found, by=request.agent, workspace=request.workspace)
    messages.success(request, f"“{found.name}” is deleted.")
    return redirect("replies:list")
