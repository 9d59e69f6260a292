"""The workspace's own Meta app. Its secrets go in and never come out; the verify token is shown when it is new."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agents.guards import WorkspaceRequest, requires
from pages.actions.meta_apps import change_verify_token, delete_meta_app, save_meta_app
from pages.forms.channels import MetaAppForm
from pages.models import Channel
from pages.views.acting import in_own_name, words_of
from workspaces.models import MetaApp
from workspaces.refusals import Refused

KEPT = "No channel is connected through it. Its secrets are deleted."


@requires("channels.manage")
@in_own_name
@never_cache
@require_http_methods(["GET", "POST"])
def meta_app(request: WorkspaceRequest) -> HttpResponse:
    form = form_of(request)
    if form.is_valid():
        try:
            app, is_new = save_meta_app(request.workspace, by=request.agent, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field, words_of(refusal))
        else:
            if is_new:
                return page(request, form_of(request, bound=False), app, shown=app.verify_token)
            messages.success(request, "The Meta app is saved: Meta knows it, and its secrets are right.")
            return redirect("pages:meta-app")
    return page(request, form, app_here(request), status=422 if form.errors else 200)


@requires("channels.manage")
@never_cache
@require_POST
def verify_token(request: WorkspaceRequest) -> HttpResponse:
    app = change_verify_token(request.workspace, by=request.agent)
    return page(request, form_of(request, bound=False), app, shown=app.verify_token)


@requires("channels.manage")
@require_POST
def removal(request: WorkspaceRequest) -> HttpResponse:
    delete_meta_app(request.workspace, by=request.agent)
    messages.success(request, "The Meta app is removed. New channels are connected through the platform's.")
    return redirect("pages:channels")


def app_here(request: WorkspaceRequest) -> MetaApp | None:
    return MetaApp.objects.filter(workspace=request.workspace).first()


def form_of(request: WorkspaceRequest, *, bound: bool = True) -> MetaAppForm:
    app = app_here(request)
    return MetaAppForm(
        (request.POST or None) if bound else None,
        initial={"app_id": app.app_id, "instagram_app_id": app.instagram_app_id} if app else {},
        has_secret=bool(app),
        has_instagram_secret=bool(app and app.instagram_app_secret),
    )


def page(request: WorkspaceRequest, form: MetaAppForm, app: MetaApp | None, *, shown: str = "", **how: Any) -> Any:
    where = reverse("webhooks_of_workspace", args=[request.workspace.pk], urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    stopping = list(Channel.objects.connected().filter(uses_own_app=True).values_list("name", flat=True))
    context = {
        "form": form,
        "app": app,
        "verify_token": shown,
        "webhook_url": settings.PUBLIC_URL + where,
        "return_url": f"{settings.PUBLIC_URL}/meta/return/",
        "stopping": stopping,
        "removal_text": f"{', '.join(stopping)}: until reconnected, nothing comes in or goes out."
        if stopping
        else KEPT,
    }
    return render(request, "pages/meta_app.html", context, **how)
