"""From a host to a workspace, from a session to a membership: what every request passes, in this order."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from workspaces import sessions
from workspaces.audit import Origin, coming_from
from workspaces.locale import as_read_by
from workspaces.models import Membership, Workspace
from workspaces.refusals import NotAllowed, Refused
from workspaces.tenancy.hosts import host_of, hosts
from workspaces.tenancy.search_path import use_public, use_workspace

GetResponse = Callable[[HttpRequest], HttpResponse]


def compressed(get_response: GetResponse) -> GetResponse:
    """Pages are an eighth on their way, and another length each time (BREACH). Files go as they are."""
    gzip = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            gzip.process_response(request, response)
        return response

    return middleware


def fragments(get_response: GetResponse) -> GetResponse:
    """An address gives a page, or a piece of it to a script: what a browser has kept of the one is not the other."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    return middleware


def health(get_response: GetResponse) -> GetResponse:
    """Answers before any host is looked at: a load balancer asks by address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path != "/health/":
            return get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return JsonResponse({"status": "the database is away"}, status=503)
        return JsonResponse({"status": "ok"})

    return middleware


def devices(get_response: GetResponse) -> GetResponse:
    """What a page may ask of the machine it is shown on: the microphone, for voice notes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
        return response

    return middleware


def workspace(get_response: GetResponse) -> GetResponse:
    """Puts the request into its workspace's schema, or on the public site."""

    def middleware(request: HttpRequest) -> HttpResponse:
        host = host_of(request)
        if host == settings.BASE_DOMAIN:
            return on_public_site(request)
        if host == f"www.{settings.BASE_DOMAIN}":
            return HttpResponsePermanentRedirect(f"{settings.PUBLIC_URL}{request.get_full_path()}")
        # The look-up itself reads the public schema.
        found = hosts.workspace_at(host) if host else None
        if found is None:
            on_public(request)
            return render(request, "workspace_not_found.html", {"host": host}, status=404)
        return on_workspace_site(request, found)

    def on_public_site(request: HttpRequest) -> HttpResponse:
        on_public(request)
        return get_response(request)

    def on_workspace_site(request: HttpRequest, found: Workspace) -> HttpResponse:
        request.workspace = found  # type: ignore[attr-defined]
        if not found.is_open:
            on_public(request)
            return render(request, f"workspace_{found.status.lower()}.html", {"workspace": found}, status=403)
        use_workspace(found)
        response = get_response(request)
        # No proxy keeps what one person was shown, and no browser shows it again unasked. Files say what they allow.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def on_public(request: HttpRequest) -> None:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        use_public()

    return middleware


def membership(get_response: GetResponse) -> GetResponse:
    """On a workspace's host a session counts only there, and only while its person is an active member."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.membership = None  # type: ignore[attr-defined]
        here = getattr(request, "workspace", None)
        if not request.user.is_authenticated:
            return get_response(request)
        belongs_to = request.session.get(sessions.WORKSPACE)
        if belongs_to != (str(here.pk) if here else None):
            # A session carried over from another host.
            request.user = AnonymousUser()
            return get_response(request)
        if here is None:
            return get_response(request)
        found = active_membership(request.user, here)
        if found is None:
            logout(request)
            return render(request, "not_a_member.html", {"workspace": here}, status=403)
        if here.requires_two_factor and not request.user.has_two_factor:
            return redirect(f"{settings.PUBLIC_URL}/enter/{here.slug}/")
        request.membership = found  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def active_membership(user: Any, workspace: Workspace) -> Membership | None:
    """As it came along with the person (workspaces/authentication.py), and only of this workspace."""
    found: Membership | None = user.member
    if found is None or found.workspace_id != workspace.pk:
        return None
    found.workspace = workspace
    return found


class SignedIn(LoginRequiredMiddleware):
    """Who is not is led to where they may be; a script is told, for it cannot follow to another host."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        led_away = super().process_view(request, *view)
        return HttpResponse(status=401) if led_away and request.headers.get("HX-Request") else led_away


def origin(get_response: GetResponse) -> GetResponse:
    """Where the request came from, for the audit log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        ip_address = get_adapter().get_client_ip(request)
        with coming_from(Origin(ip_address, request.headers.get("User-Agent", ""))):
            return get_response(request)

    return middleware


def last_seen(get_response: GetResponse) -> GetResponse:
    """Keeps a session that is used alive, and lets its person see when and where it was."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            sessions.touch(request)
        return get_response(request)

    return middleware


def locale(get_response: GetResponse) -> GetResponse:
    """Times and formats as the person reads them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with as_read_by(request.user):
            return get_response(request)

    return middleware


def refusals(get_response: GetResponse) -> GetResponse:
    """A refusal that no form showed becomes a message on the page the person came from."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
            if not isinstance(exception, Refused):
                return None
            if isinstance(exception, NotAllowed):
                return render(request, "403.html", {"refusal": exception}, status=403)
            messages.error(request, f"{exception.message} {exception.hint}".strip())
            back = request.headers.get("Referer", "")
            own = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
            return redirect(back if own else "/")

    return Middleware()
