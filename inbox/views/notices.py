"""Whether what has just come is worth a sound to this agent, and who has the chats that were theirs."""

from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from inbox.departures import losses_of
from inbox.models import Chat, Message
from inbox.views.lists import ids_in


@require_safe
def notices(request: WorkspaceRequest) -> HttpResponse:
    if "lost" in request.GET:
        return JsonResponse({"lost": losses_of(ids_in(request.GET["lost"].split(",")), request.agent)})
    came = Message.objects.filter(pk__in=ids_in(request.GET.get("ids", "").split(",")))
    concerned = Q(assigned_to=request.agent)
    if request.user.preferences.told_of_unassigned:
        concerned |= Q(assigned_to=None)
    chats = Chat.objects.visible_to(request.agent).open().filter(concerned)
    said = came.filter(direction=Message.Direction.IN, chat__in=chats)
    return JsonResponse({"for_you": said.exists()})
