"""What agents write down about a person: the name, tags, facts and notes."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from agents.models import Agent
from inbox import live
from inbox.actions.locking import require_work
from inbox.models import Chat, Contact
from workspaces.refusals import NotAllowed, Refused

MOST_TAGS = 50
LONGEST_TAG = 50
MOST_ATTRIBUTES = 50
LONGEST_KEY = 50
LONGEST_VALUE = 500
LONGEST_NAME = 255
LONGEST_NOTES = 20_000


def rename_contact(contact: Contact, name: str, *, by: Agent) -> None:
    """Empty: as the platform calls the person."""
    name = plain(name)
    if len(name) > LONGEST_NAME:
        raise Refused(f"A name has {LONGEST_NAME} characters at most.", field="name")

    def rename(held: Contact) -> None:
        face = held.identities.order_by("-last_seen_at").first()
        held.display_name = name or (face.name or face.username if face else "")

    _change(contact, rename, "display_name", by=by)


def add_tags(contact: Contact, tags: Iterable[str], *, by: Agent) -> None:
    new = [checked_tag(tag) for tag in tags if plain(tag)]
    if not new:
        raise Refused("Write a tag first.", field="tag")

    def add(held: Contact) -> None:
        held.tags = with_tags(held.tags, new)
        if len(held.tags) > MOST_TAGS:
            raise Refused(f"A contact has {MOST_TAGS} tags at most.", field="tag")

    _change(contact, add, "tags", by=by)


def remove_tag(contact: Contact, tag: str, *, by: Agent) -> None:
    def remove(held: Contact) -> None:
        held.tags = [one for one in held.tags if one != tag]

    _change(contact, remove, "tags", by=by)


def set_attribute(contact: Contact, key: str, value: str, *, by: Agent, instead_of: str = "") -> None:
    """`instead_of`: what the fact was called until now."""
    key, value = checked_attribute(key, value)

    def write(held: Contact) -> None:
        if key != instead_of and key in held.attributes:
            raise Refused(f"There is a fact called {key} already.", field="key")
        others = {name: old for name, old in held.attributes.items() if name != instead_of}
        held.attributes = {**others, key: value}
        if len(held.attributes) > MOST_ATTRIBUTES:
            raise Refused(f"A contact has {MOST_ATTRIBUTES} facts at most.", field="key")

    _change(contact, write, "attributes", by=by)


def remove_attribute(contact: Contact, key: str, *, by: Agent) -> None:
    def remove(held: Contact) -> None:
        held.attributes = {name: value for name, value in held.attributes.items() if name != key}

    _change(contact, remove, "attributes", by=by)


def write_notes(contact: Contact, notes: str, *, by: Agent, instead_of: str) -> None:
    """`instead_of`: the mark of the notes that the writer had read, so that nobody's words are lost unseen."""
    notes = notes.replace("\0", "").replace("\r\n", "\n").strip()
    if len(notes) > LONGEST_NOTES:
        raise Refused(f"Notes have {LONGEST_NOTES:,} characters at most.", field="notes")

    def write(held: Contact) -> None:
        if held.notes != notes and mark_of(held.notes) != instead_of:
            raise Refused(
                "Somebody else has changed the notes meanwhile.",
                hint="Theirs stand below yours: save once more what is to stay.",
                field="notes",
            )
        held.notes = notes

    _change(contact, write, "notes", by=by)


def mark_of(notes: str) -> str:
    return hashlib.blake2b(notes.encode(), digest_size=8).hexdigest()


def plain(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def checked_tag(text: str) -> str:
    tag = plain(text)
    if len(tag) > LONGEST_TAG:
        raise Refused(f"A tag has {LONGEST_TAG} characters at most.", field="tag")
    return tag


def checked_attribute(key: str, value: str) -> tuple[str, str]:
    key, value = plain(key), value.replace("\0", "").strip()
    if not key or not value:
        raise Refused("Write what it is and its value.", field="key")
    if len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE:
        raise Refused(f"At most {LONGEST_KEY} characters for what it is, {LONGEST_VALUE} for the value.", field="key")
    return key, value


def with_tags(there: Iterable[str], new: Iterable[str]) -> list[str]:
    """Each once, whatever its case; the first spelling stays."""
    spelled: dict[str, str] = {}
    for tag in [*there, *new]:
        spelled.setdefault(tag.casefold(), tag)
    return list(spelled.values())


def _change(contact: Contact, change: Callable[[Contact], None], field: str, *, by: Agent) -> None:
    require_work(by)
    with transaction.atomic():
        held = hold(contact, by=by)
        before: Any = getattr(held, field)
        change(held)
        if getattr(held, field) != before:
            held.save(update_fields=[field, "updated_at"])
            tell_screens(held)
    setattr(contact, field, getattr(held, field))


def hold(contact: Contact, *, by: Agent) -> Contact:
    """Locked, inside the caller's transaction, if this agent may see it."""
    held = Contact.objects.visible_to(by).select_for_update().filter(pk=contact.pk).first()
    if held is None:
        raise NotAllowed("This contact is not yours to work on.")
    if held.merged_into_id:
        raise Refused("This contact has been merged into another.", hint="Open that one.")
    return held


def tell_screens(contact: Contact) -> None:
    live.chats_changed(Chat.objects.filter(identity__contact=contact))
