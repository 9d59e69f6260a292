"""Pictures of customers, to who may read one of their chats."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from inbox.models import Chat, Identity


@require_safe
def picture(request: WorkspaceRequest, pk: UUID) -> HttpResponseBase:
    """The address changes with the picture, so a browser may keep it; ours are made when they are fetched."""
    visible = Chat.objects.visible_to(request.agent).filter(identity=pk)
    name = Identity.objects.filter(pk=pk, chats__in=visible).values_list("picture", flat=True).first()
    if not name:
        raise Http404
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=604800"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
