"""Meta's requests go round everything that is for people: hosts, sessions, redirects."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from pages.webhooks.views import meta

GetResponse = Callable[[HttpRequest], HttpResponse]

ADDRESS = "/webhooks/meta/"


def door(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS:
            return meta(request)
        if request.path.startswith(ADDRESS):
            try:
                found = resolve(request.path, "config.urls_public")
            except Resolver404:
                return get_response(request)
            return found.func(request, **found.kwargs)
        return get_response(request)

    return middleware
