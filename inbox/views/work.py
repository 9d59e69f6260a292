"""What an agent does with a chat from the head of its thread."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from agents.guards import WorkspaceRequest, answering
from inbox.actions.bulk import Done, label_many, stand_many
from inbox.actions.labelling import set_priority
from inbox.forms.work import SnoozeForm
from inbox.models import Chat, Label
from inbox.templatetags.thread import moment
from inbox.views.answers import spoken, toast
from inbox.views.guards import of_chat
from inbox.views.thread import chat_opened
from workspaces.refusals import Refused

State = Chat.State
WORDS = {State.CLOSED: "Closed.", State.OPEN: "Open again."}


@answering
@require_POST
@spoken
@of_chat
def state(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    to = request.POST.get("to", "")
    if to not in WORDS:
        raise Refused("A chat is closed or open.")
    done = stand_many([chat.pk], to, by=request.agent)
    return changed(request, chat, done, WORDS[State(to)])


@answering
@require_POST
@spoken
@of_chat
def snooze(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    until = form.cleaned_data["until"]
    done = stand_many([chat.pk], State.SNOOZED, by=request.agent, until=until)
    return changed(request, chat, done, f"Snoozed until {moment(until) if until else 'the customer writes'}.")


@answering
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
@of_chat
def labels(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """One put on or taken off; the menu stays open for the next."""
    if request.method != "POST":
        return choices(request, chat, "inbox/_labels_menu.html", "Labels", **labels_of(request, chat))
    label = label_asked(request.POST.get("label", ""))
    on = bool(request.POST.get("on"))
    label_many([chat.pk], label, on, by=request.agent)
    if not request.headers.get("HX-Request"):
        return redirect("inbox:labels", chat.pk)
    chips = render_to_string(
        "inbox/_head_labels.html", {"chat": chat_opened(request, chat.pk), "swapped": True}, request
    )
    menu = render_to_string("inbox/_labels_menu.html", {"chat": chat, **labels_of(request, chat)}, request)
    response = HttpResponse(menu + chips)
    response["HX-Trigger"] = f'{{"live:chat": {{"chat": "{chat.pk}"}}}}'
    return response


def labels_of(request: WorkspaceRequest, chat: Chat) -> dict[str, Any]:
    borne = set(chat.chat_labels.values_list("label_id", flat=True))
    shown = [(label, label.pk in borne) for label in Label.objects.all()]
    return {"choices": shown, "may_manage": request.agent.can("inbox.manage")}


def label_asked(pk: str) -> Label:
    try:
        return Label.objects.get(pk=UUID(pk))
    except (ValueError, Label.DoesNotExist) as error:
        raise Refused("This label is no longer there.") from error


@answering
@require_POST
@spoken
@of_chat
def priority(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    to = request.POST.get("to", "")
    if to not in map(str, Chat.Priority.values):
        raise Refused("There is no such priority.")
    set_priority([chat], int(to), by=request.agent)
    return changed(request, chat, None, f"Priority: {Chat.Priority(int(to)).label}.")


def changed(
    request: WorkspaceRequest, chat: Chat, done: Done | None, words: str, *, tone: str = "success"
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return toast(request, chat, words, tone=tone)
    return toast(request, chat, words, tone=tone, inside=fresh_head(request, chat.pk), deed=done)


def fresh_head(request: WorkspaceRequest, pk: UUID) -> str:
    """Who gave a chat away that he may not see any more has none."""
    visible = Chat.objects.visible_to(request.agent).filter(pk=pk).exists()
    if not visible:
        return '<div class="thread-head__chat" id="thread-head"><p>This chat is no longer yours to see.</p></div>'
    return render_to_string("inbox/_head.html", {"chat": chat_opened(request, pk)}, request)


def choices(request: WorkspaceRequest, chat: Chat, fragment: str, heading: str, **context: Any) -> HttpResponse:
    """What a menu offers: for the menu, or as a page."""
    context |= {"chat": chat, "fragment": fragment, "heading": heading}
    return render(request, fragment if request.headers.get("HX-Request") else "inbox/choose.html", context)
