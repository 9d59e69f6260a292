"""From a member to the agent they are in this workspace."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from agents.models import Agent

GetResponse = Callable[[HttpRequest], HttpResponse]


def agent(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.agent = find_agent(request)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def find_agent(request: HttpRequest) -> Agent | None:
    if request.membership is None:  # type: ignore[attr-defined]
        return None
    found = Agent.objects.select_related("position").get(user=request.user.pk)
    found.user = request.user  # type: ignore[assignment]
    return found
