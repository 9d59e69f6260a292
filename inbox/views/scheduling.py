"""Messages for later: put away, looked over, sent now, taken back, cancelled."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from agents.guards import WorkspaceRequest, answering
from agents.models import Agent
from inbox.actions.scheduling import cancel_scheduled, schedule_message, send_now, take_back
from inbox.composer import composer_of
from inbox.forms.composer import ScheduleForm
from inbox.models import Chat, Draft, ScheduledMessage
from inbox.views.composer import back, by_script, first_error, keep, refused
from inbox.views.guards import chat_for, of_chat
from workspaces.refusals import Refused


@answering
@require_POST
@of_chat
def scheduled(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return refused(request, chat, Refused(first_error(form)))
    what = form.cleaned_data
    try:
        schedule_message(
            chat,
            by=request.agent,
            client_id=what["client_id"],
            send_at=what["send_at"],
            text=what["reply"],
            quick_replies=what["quick_reply"],
            uploads=what["upload"],
            reply_to=what["reply_to"],
            cancel_on_reply=what["cancel_on_reply"],
        )
    except Refused as refusal:
        keep(request, chat, Draft.Kind.REPLY, what)
        return refused(request, chat, refusal)
    return state_of(request, chat)


def cancel(later: ScheduledMessage, by: Agent) -> bool:
    return cancel_scheduled(later, by=by)


def edit(later: ScheduledMessage, by: Agent) -> bool:
    return take_back(later, by=by)


def now(later: ScheduledMessage, by: Agent) -> bool:
    return send_now(later, by=by)


DECISIONS: dict[str, Callable[[ScheduledMessage, Agent], bool]] = {"cancel": cancel, "edit": edit, "now": now}


@answering
@require_POST
def decision(request: WorkspaceRequest, pk: UUID, what: str) -> HttpResponse:
    if what not in DECISIONS:
        raise Http404
    visible = Chat.objects.visible_to(request.agent)
    later = get_object_or_404(ScheduledMessage.objects.filter(chat__in=visible).select_related("agent__user"), pk=pk)
    chat = chat_for(request, later.chat_id)
    later.chat = chat
    try:
        DECISIONS[what](later, request.agent)
    except Refused as refusal:
        return refused(request, chat, refusal)
    if what == "edit" and by_script(request):
        context = {"chat": chat, "composer": composer_of(chat, request.agent, request.workspace)}
        return render(request, "inbox/_composer.html", context)
    return state_of(request, chat)


def state_of(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    if not by_script(request):
        return back(request, chat)
    context = {"chat": chat, "composer": composer_of(chat, request.agent, request.workspace)}
    return render(request, "inbox/composer/_state.html", context)
