"""Files on their way into a message: each in a request of its own."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from agents.guards import WorkspaceRequest, answering
from inbox.actions.uploading import drop_upload, take_asset, take_recording, take_upload
from inbox.forms.composer import UploadForm
from inbox.models import Chat, Upload
from inbox.views.composer import back, by_script, first_error, refused
from inbox.views.guards import of_chat
from pages.serving import file_response
from workspaces.refusals import Refused


@answering
@require_POST
@of_chat
def uploads(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """One file, a recording, or a copy of a file that came with a canned reply."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, chat, Refused(first_error(form)))
    what = form.cleaned_data
    try:
        if what["asset"]:
            taken = take_asset(chat, what["asset"], by=request.agent)
        elif what["recording"]:
            taken = take_recording(chat, what["recording"], by=request.agent)
        else:
            taken = take_upload(chat, what["file"], by=request.agent, for_note=what["for_note"])
    except Refused as refusal:
        return refused(request, chat, refusal)
    if not by_script(request):
        return back(request, chat)
    return render(request, "inbox/composer/_upload.html", {"upload": taken}, status=201)


@answering
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: WorkspaceRequest, pk: UUID) -> HttpResponseBase:
    """To look at; posted to, it is taken off again."""
    found = get_object_or_404(Upload.objects.filter(agent=request.agent).select_related("chat"), pk=pk)
    if request.method != "POST":
        return file_response(request, found)
    drop_upload(found)
    return HttpResponse(status=204) if by_script(request) else back(request, found.chat)
