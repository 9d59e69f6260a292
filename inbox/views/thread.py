"""The thread of a chat: its windows, what has changed in it, and that it has been read."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.guards import WorkspaceRequest
from inbox.actions.reading import mark_unread, read_chat
from inbox.boxes import Box
from inbox.finding import finding_of
from inbox.models import Chat, ChatEvent, ChatLabel
from inbox.threads import these, window_of, with_reading
from inbox.views import composer
from inbox.views.answers import back, toast
from inbox.views.guards import of_chat

LABELS = (
    ChatLabel.objects.filter(chat=OuterRef("pk"))
    .order_by("label__name")
    .values(made=JSONObject(name=F("label__name"), colour=F("label__colour"), description=F("label__description")))
)
# How it came to whom it belongs, where that is written down.
GIVEN = (
    ChatEvent.objects.filter(chat=OuterRef("pk"), kind=ChatEvent.Kind.ASSIGNED)
    .order_by("-at", "-id")
    .values(made=JSONObject(id=F("id"), at=F("at"), by=F("data__turn__by"), to=F("data__to_id")))
)


def thread_of(request: WorkspaceRequest, box: Box, pk: UUID) -> dict[str, Any]:
    """What the pane shows, with how far this agent had read until now."""
    chat = open_chat(request, pk)
    finding = finding_of(request.GET, chat, request.agent)
    return {"box": box, "chat": chat, "thread": window_of(chat, request.GET), "finding": finding}


def open_chat(request: WorkspaceRequest, pk: UUID) -> Chat:
    chats = with_reading(Chat.objects.visible_to(request.agent), request.agent)
    chats = chats.annotate(labels_shown=ArraySubquery(LABELS), given=Subquery(GIVEN[:1]))
    chat = chats.select_related("identity__contact", "channel", "assigned_to__user__profile").filter(pk=pk).first()
    if chat is None:
        raise Http404
    return chat


@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    """GET: a window of the thread, or `ids` and what came `after`. POST: an answer to the customer."""
    if request.method == "POST":
        return composer.send(request, pk)
    return page(request, pk)


@of_chat
def page(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    if "ids" in request.GET:
        asked = [pk for pk in request.GET["ids"].split(",") if pk]
        window = these(chat, asked, request.GET.get("after", ""))
    else:
        window = window_of(chat, request.GET)
    return render(request, "inbox/_entries.html", {"chat": chat, "thread": window})


@require_safe
def head(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    return render(request, "inbox/_head.html", {"chat": open_chat(request, pk)})


@require_POST
@of_chat
def reading(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """Before him he has it now; or he wants to come back to it."""
    if request.POST.get("what") != "unread":
        read_chat(chat, by=request.agent)
        return HttpResponse(status=204) if request.headers.get("HX-Request") else back(request, chat)
    mark_unread(chat, by=request.agent)
    return toast(request, chat, "It is unread for you until you open it again.", event="chat:unread")
