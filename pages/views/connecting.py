"""Connecting by Facebook Login, by Instagram Login or with a pasted token; then choosing from what is found."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from agents.guards import WorkspaceRequest, requires
from pages import choices, finding, logins
from pages.actions.connecting import connect_found, standing_of
from pages.forms.channels import ChoiceForm, TokenForm
from pages.graph.errors import GraphError
from pages.models import Channel
from pages.views.acting import in_own_name, words_of
from workspaces.models import Platform, Workspace
from workspaces.refusals import Refused

# Of what Meta sends back.
PASSED_ON = ("code", "state", "error", "error_reason", "error_description")

NOTHING = "Meta named no account that can be connected here."
OPENS_NONE = {
    Platform.FACEBOOK: "This token opens no Facebook page. Take the token of the page, or of somebody who runs it.",
    Platform.INSTAGRAM: "This token opens no Instagram account. Take one of Instagram Login, or of its Facebook page.",
    Platform.WHATSAPP: (
        "This token opens no WhatsApp number. Take one of a system user to whom the WhatsApp account is assigned, "
        "with the permission “whatsapp_business_management”."
    ),
}
CANCELLED = "Nothing is connected: the log-in at Meta was cancelled, or no account was chosen there. Start again."
CHOSEN = "There is nothing to choose any more: what was chosen is under Channels. To connect more, start again."


@requires("channels.manage")
@require_safe
def connect(request: WorkspaceRequest) -> HttpResponse:
    apps = [app for app, _ in finding.apps_of(request.workspace)]
    context = {
        "by_facebook": any(app.app_id for app in apps),
        "by_instagram": any(app.instagram_app_id for app in apps),
    }
    return render(request, "pages/connect.html", context)


@requires("channels.manage")
@never_cache
@require_GET
def facebook(request: WorkspaceRequest) -> HttpResponse:
    state = logins.start(request, Channel.Login.FACEBOOK)
    return redirect(finding.facebook_login(request.workspace, state))


@requires("channels.manage")
@never_cache
@require_GET
def instagram(request: WorkspaceRequest) -> HttpResponse:
    state = logins.start(request, Channel.Login.INSTAGRAM)
    return redirect(finding.instagram_login(request.workspace, state))


@login_not_required
@never_cache
@require_GET
def meta_return(request: HttpRequest) -> HttpResponse:
    """On the public host, from Meta: on to the workspace where it began. Who it is, is asked there."""
    try:
        found = logins.workspace_of(request.GET.get("state", ""))
    except Refused as refusal:
        return render(request, "pages/return_refused.html", {"refusal": refusal}, status=403)
    workspace = get_object_or_404(Workspace.objects.with_schema(), pk=found)
    passed = {name: request.GET[name] for name in PASSED_ON if name in request.GET}
    return redirect(f"{workspace.url}/settings/channels/new/return/?{urlencode(passed)}")


@requires("channels.manage")
@in_own_name
@never_cache
@require_GET
def back_from_meta(request: WorkspaceRequest) -> HttpResponse:
    """The code becomes a token, the token a list of accounts; the token itself goes no further."""
    try:
        login = logins.finish(request, request.GET.get("state", ""))
        if "code" not in request.GET:
            raise Refused(CANCELLED)
        found = finding.after_login(request.workspace, login, request.GET["code"])
    except (Refused, GraphError) as problem:
        messages.error(request, words_of(problem))
        return redirect("pages:connect")
    return to_choice(request, found)


@requires("channels.manage")
@in_own_name
@never_cache
@require_http_methods(["GET", "POST"])
def token(request: WorkspaceRequest) -> HttpResponse:
    form = TokenForm(request.POST or None, initial={"platform": request.GET.get("platform") or Platform.FACEBOOK})
    if form.is_valid():
        try:
            found = finding.with_token(request.workspace, **form.cleaned_data)
        except (Refused, GraphError) as problem:
            form.add_error(getattr(problem, "field", None) or "token", words_of(problem))
        else:
            if found:
                return to_choice(request, found)
            form.add_error("token", OPENS_NONE[Platform(form.cleaned_data["platform"])])
    return render(request, "pages/connect_token.html", {"form": form}, status=422 if form.errors else 200)


@requires("channels.manage")
@in_own_name
@never_cache
@require_http_methods(["GET", "POST"])
def choice(request: WorkspaceRequest) -> HttpResponse:
    found = choices.kept(request)
    if not found:
        messages.error(request, CHOSEN)
        return redirect("pages:connect")
    offered = [(one, standing_of(one, request.workspace)) for one in found]
    open_ones = {one.key: one for one, standing in offered if standing.may_connect}
    form = ChoiceForm(request.POST if request.method == "POST" else None, keys=open_ones)
    if form.is_valid():
        chosen = [open_ones[key] for key in form.cleaned_data["accounts"]]
        choices.forget(request)
        results = [(one, *connect_found(one, request.workspace, by=request.agent)) for one in chosen]
        return render(request, "pages/connected.html", {"results": results})
    # Who brings one account alone means that one.
    preset = [one.key for one, standing in offered if standing.chosen_at_first or (len(offered) == 1 and open_ones)]
    checked = request.POST.getlist("accounts") if form.is_bound else preset
    context = {"offered": offered, "form": form, "any_open": bool(open_ones), "checked": checked}
    return render(request, "pages/connect_choice.html", context, status=422 if form.errors else 200)


def to_choice(request: WorkspaceRequest, found: list[Any]) -> HttpResponse:
    if not found:
        messages.error(request, f"{NOTHING} Give it access to a page, an account or a number, and try again.")
        return redirect(reverse("pages:connect"))
    choices.keep(request, found)
    return redirect("pages:connect-choice")
