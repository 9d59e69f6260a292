"""How the thread's forms answer: with what has changed, to the script; by the way back, without one."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from agents.guards import WorkspaceRequest
from inbox.actions.bulk import Done
from inbox.models import Chat
from inbox.views.bulk import salt_of
from workspaces.refusals import Refused

View = Callable[..., HttpResponse]


def spoken(view: View) -> View:
    """A refusal is said in a toast where a script asked: the page stays as it is."""

    @wraps(view)
    def answered(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            if not request.headers.get("HX-Request"):
                raise
            response = HttpResponse(toast_html(request, f"{refusal.message} {refusal.hint}".strip(), "error"))
            response["HX-Reswap"] = "none"
            return response

    return answered


def toast(
    request: WorkspaceRequest,
    chat: Chat,
    text: str,
    *,
    tone: str = "success",
    event: str = "",
    inside: str = "",
    deed: Done | None = None,
) -> HttpResponse:
    """`inside`: the fragment that the form asked for. List, head and thread are told that the chat has changed."""
    if not request.headers.get("HX-Request"):
        messages.add_message(request, messages.WARNING if tone == "warning" else messages.SUCCESS, text)
        return back(request, chat)
    response = HttpResponse(inside + toast_html(request, text, tone, deed))
    changed = {"live:chat": {"chat": str(chat.pk)}}
    response["HX-Trigger"] = json.dumps(changed | ({event: {"chat": str(chat.pk)}} if event else {}))
    return response


def toast_html(request: WorkspaceRequest, text: str, tone: str, deed: Done | None = None) -> str:
    sealed = signing.dumps(asdict(deed), salt=salt_of(request.agent), compress=True) if deed and deed.before else ""
    said = render_to_string("inbox/_undo.html", {"text": text, "tone": tone, "deed": sealed}, request)
    return f'<div hx-swap-oob="beforeend:toast-stack">{said}</div>'


def back(request: WorkspaceRequest, chat: Chat, fragment: str = "") -> HttpResponse:
    """To where they came from, if that is ours; from the page of a choice that is made by now, to the chat."""
    came = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    if not ours or urlsplit(came).path == request.path:
        came = reverse("inbox:chat", args=["all", chat.pk])
    return redirect(came.partition("#")[0] + (f"#{fragment}" if fragment else ""))
