"""Who else is in this chat."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from agents.guards import WorkspaceRequest
from agents.models import Agent
from inbox.models import Chat
from inbox.presence import TYPING, VIEWING, note_presence, others_in
from inbox.views.guards import of_chat


@require_POST
@of_chat
def presence(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """What this page says of its agent, and who else is there."""
    said = request.POST.get("what", "")
    # A viewer types nothing that anybody would get.
    if said == TYPING and request.agent.role == Agent.Role.VIEWER:
        said = VIEWING
    note_presence(chat, request.agent, said if said in {VIEWING, TYPING} else "")
    return render(request, "inbox/_presence.html", {"others": others_in(chat, request.agent)})
