"""A view that does nothing, in front of everything that the product has, as its door is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def empty(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        return HttpResponse() if request.path == "/empty/" else get_response(request)

    return middleware
