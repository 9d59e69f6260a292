"""Where a person is signed in, and ending it there."""

from typing import Any

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from workspaces.actions.people import end_own_session
from workspaces.browsers import browser_words
from workspaces.refusals import Refused
from workspaces.sessions import LOGIN, LOGIN_OF, logins_among
from workspaces.views.chooser import PersonRequest


class Sessions(ListUserSessionsView):
    """allauth's, by browser: what one log-in opened ends together."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        logins = logins_among(context["sessions"], current=self.request.session.get(LOGIN))
        return {**context, "logins": logins}


@require_POST
def session_ending(request: PersonRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession.objects.select_related("user"), pk=pk, user=request.user)
    if session.data.get(LOGIN_OF) == request.session.get(LOGIN):
        raise Refused("This is the browser in front of you: “Sign out here” ends it.")
    end_own_session(session, by=request.user)
    messages.success(request, f"{browser_words(session.user_agent)} is signed out.")
    return redirect("usersessions_list")
