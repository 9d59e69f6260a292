"""What an agent decides about one message: to try it again, that it arrived, not to send it; and our reaction."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from agents.guards import WorkspaceRequest, answering
from inbox.actions.resending import cancel_message, confirm_arrival, retry_message, send_again
from inbox.actions.seen import react
from inbox.models import Chat, Message
from inbox.templatetags.thread import EMOJI
from inbox.threads import these
from inbox.views.answers import back, spoken
from workspaces.refusals import Refused

DECISIONS: dict[str, Callable[..., bool]] = {
    "retry": retry_message,
    "again": send_again,
    "arrived": confirm_arrival,
    "cancel": cancel_message,
}


@answering
@require_POST
@spoken
def decision(request: WorkspaceRequest, pk: UUID, decision: str) -> HttpResponse:
    """A second click finds it decided, and is shown what became of it."""
    message = message_for(request, pk)
    if decision not in DECISIONS:
        raise Http404
    DECISIONS[decision](message, by=request.agent, workspace=request.workspace)
    return as_it_is(request, message)


@answering
@require_POST
@spoken
def reaction(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    """Without an emoji ours is taken back."""
    message = message_for(request, pk)
    emoji = request.POST.get("emoji", "")
    if emoji and plain(emoji) not in map(plain, EMOJI):
        raise Refused("This reaction is not among those that can be sent.")
    react(message, emoji, by=request.agent)
    return as_it_is(request, message)


def plain(emoji: str) -> str:
    """Without the sign that asks for its colours: a heart is a heart."""
    return emoji.replace("\ufe0f", "")


def message_for(request: WorkspaceRequest, pk: UUID) -> Message:
    visible = Message.objects.filter(chat__in=Chat.objects.visible_to(request.agent))
    joined = ("chat__channel", "chat__identity__contact")
    message = visible.select_related(*joined).filter(pk=pk).first()
    if message is None:
        raise Http404
    return message


def as_it_is(request: WorkspaceRequest, message: Message) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return back(request, message.chat, fragment=f"message-{message.pk}")
    (now,) = these(message.chat, [str(message.pk)]).entries
    return render(request, "inbox/_log.html", {"entries": [replace(now, starts_day=False, starts_new=False)]})
