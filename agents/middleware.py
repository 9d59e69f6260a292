"""From a member to the agent they are in this workspace."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

from agents.models import Agent, Position
from workspaces.joined import Columns, models_in

GetResponse = Callable[[HttpRequest], HttpResponse]

# As much as config/wsgi.py lets through for anybody.
EVERYBODYS = 6 * 1024 * 1024
PARTS = Columns(Agent, "a"), Columns(Position, "p")
MEMBERS_AGENT = f"""
SELECT {", ".join(map(str, PARTS))} FROM agents AS a JOIN positions AS p ON p.id = a.position_id WHERE a.user_id = %s
"""  # noqa: S608 - columns of our models


def agent(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.agent = find_agent(request)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def find_agent(request: HttpRequest) -> Agent | None:
    if request.membership is None:  # type: ignore[attr-defined]
        return None
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS_AGENT, (request.user.pk,))
        row = cursor.fetchone()
    if row is None:
        raise Agent.DoesNotExist("A member without an agent.")
    found, position = models_in(row, *PARTS)
    found.user, found.position = request.user, position
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
