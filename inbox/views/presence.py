"""Who else is in this chat; whether this agent has the workspace in front at all."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from agents.guards import WorkspaceRequest
from agents.models import Agent, PushSubscription
from inbox.attention import note_attention
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


@require_POST
def attention(request: WorkspaceRequest) -> HttpResponse:
    """Who looks at the inbox is told of nothing on a device; without a device the page need not say it again."""
    try:
        page = UUID(request.POST.get("page", ""))
    except ValueError:
        return HttpResponseBadRequest()
    has_device = PushSubscription.objects.filter(agent=request.agent).exists()
    if has_device:
        looks = request.POST.get("looks") == "1"
        note_attention(request.workspace.schema_name, request.agent, page, looks=looks)
    return JsonResponse({"again": has_device})
