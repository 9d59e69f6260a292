"""The contacts of a list, out as a file."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django_tenants.utils import schema_context

from agents.actions.positions import require
from agents.models import Agent
from inbox.contacts import Person, faces_found, people_of
from inbox.models import Identity
from inbox.sheets import written
from workspaces.audit import record
from workspaces.models import Platform, Workspace

CHUNK = 1000
HEAD = [
    "Name", "WhatsApp phone", "Instagram username", "Other names", "Tags", "Opted in", "Source of the consent",
    "Facts", "Notes", "Blocked", "First seen", "Last seen",
]  # fmt: skip


def export_contacts(wanted: Mapping[str, Any], *, by: Agent, workspace: Workspace) -> Iterator[str]:
    """Line by line; a chunk is read when it is wanted."""
    require(by, "contacts.manage")
    filters = {name: str(value) for name, value in wanted.items()}
    record("contacts.exported", "Exported contacts", by=by.user, workspace=workspace, filters=filters)
    return written(rows_of(faces_found(by, wanted), by, workspace.schema_name))


def rows_of(faces: QuerySet[Identity], by: Agent, schema: str) -> Iterator[list[object]]:
    yield list(HEAD)
    # The answer is still being written when the request is over: each chunk enters the schema itself.
    last = None
    while True:
        with schema_context(schema):
            # By id, so that who writes meanwhile is neither left out nor named twice.
            rest = faces.filter(contact__gt=last) if last else faces
            contacts = [face.contact for face in rest.order_by("contact")[:CHUNK]]
            people = people_of(contacts, by, with_chats=False)
        yield from map(row_of, people)
        if len(contacts) < CHUNK:
            return
        last = contacts[-1].pk


def row_of(person: Person) -> list[object]:
    contact, faces = person.contact, person.faces
    consent = next((face for face in faces if face.opted_in is not None), None)
    return [
        person.name,
        next((face.phone for face in faces if face.phone), "") or "",
        next((face.username for face in faces if face.platform == Platform.INSTAGRAM), ""),
        "; ".join(dict.fromkeys(face.name for face in faces if face.name and face.name != person.name)),
        "; ".join(contact.tags),
        {True: "yes", False: "no"}[bool(consent.opted_in)] if consent else "",
        consent.opted_in_source if consent else "",
        "; ".join(f"{key}: {value}" for key, value in person.facts),
        contact.notes,
        "yes" if contact.blocked else "",
        person.first_seen_at.isoformat(timespec="seconds"),
        person.last_seen_at.isoformat(timespec="seconds"),
    ]
