"""What is done to the chats that are ticked, and its undoing."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from agents.guards import WorkspaceRequest, answering
from agents.models import Agent
from inbox.actions.bulk import Done, assign_many, give_many, label_many, read_many, stand_many, undo
from inbox.boxes import Box
from inbox.colleagues import target_asked
from inbox.loads import over_limit
from inbox.models import Chat, Label
from inbox.snoozing import in_words, until
from inbox.views.guards import of_box
from inbox.views.lists import ids_in
from workspaces.refusals import Refused

State = Chat.State
UNDO_WITHIN = 600
NOTHING = "Nothing is ticked."

Deed = tuple[Done, str]


@answering
@require_POST
@of_box
def bulk(request: WorkspaceRequest, box: Box) -> HttpResponse:
    """`do`: what and to what, as `assign:me`."""
    what, _, argument = request.POST.get("do", "").partition(":")
    ids = ids_in(request.POST.getlist("ids"))
    try:
        if not ids:
            raise Refused(NOTHING)
        deed, words = DEEDS[what](ids, argument, request.agent)
    except KeyError:
        return told(request, box, "This cannot be done here.", "error")
    except Refused as refusal:
        return told(request, box, f"{refusal.message} {refusal.hint}".strip(), "error")
    count = len(deed.before)
    if not count:
        return told(request, box, f"Nothing to change: {words} already.", "info")
    warning = beyond_limit(deed, request.agent)
    text = f"{count} {'chat' if count == 1 else 'chats'}: {words}. {warning}".strip()
    return told(request, box, text, "warning" if warning else "success", deed)


@answering
@require_POST
def bulk_undo(request: WorkspaceRequest) -> HttpResponse:
    try:
        kept = signing.loads(request.POST.get("deed", ""), salt=salt_of(request.agent), max_age=UNDO_WITHIN)
    except signing.BadSignature:
        return told(request, None, "It is too late to undo this.", "error")
    count, all_of_them = undo(Done(**kept), by=request.agent), len(kept["before"])
    if count == all_of_them:
        return told(request, None, "Undone.", "success")
    if not count:
        since = "it has" if all_of_them == 1 else "they have"
        return told(request, None, f"Nothing is undone: {since} been changed since.", "info")
    return told(request, None, f"Undone for {count} of {all_of_them}: the others have been changed since.", "info")


def told(request: WorkspaceRequest, box: Box | None, text: str, tone: str, deed: Done | None = None) -> HttpResponse:
    """A toast; without the script, on the page one comes back to."""
    if request.headers.get("HX-Request"):
        sealed = signing.dumps(asdict(deed), salt=salt_of(request.agent), compress=True) if deed else ""
        return render(request, "inbox/_undo.html", {"text": text, "tone": tone, "deed": sealed})
    levels: dict[str, Callable[..., None]] = {"error": messages.error, "success": messages.success}
    levels.get(tone, messages.info)(request, text)
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect(reverse("inbox:box", args=[box.key]) if box else "inbox:home")


def salt_of(agent: Agent) -> str:
    return f"inbox.bulk.{agent.pk}"


def assign(ids: list[UUID], to: str, by: Agent) -> Deed:
    if to == "nobody":
        return assign_many(ids, None, by=by), "put back for anybody"
    owner = by if to == "me" else target_asked(to)
    if not isinstance(owner, Agent):
        return give_many(ids, owner, by=by), f"given to {owner.name}" if owner else "back in turn"
    return assign_many(ids, owner, by=by), "yours" if owner == by else f"given to {owner.name}"


def beyond_limit(deed: Done, by: Agent) -> str:
    """Who was given more chats than they take."""
    if deed.what != "assign" or not deed.argument:
        return ""
    return over_limit(Agent.objects.with_person().get(pk=deed.argument), seen_by=by)


def label(ids: list[UUID], which: str, by: Agent, *, on: bool = True) -> Deed:
    found = Label.objects.filter(pk__in=ids_in([which])).first()
    if found is None:
        raise Refused("This label is no longer there.")
    words = f"labelled “{found.name}”" if on else f"“{found.name}” taken off"
    return label_many(ids, found, on, by=by), words


def unlabel(ids: list[UUID], which: str, by: Agent) -> Deed:
    return label(ids, which, by, on=False)


def snooze(ids: list[UUID], choice: str, by: Agent) -> Deed:
    moment = until(choice, timezone.now())
    return stand_many(ids, State.SNOOZED, by=by, until=moment), f"snoozed {lowered(in_words()[choice])}"


def close(ids: list[UUID], _: str, by: Agent) -> Deed:
    return stand_many(ids, State.CLOSED, by=by), "closed"


def reopen(ids: list[UUID], _: str, by: Agent) -> Deed:
    return stand_many(ids, State.OPEN, by=by), "open again"


def read(ids: list[UUID], _: str, by: Agent) -> Deed:
    return read_many(ids, by=by), "marked as read"


def lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


DEEDS: dict[str, Any] = {
    "assign": assign,
    "label": label,
    "unlabel": unlabel,
    "snooze": snooze,
    "close": close,
    "reopen": reopen,
    "read": read,
}
