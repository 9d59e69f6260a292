"""From a part of the URL to the thing itself, if this agent may see it; else there is nothing there."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from agents.guards import WorkspaceRequest
from inbox.boxes import find_box
from inbox.models import Chat, Contact

View = Callable[..., HttpResponse]


def of_box(view: View) -> View:
    """`box` becomes the Box."""

    @wraps(view)
    def found(request: WorkspaceRequest, box: str, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = find_box(request.agent, box)
        if wanted is None:
            raise Http404
        return view(request, wanted, *args, **kwargs)

    return found


def of_chat(view: View) -> View:
    """`pk` becomes the Chat, with what every pane shows of it."""

    @wraps(view)
    def found(request: WorkspaceRequest, pk: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, chat_for(request, pk), *args, **kwargs)

    return found


def chat_for(request: WorkspaceRequest, pk: UUID) -> Chat:
    chats = Chat.objects.visible_to(request.agent).select_related(
        "identity__contact", "channel", "assigned_to__user__profile"
    )
    chat = chats.filter(pk=pk).first()
    if chat is None:
        raise Http404
    return chat


def of_contact(view: View) -> View:
    """`pk` becomes the Contact, or the one that it was merged into."""

    @wraps(view)
    def found(request: WorkspaceRequest, pk: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, contact_for(request, pk), *args, **kwargs)

    return found


def contact_for(request: WorkspaceRequest, pk: UUID) -> Contact:
    found = Contact.objects.filter(pk=pk).first()
    while found and found.merged_into_id:
        found = Contact.objects.filter(pk=found.merged_into_id).first()
    contact = Contact.objects.visible_to(request.agent).filter(pk=found.pk).first() if found else None
    if contact is None:
        raise Http404
    return contact
