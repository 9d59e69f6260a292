"""Light or dark, chosen from where one works; the other preferences are on the public host."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from agents.guards import WorkspaceRequest
from workspaces.models import UserPreferences


@require_POST
def theme(request: WorkspaceRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen not in UserPreferences.Theme.values:
        return HttpResponseBadRequest()
    UserPreferences.objects.filter(user=request.user).update(theme=chosen)
    return HttpResponse(status=204)
