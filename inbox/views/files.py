"""Files of messages, to who may read the chat."""

from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from agents.guards import WorkspaceRequest
from inbox.models import Attachment
from pages.serving import file_response


@require_safe
def attachment(request: WorkspaceRequest, pk: UUID) -> HttpResponseBase:
    found = Attachment.objects.visible_to(request.agent).filter(pk=pk, state=Attachment.State.STORED).first()
    if found is None:
        raise Http404
    return file_response(request, found)
