"""Canned replies: what the composer asks for."""

import json
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from agents.guards import WorkspaceRequest, answering
from pages.serving import file_response
from templates_app.actions.replies import count_use
from templates_app.forms.replies import SearchForm
from templates_app.models import MessageTemplate, SavedAsset

MOST_PICKED = 20


@answering
@require_safe
def pick(request: WorkspaceRequest) -> HttpResponse:
    wanted = SearchForm(request.GET)
    query = wanted.value("q").strip()
    visible = MessageTemplate.objects.visible_to(request.agent).for_platform(wanted.value("platform"))
    found = visible.best_for(query).prefetch_related("assets")[:MOST_PICKED]
    context = {"replies": [(reply, files_of(reply)) for reply in found], "query": query}
    return render(request, "templates_app/_pick.html", context)


def files_of(reply: MessageTemplate) -> str:
    return json.dumps(
        [
            {
                "id": str(asset.pk),
                "name": asset.name,
                "type": asset.type,
                "size": asset.size,
                "mime_type": asset.mime_type,
                "url": reverse("replies:asset", args=[asset.pk]),
            }
            for asset in reply.assets.all()
        ]
    )


@answering
@require_POST
def used(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    if not count_use(pk, by=request.agent):
        raise Http404
    return HttpResponse(status=204)


@answering
@require_safe
def asset(request: WorkspaceRequest, pk: UUID) -> HttpResponseBase:
    return file_response(request, get_object_or_404(SavedAsset.objects.visible_to(request.agent), pk=pk))
