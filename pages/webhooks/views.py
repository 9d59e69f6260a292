"""Where Meta knocks. A delivery is answered when it is in the database, and for nothing else."""

import json
import logging
import re
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from pages.webhooks import bell
from pages.webhooks.refusals import refuse
from pages.webhooks.signatures import Signer, platform_signer, signer_of
from pages.webhooks.storing import store_delivery
from workspaces.tenancy.search_path import use_public

logger = logging.getLogger(__name__)

MAX_ENTRIES = 1000
CHALLENGE = re.compile(r"[\w-]{1,200}", re.ASCII)


@csrf_exempt
@login_not_required
def meta(request: HttpRequest, workspace_id: UUID | None = None) -> HttpResponse:
    if request.method not in {"GET", "POST"}:
        return refuse(405, "method", allow="GET, POST")
    try:
        signer = signer_for(workspace_id)
    except DatabaseError:
        return refuse(503, "database away")
    if signer is None:
        return refuse(404, "no such app")
    return verify(request, signer) if request.method == "GET" else receive(request, signer)


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


def receive(request: HttpRequest, signer: Signer) -> HttpResponse:
    if request.content_type != "application/json":
        return refuse(415, "content type")
    try:
        body = request.body
    except RequestDataTooBig:
        return refuse(413, "size")
    except UnreadablePostError:
        return refuse(400, "cut off")
    if not signer.signed(body, request.META.get("HTTP_X_HUB_SIGNATURE_256", "")):
        return refuse(403, "signature")
    if (problem := problem_of(body)) is not None:
        return refuse(*problem)
    try:
        store_delivery(body, signer.workspace_id)
    except DatabaseError:
        logger.exception("a delivery could not be stored: Meta will send it again")
        return refuse(503, "database away")
    bell.wake()
    return HttpResponse()


def problem_of(body: bytes) -> tuple[int, str] | None:
    try:
        content = json.loads(body, parse_constant=no_number)
    except (ValueError, RecursionError):
        return 400, "not JSON"
    entries = content.get("entry") if isinstance(content, dict) else None
    if isinstance(entries, list) and len(entries) > MAX_ENTRIES:
        return 413, "entries"
    return None


def no_number(name: str) -> None:
    """Python reads NaN, which is no JSON and which the database would refuse."""
    raise ValueError(name)
