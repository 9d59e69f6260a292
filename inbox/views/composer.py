"""The composer: a reply, a note and their drafts. No view reads the field of the other."""

from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agents.guards import WorkspaceRequest, answering
from agents.models import Agent
from inbox.actions.drafting import Overtaken, save_draft, send_note, send_reply
from inbox.actions.seen import show_typing
from inbox.actions.uploading import take_upload
from inbox.boxes import find_box
from inbox.composer import composer_of
from inbox.forms.composer import DraftForm, NoteForm, ReplyForm
from inbox.models import Chat, Draft, Message
from inbox.threads import these
from inbox.views.guards import of_chat
from workspaces.refusals import NotAllowed, Refused

TYPING_EVERY = 10
MOST_COLLEAGUES = 8


@answering
@require_POST
@of_chat
def send(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """To the customer."""
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, chat, Refused(first_error(form)))
    what = form.cleaned_data
    try:
        uploads = [*what["upload"], *(take_upload(chat, file, by=request.agent).pk for file in what["attached"])]
        message = send_reply(
            chat,
            by=request.agent,
            client_id=what["client_id"],
            text=what["reply"],
            quick_replies=what["quick_reply"],
            uploads=uploads,
            reply_to=what["reply_to"],
            last_seen=what["last_seen"],
        )
    except Overtaken as overtaken:
        keep(request, chat, Draft.Kind.REPLY, what)
        context = {"chat": chat, "said": overtaken.said, "what": what, "uploads": uploads}
        name = "_overtaken_dialog" if by_script(request) else "overtaken"
        return render(request, f"inbox/composer/{name}.html", context, status=409)
    except Refused as refusal:
        keep(request, chat, Draft.Kind.REPLY, what)
        return refused(request, chat, refusal)
    return sent(request, chat, message)


@answering
@require_POST
@of_chat
def note(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """To the team, and to nobody else."""
    form = NoteForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, chat, Refused(first_error(form)))
    what = form.cleaned_data
    try:
        attached = [take_upload(chat, file, by=request.agent, for_note=True).pk for file in what["attached"]]
        uploads = [*what["upload"], *attached]
        written = send_note(chat, by=request.agent, client_id=what["client_id"], text=what["note"], uploads=uploads)
    except Refused as refusal:
        keep(request, chat, Draft.Kind.NOTE, what)
        return refused(request, chat, refusal)
    return sent(request, chat, written)


@answering
@require_POST
@of_chat
def draft(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(first_error(form), status=422, content_type="text/plain")
    what = form.cleaned_data
    # Who says nothing about it knows of none.
    known = what["known"] if "known" in request.POST else None
    saved = save_draft(
        chat,
        what["kind"],
        by=request.agent,
        text=what["text"],
        quick_replies=what["quick_reply"],
        reply_to=what["reply_to"],
        known=known,
    )
    headers = {"Draft-Version": saved.version} | ({"Draft-Replaced": "true"} if saved.replaced else {})
    return HttpResponse(status=204, headers=headers)


@require_safe
@of_chat
def state(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """What may be sent now and what waits; `whole`: the composer anew, with the draft as it stands."""
    context = {"chat": chat, "composer": composer_of(chat, request.agent, request.workspace)}
    return render(request, "inbox/_composer.html" if "whole" in request.GET else "inbox/composer/_state.html", context)


@answering
@require_POST
@of_chat
def typing(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """Told to the customer, where that may be, once in ten seconds whoever types."""
    if cache.add(f"typing:{chat.pk}", 1, TYPING_EVERY):
        show_typing(chat, True, by=request.agent)
    return HttpResponse(status=204)


@answering
@require_safe
@of_chat
def colleagues(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """Who may be mentioned in a note: those who may read it."""
    found = Agent.objects.active().with_person().named(request.GET.get("q", "").strip()).exclude(pk=request.agent.pk)
    context = {"colleagues": readers(found, chat)[:MOST_COLLEAGUES]}
    return render(request, "inbox/composer/_colleagues.html", context)


def readers(agents: QuerySet[Agent], chat: Chat) -> list[Agent]:
    return [agent for agent in agents if agent.can("messages.view") or chat.assigned_to_id == agent.pk]


def sent(request: WorkspaceRequest, chat: Chat, message: Message) -> HttpResponse:
    """All the messages that it became, as the thread shows them; without a script, the chat."""
    if not by_script(request):
        return back(request, chat)
    group = chat.messages.filter(group_id=message.group_id) if message.group_id else chat.messages.filter(pk=message.pk)
    window = these(chat, [str(pk) for pk in group.order_by("pk").values_list("pk", flat=True)])
    return render(request, "inbox/_entries.html", {"chat": chat, "thread": window}, status=201)


def by_script(request: WorkspaceRequest) -> bool:
    return "HX-Request" in request.headers


def refused(request: WorkspaceRequest, chat: Chat, refusal: Refused) -> HttpResponse:
    """In words, to the page that asked; without a script, on the page they came from."""
    if not by_script(request):
        raise refusal
    status = 403 if isinstance(refusal, NotAllowed) else 422
    return HttpResponse(f"{refusal.message} {refusal.hint}".strip(), status=status, content_type="text/plain")


def keep(request: WorkspaceRequest, chat: Chat, kind: str, what: dict[str, Any]) -> None:
    """Where no script holds what was typed, the draft does."""
    if not by_script(request):
        more = {"quick_replies": what.get("quick_reply", ()), "reply_to": what.get("reply_to")}
        save_draft(chat, kind, by=request.agent, text=what[kind.lower()], **more)


def back(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    box = find_box(request.agent, request.POST.get("box", ""))
    return redirect("inbox:chat", box.key if box else "all", chat.pk)


def first_error(form: Any) -> str:
    return str(next(iter(form.errors.values()))[0])
