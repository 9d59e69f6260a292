"""Two contacts become one, and two again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from agents.guards import WorkspaceRequest, requires
from inbox.actions.merging import combined, merge_contacts, undo_merge
from inbox.contacts import Person, page_found, people_of, person_of, suggestions_for
from inbox.models import Contact, ContactMerge
from inbox.views.contacts import back, chat_of, where_from
from inbox.views.guards import contact_for, of_contact

MOST_FOUND = 20


@requires("contacts.manage")
@require_http_methods(["GET", "POST"])
@of_contact
def merge(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    """Search, look at both, confirm: each a page of its own address."""
    other = other_of(request, contact)
    if request.method == "POST":
        if other is None:
            raise Http404
        # `keep`: the other one may be the better known.
        kept, gone = (other, contact) if request.POST.get("keep") == str(other.pk) else (contact, other)
        merge_contacts(kept, gone, by=request.agent, workspace=request.workspace)
        messages.success(request, "The two are one contact now.")
        return back(request, kept)
    person = person_of(contact, request.agent)
    chat, beside = chat_of(request, contact), "beside" in request.GET
    came = {"chat": chat, "beside": beside, "where": where_from(chat, beside=beside)}
    if other:
        return render(request, "inbox/contacts/merge_preview.html", came | preview_of(request, person, other))
    query = request.GET.get("q", "").replace("\0", "").strip()[:100]
    context = came | {"person": person, "query": query, "found": found(request, contact, query) if query else []}
    context["suggestions"] = suggestions_for(person, request.agent)
    return render(request, "inbox/contacts/merge.html", context)


@requires("contacts.manage")
@require_POST
def undoing(request: WorkspaceRequest, pk: UUID) -> HttpResponse:
    found = ContactMerge.objects.select_related("kept").filter(pk=pk).first()
    if found is None:
        raise Http404
    kept = contact_for(request, found.kept_id)
    if undo_merge(found, by=request.agent, workspace=request.workspace):
        messages.success(request, "They are two contacts again.")
    # The chat beside which it was undone may be the other one's again.
    return back(request, found.gone if chat_of(request, found.gone) else kept)


def other_of(request: WorkspaceRequest, contact: Contact) -> Contact | None:
    try:
        wanted = UUID(request.POST.get("with") or request.GET.get("with", ""))
    except ValueError:
        return None
    other = contact_for(request, wanted)
    return other if other.pk != contact.pk else None


def found(request: WorkspaceRequest, contact: Contact, query: str) -> list[Person]:
    faces = page_found(request.agent, {"q": query}, {}).rows
    others = [face.contact for face in faces if face.contact_id != contact.pk]
    return people_of(others[:MOST_FOUND], request.agent)


def preview_of(request: WorkspaceRequest, person: Person, other: Contact) -> dict[str, Any]:
    second = person_of(other, request.agent)
    swap = request.GET.get("keep") == str(other.pk)
    kept, gone = (second, person) if swap else (person, second)
    values = combined(kept.contact, gone.contact)
    lost = [
        (key, value)
        for key, value in gone.contact.attributes.items()
        if kept.contact.attributes.get(key, value) != value
    ]
    result = Person(Contact(pk=kept.contact.pk, **values), [*kept.faces, *gone.faces], [*kept.chats, *gone.chats])
    return {"person": person, "other": second, "kept": kept, "gone": gone, "result": result, "lost": lost}
