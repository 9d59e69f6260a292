"""What a page needs to hear of changes."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from agents.realtime.tokens import token_for
from workspaces.refusals import NotAllowed


@never_cache
@require_safe
def stream_token(request: WorkspaceRequest) -> HttpResponse:
    """Asked for anew with each connection; whoever is signed out or suspended gets none."""
    if not request.agent.is_active:
        raise NotAllowed("You are switched off here: ask a supervisor to switch you on.")
    return JsonResponse({"token": token_for(request), "url": settings.STREAM_URL})
