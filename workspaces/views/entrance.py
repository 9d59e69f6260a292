"""From the public host to a workspace's, and out again. The steps of one sign-in, in order."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workspaces import sessions
from workspaces.actions.handovers import TwoFactorNeeded, check_entry, offer_handover, redeem_handover
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import NotAllowed, Refused
from workspaces.tenancy.hosts import host_of
from workspaces.views.chooser import PersonRequest

COOKIE = "__Host-handover" if settings.SECURE else "handover"
COOKIE_AGE = 15 * 60


@login_not_required
@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """1, on the workspace's host: remembers this browser, and asks the public site who it is."""
    target = safe_path(request, request.GET.get("next", "/"))
    if request.user.is_authenticated:
        return redirect(target)
    state = secrets.token_urlsafe(24)
    workspace: Workspace = request.workspace  # type: ignore[attr-defined]
    host = host_of(request)
    query = urlencode({"state": state} if host == workspace.host else {"state": state, "host": host})
    response = redirect(f"{settings.PUBLIC_URL}/enter/{workspace.slug}/?{query}")
    response.set_signed_cookie(
        COOKIE,
        f"{state} {target}",
        max_age=COOKIE_AGE,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_GET
def enter(request: PersonRequest, slug: str) -> HttpResponse:
    """2, on the public host, logged in by now: hands the log-in over with a link of a minute."""
    workspace = get_object_or_404(Workspace.objects.with_schema(), slug=slug)
    state, url = request.GET.get("state", ""), workspace.url_at(request.GET.get("host", ""))
    try:
        # Before all else: who lacks a second factor would be sent to and fro for ever.
        check_entry(request.user, workspace)
        if not state:
            return redirect(f"{url}/sign-in/")
        secret = offer_handover(request.user, workspace, state=state, login_id=sessions.login_id(request))
    except TwoFactorNeeded:
        return render(request, "workspaces/two_factor_needed.html", {"workspace": workspace}, status=403)
    except NotAllowed:
        suspended = workspace.memberships.filter(user=request.user).exists()
        return render(request, "not_a_member.html", {"workspace": workspace, "suspended": suspended}, status=403)
    link = f"{url}/enter/?{urlencode({'link': secret})}"
    if url == workspace.url:
        return redirect(link)
    # Chromium lets no form lead to a host that its page's policy does not name, not by redirects either.
    return render(request, "workspaces/handing_over.html", {"workspace": workspace, "url": url, "link": link})


@login_not_required
@never_cache
@require_GET
def arrive(request: HttpRequest) -> HttpResponse:
    """3, on the workspace's host: the link is used up, and the person is in."""
    workspace: Workspace = request.workspace  # type: ignore[attr-defined]
    state, _, target = (request.get_signed_cookie(COOKIE, default="", max_age=COOKIE_AGE) or "").partition(" ")
    try:
        handover = redeem_handover(request.GET.get("link", ""), workspace, state=state)
    except Refused as refusal:
        return render(request, "workspaces/link_refused.html", {"refusal": refusal}, status=403)
    sessions.start_in_workspace(request, handover.user, workspace, handover.login_id)
    record("workspace.entered", "Signed in to the workspace", by=handover.user, workspace=workspace)
    response = redirect(safe_path(request, target))
    response.delete_cookie(COOKIE)
    return response


@require_POST
def sign_out(request: PersonRequest) -> HttpResponse:
    """Ends the log-in on the public host too, and in every other workspace it opened."""
    record("account.signed_out", "Signed out", by=request.user, workspace=request.workspace)  # type: ignore[attr-defined]
    sessions.end_login(request.user, str(sessions.login_id(request)))
    request.session.flush()
    return redirect(settings.PUBLIC_URL)


def safe_path(request: HttpRequest, target: str) -> str:
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # As a header carries it: what is not ASCII would break the response.
    return iri_to_uri(target) if own and target.startswith("/") and not target.startswith("/sign-in/") else "/"
