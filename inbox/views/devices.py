"""One's own browsers that are told of news while no page is open."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.actions.push import MOST, subscribe, unsubscribe
from agents.guards import WorkspaceRequest
from agents.models import PushSubscription
from inbox.alerts import ask_for_trial
from inbox.forms.devices import DeviceForm
from workspaces.browsers import browser_words
from workspaces.limits import within_limit
from workspaces.models import WebPushKey
from workspaces.refusals import NotAllowed, Refused
from workspaces.sessions import LOGIN, is_alive


@require_http_methods(["GET", "POST"])
def devices(request: WorkspaceRequest) -> HttpResponse:
    """POST: this browser, which asks by a script and shows what it is answered."""
    if request.method == "POST":
        return add(request)
    own = PushSubscription.objects.filter(agent=request.agent)
    context = {
        "devices": [device for device in own if is_alive(request.user, device.login_id)],
        "most": MOST,
        "key": WebPushKey.objects.current().public_key,
        "preferences": request.user.preferences,
    }
    return render(request, "inbox/devices.html", context)


def add(request: WorkspaceRequest) -> HttpResponse:
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return HttpResponse("This browser's answer cannot be used.", status=422)
    browser = browser_words(request.headers.get("User-Agent", ""))
    try:
        subscribe(request.agent, login_id=UUID(request.session[LOGIN]), browser=browser, **form.cleaned_data)
    except NotAllowed:
        raise
    except Refused as refusal:
        return HttpResponse(f"{refusal.message} {refusal.hint}".strip(), status=422)
    return HttpResponse(status=204)


@never_cache
@require_safe
def key(request: WorkspaceRequest) -> HttpResponse:
    """What the service worker needs, which has no page: to subscribe anew, and to say so."""
    return JsonResponse({"key": WebPushKey.objects.current().public_key, "token": get_token(request)})


@require_POST
def trial(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    device = get_object_or_404(PushSubscription, pk=pk, agent=request.agent)
    if not within_limit(request, "device_trial"):
        raise Refused("That is a lot of trials for one minute.", hint="Try again later.")
    ask_for_trial(device, request.workspace.schema_name)
    messages.success(request, f"A notification is on its way to {device.browser}.")
    return redirect("inbox:devices")


@require_POST
def removal(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    device = get_object_or_404(PushSubscription, pk=pk, agent=request.agent)
    unsubscribe(device, by=request.agent)
    messages.success(request, f"{device.browser} is told nothing any more.")
    return redirect("inbox:devices")
