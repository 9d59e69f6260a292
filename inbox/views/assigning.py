"""Whose chat it is, changed from the head of its thread. Of whom the page did not know, who asks is told first."""

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agents.guards import WorkspaceRequest, answering
from agents.models import Agent, Position
from inbox.actions.assigning import Overtaken
from inbox.actions.bulk import Done, assign_many, give_many
from inbox.colleagues import colleagues_for, positions_with_people, target_asked
from inbox.loads import over_limit
from inbox.models import Chat, ChatEvent
from inbox.templatetags.thread import moment
from inbox.views.answers import spoken
from inbox.views.guards import of_chat
from inbox.views.work import changed, choices

JUST_NOW = 120


@answering
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
@of_chat
def assignment(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    if request.method != "POST":
        # As the head shows it from which the menu opens.
        seen = request.GET.get("seen", str(chat.assigned_to_id or ""))
        found = {"colleagues": colleagues_for(request.agent), "positions": positions_with_people(), "seen": seen}
        return choices(request, chat, "inbox/_assignees.html", "Give the chat to", **found)
    asked = request.POST.get("to", "")
    try:
        done, words, beyond = give(chat, asked, request.agent, seen=request.POST.get("seen"))
    except Overtaken as overtaken:
        return ask_first(request, chat, asked, overtaken.owner)
    if not done.before:
        return changed(request, chat, done, "Nothing to change: it was so already.")
    return changed(request, chat, done, f"{words} {beyond}".strip(), tone="warning" if beyond else "success")


def give(chat: Chat, asked: str, by: Agent, *, seen: str | None = None) -> tuple[Done, str, str]:
    """Nobody is asked for with nothing. What was done, in words, and what is to be thought of."""
    to = target_asked(asked) if asked else None
    if isinstance(to, Agent):
        words = "It is yours." if to == by else f"Given to {to.name}."
        return assign_many([chat.pk], to, by=by, seen=seen), words, over_limit(to, seen_by=by)
    if not asked:
        return assign_many([chat.pk], None, by=by, seen=seen), "Put back for anybody.", ""
    done = give_many([chat.pk], to, by=by, seen=seen)
    owner = Agent.objects.with_person().filter(chats=chat.pk).first()
    of = f" of {to.name}" if to else ""
    return done, f"{owner.name} is in turn{of} and has it now." if owner else f"Nobody{of} is in turn: it waits.", ""


def ask_first(request: WorkspaceRequest, chat: Chat, asked: str, owner: Agent) -> HttpResponse:
    """In a dialog where a script asks, else on a page of its own; the page behind shows how it stands by now."""
    to = target_asked(asked) if asked else None
    context = {
        "chat": chat,
        "owner": owner,
        "to": asked,
        "heading": "Somebody has it by now",
        "told": how_it_came(chat, owner),
        "deed": deed_on(owner, to, request.agent, for_anybody=not asked),
        "fragment": "inbox/_overtaken.html",
    }
    if not request.headers.get("HX-Request"):
        return render(request, "inbox/choose.html", context, status=409)
    response = render(request, "inbox/_overtaken_dialog.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "body", "beforeend"
    response["HX-Trigger"] = json.dumps({"live:chat": {"chat": str(chat.pk)}})
    return response


def how_it_came(chat: Chat, owner: Agent) -> str:
    given = (
        ChatEvent.objects.filter(chat=chat, kind=ChatEvent.Kind.ASSIGNED)
        .select_related("by__user")
        .order_by("at", "id")
        .last()
    )
    if given is None or given.data.get("to_id") != str(owner.pk):
        return f"{owner.name} has it by now"
    is_fresh = (timezone.now() - given.at).total_seconds() < JUST_NOW
    when = "a moment ago" if is_fresh else moment(given.at)
    if given.by is None:
        return f"It went to {owner.name} {when}"
    return f"{owner.name} took it {when}" if given.by == owner else f"{given.by.name} gave it to {owner.name} {when}"


def deed_on(owner: Agent, to: Agent | Position | None, by: Agent, *, for_anybody: bool) -> str:
    if to == by:
        return f"Take it from {owner.name}"
    if to:
        return f"Give it to {to.name} anyway"
    return "Put it back anyway" if for_anybody else "Back to the turn anyway"
