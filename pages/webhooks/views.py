"""Where Meta knocks. A delivery is answered when it is in the database, and for nothing else."""

import re
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from pages.webhooks.refusals import refuse
from pages.webhooks.signatures import Signer, platform_signer, signer_of
from pages.webhooks.taking import take
from workspaces.tenancy.search_path import use_public

CHALLENGE = re.compile(r"[\w-]{1,200}", re.ASCII)


@csrf_exempt
@login_not_required
def meta(request: HttpRequest, workspace_id: UUID | None = None) -> HttpResponse:
    if request.method == "POST":
        return receive(request, workspace_id)
    if request.method != "GET":
        return refuse(405, "method", allow="GET, POST")
    try:
        signer = signer_for(workspace_id)
    except DatabaseError:
        return refuse(503, "database away")
    return verify(request, signer) if signer else refuse(404, "no such app")


def signer_for(workspace_id: UUID | None) -> Signer | None:
    if workspace_id is None:
        return platform_signer()
    use_public()
    return signer_of(workspace_id)


def verify(request: HttpRequest, signer: Signer) -> HttpResponse:
    """Meta's handshake: the word it was told, for the challenge it sent."""
    known = signer.knows(request.GET.get("hub.verify_token", ""))
    if request.GET.get("hub.mode") != "subscribe" or not known:
        return refuse(403, "verify token")
    # Meta's is a number. Whatever is asked is not said back: it would stand there as a script of our own.
    challenge = request.GET.get("hub.challenge", "")
    if not CHALLENGE.fullmatch(challenge):
        return refuse(400, "challenge")
    return HttpResponse(challenge, content_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})


def receive(request: HttpRequest, workspace_id: UUID | None) -> HttpResponse:
    """Where the server is another than ours: in front of Django stands the fast door."""
    try:
        body = request.body
    except RequestDataTooBig:
        return refuse(413, "size")
    except UnreadablePostError:
        return refuse(400, "cut off")
    kind, signature = request.META.get("CONTENT_TYPE", ""), request.META.get("HTTP_X_HUB_SIGNATURE_256", "")
    problem = take(body, kind, signature, workspace_id)
    return refuse(*problem) if problem else HttpResponse()
