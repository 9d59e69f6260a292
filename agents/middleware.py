"""From a member to the agent they are in this workspace."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from agents.models import Agent

GetResponse = Callable[[HttpRequest], HttpResponse]

# As much as config/wsgi.py lets through for anybody.
EVERYBODYS = 6 * 1024 * 1024


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


def large_bodies(get_response: GetResponse) -> GetResponse:
    """Beyond what everybody may send, only who works here is read at all: the rest is refused before it comes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        agent = getattr(request, "agent", None)
        if length.isdecimal() and int(length) > EVERYBODYS and not (agent and agent.answers):
            return HttpResponse("Sign in to send this.", status=413, headers={"Connection": "close"})
        return get_response(request)

    return middleware
