"""People: the panel beside a chat, the list of everybody, a person's own page, and what is written down there."""

from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from agents.guards import WorkspaceRequest, requires
from inbox.actions import blocking, editing
from inbox.contacts import (
    Person,
    known_tags,
    page_found,
    people_of,
    person_of,
    suggestions_for,
    undoable_merges,
)
from inbox.forms.contacts import ContactFilterForm
from inbox.models import Chat, Contact
from inbox.search import TooMany, TooMuch, in_turn, limited
from inbox.views.guards import of_chat, of_contact
from workspaces.refusals import NotAllowed, Refused

LAST_BOX = "inbox_box"


@require_safe
def contacts(request: WorkspaceRequest) -> HttpResponse:
    form = ContactFilterForm(request.GET)
    wanted = form.understood()
    context = {"form": form, "filters": wanted, "may_manage": request.agent.can("contacts.manage")}
    try:
        # Who opens the list alone has looked for nobody.
        with in_turn(request.agent) if wanted.get("q") else nullcontext(), limited():
            page = page_found(request.agent, wanted, request.GET)
            context |= {"page": page, "people": people_of([face.contact for face in page.rows], request.agent)}
    except TooMany:
        context["too_many"] = True
    except TooMuch:
        context["too_much"] = True
    return render(request, "inbox/contacts/list.html", context)


@require_safe
@of_contact
def contact(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    context = card_of(request, contact, chat_of(request, contact))
    if request.headers.get("HX-Target") == "contact-card":
        return render(request, "inbox/_panel.html", context)
    return render(request, "inbox/contacts/contact.html", context | {"chats": context["person"].chats})


@require_safe
@of_chat
def panel(request: WorkspaceRequest, chat: Chat) -> HttpResponse:
    """Beside the chat; as a page of its own it is the contact's."""
    contact = chat.identity.contact
    if request.headers.get("HX-Request"):
        return render(request, "inbox/_panel.html", card_of(request, contact, chat, beside=True))
    return redirect(page_of_contact(contact, chat))


@require_safe
def tags(request: WorkspaceRequest) -> HttpResponse:
    """To choose from while typing."""
    return render(request, "inbox/contacts/_tags.html", {"tags": known_tags(request.agent)})


@require_POST
@of_contact
def name(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    return done(request, contact, lambda: editing.rename_contact(contact, said(request, "name"), by=request.agent))


@require_POST
@of_contact
def contact_tags(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    if "remove" in request.POST:
        return done(request, contact, lambda: editing.remove_tag(contact, said(request, "remove"), by=request.agent))
    new = said(request, "tag").split(",")
    return done(request, contact, lambda: editing.add_tags(contact, new, by=request.agent))


@require_POST
@of_contact
def attributes(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    before = said(request, "before")
    if "remove" in request.POST:
        return done(request, contact, lambda: editing.remove_attribute(contact, before, by=request.agent))
    key, value = said(request, "key"), said(request, "value")
    return done(
        request, contact, lambda: editing.set_attribute(contact, key, value, by=request.agent, instead_of=before)
    )


@require_POST
@of_contact
def notes(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    """The field stays as it is, in the middle of a word: only what stands below it is written anew."""
    text, mark = said(request, "notes"), said(request, "mark")
    if request.headers.get("HX-Target") != "notes-state":
        return done(request, contact, lambda: editing.write_notes(contact, text, by=request.agent, instead_of=mark))
    context: dict[str, Any] = {"saved": True}
    try:
        editing.write_notes(contact, text, by=request.agent, instead_of=mark)
    except NotAllowed:
        raise
    except Refused as refusal:
        contact.refresh_from_db()
        context = {"refusal": refusal, "theirs": contact.notes if refusal.hint else ""}
    context |= {"person": Person(contact, []), "may_edit": True}
    return render(request, "inbox/contacts/_notes_state.html", context, status=422 if "refusal" in context else 200)


@requires("contacts.manage")
@require_POST
@of_contact
def block(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    if blocking.block_contact(contact, by=request.agent, workspace=request.workspace):
        messages.success(request, f"{contact} is blocked.")
    return back(request, contact)


@requires("contacts.manage")
@require_POST
@of_contact
def unblock(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    if blocking.unblock_contact(contact, by=request.agent, workspace=request.workspace):
        messages.success(request, f"{contact} is not blocked any more.")
    return back(request, contact)


def card_of(request: WorkspaceRequest, contact: Contact, chat: Chat | None, *, beside: bool = False) -> dict[str, Any]:
    """`beside`: in the pane beside that chat, not on the contact's own page."""
    person = person_of(contact, request.agent)
    may_manage = request.agent.can("contacts.manage")
    return {
        "person": person,
        "chat": chat,
        "beside": beside,
        "where": where_from(chat, beside=beside),
        "others": [one for one in person.chats if chat is None or one.pk != chat.pk],
        "box_key": request.session.get(LAST_BOX, "all"),
        "may_edit": request.agent.answers,
        "may_manage": may_manage,
        "suggestions": suggestions_for(person, request.agent) if may_manage else [],
        "merges": undoable_merges(contact) if may_manage else [],
    }


def where_from(chat: Chat | None, *, beside: bool) -> str:
    """Where what is posted comes back to."""
    return f"?chat={chat.pk}{'&beside=1' if beside else ''}" if chat else ""


def chat_of(request: WorkspaceRequest, contact: Contact) -> Chat | None:
    """The one from which the contact was opened, if it is one of theirs."""
    try:
        pk = UUID(request.GET.get("chat", ""))
    except ValueError:
        return None
    return Chat.objects.visible_to(request.agent).filter(identity__contact=contact, pk=pk).first()


def done(request: WorkspaceRequest, contact: Contact, act: Any) -> HttpResponse:
    """What was asked is done or refused; the card says which."""
    refusal = None
    try:
        act()
    except NotAllowed:
        raise
    except Refused as caught:
        refusal = caught
    if not request.headers.get("HX-Request"):
        if refusal:
            messages.error(request, f"{refusal.message} {refusal.hint}".strip())
        return back(request, contact)
    contact.refresh_from_db()
    context = card_of(request, contact, chat_of(request, contact), beside="beside" in request.GET)
    return render(request, "inbox/_panel.html", context | {"refusal": refusal}, status=422 if refusal else 200)


def back(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    """To the chat beside which it was done, else to the contact's page."""
    chat = chat_of(request, contact)
    if chat and "beside" in request.GET:
        return redirect("inbox:chat", request.session.get(LAST_BOX, "all"), chat.pk)
    return redirect(page_of_contact(contact, chat))


def page_of_contact(contact: Contact, chat: Chat | None) -> str:
    page = reverse("inbox:contact", args=[contact.pk])
    return f"{page}?chat={chat.pk}" if chat else page


def said(request: WorkspaceRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")
