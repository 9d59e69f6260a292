"""People from a file: chunk by chunk, each in one transaction, so that whoever is killed in between loses nothing."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from agents.actions.positions import require
from agents.models import Agent
from inbox.actions.editing import MOST_ATTRIBUTES, MOST_TAGS, with_tags
from inbox.actions.people import lock_scope
from inbox.imported_rows import BadRow, NewPerson, Rules, person_in
from inbox.models import Chat, Contact, ContactImport, FailedRow, Identity
from inbox.sheets import read_sheet
from pages.files import clean_name
from pages.models import Channel
from workspaces import bells
from workspaces.audit import record
from workspaces.files import delete_on_commit
from workspaces.models import Platform, Workspace
from workspaces.refusals import Refused
from workspaces.tenancy.search_path import current_schema

TASK = "inbox.tasks.import_contacts"
# Files of one person that nothing has been begun with.
MOST_WAITING = 20
CHUNK = 500
# One turn of a worker, who has others waiting.
CHUNKS = 20
State = ContactImport.State


def upload_contacts(raw: bytes, name: str, *, by: Agent) -> ContactImport:
    """Looked through once, and kept as we write such files ourselves."""
    require(by, "contacts.manage")
    if ContactImport.objects.filter(created_by=by, state=State.UPLOADED).count() >= MOST_WAITING:
        hint = "Begin them, or throw them away."
        raise Refused(f"{MOST_WAITING} files of yours wait already.", hint=hint, field="file")
    sheet = read_sheet(raw)
    text = io.StringIO()
    csv.writer(text).writerows([line, *row] for line, row in sheet.rows)
    place = f"{current_schema()}/imports/contacts.csv"
    stored = default_storage.save(place, ContentFile(text.getvalue().encode()), max_length=255)
    return ContactImport.objects.create(
        file=stored,
        name=clean_name(name, otherwise="contacts.csv", head=b""),
        head=sheet.head,
        row_count=len(sheet.rows),
        created_by=by,
    )


def start_import(found: ContactImport, rules: Rules, channel: Channel, *, by: Agent, workspace: Workspace) -> bool:
    """Whether that was new: a second click starts nothing."""
    require(by, "contacts.manage")
    if list(rules.columns).count("phone") != 1:
        raise Refused("One column has to be the phone number, and one alone.", field="columns")
    if channel.platform != Platform.WHATSAPP:
        raise Refused("People are imported for a WhatsApp number.", field="channel")
    with transaction.atomic():
        held = ContactImport.objects.select_for_update().get(pk=found.pk)
        if held.state != State.UPLOADED:
            return False
        held.columns, held.tags, held.country_code = list(rules.columns), list(rules.tags), rules.country_code
        held.consent, held.consent_source = "all" if rules.all_agreed else "", rules.source
        held.channel, held.state, held.started_at = channel, State.RUNNING, timezone.now()
        held.save()
        words = f"Began to import {held.row_count} contacts from {held.name}"
        record("contacts.imported", words, by=by.user, workspace=workspace, contact_import=str(held.pk))
        bells.ring_on_commit(TASK, current_schema())
    return True


@transaction.atomic
def discard_import(found: ContactImport, *, by: Agent) -> bool:
    """Before it has begun; afterwards it is a record of what was done."""
    require(by, "contacts.manage")
    held = ContactImport.objects.select_for_update().filter(pk=found.pk, state=State.UPLOADED).first()
    if held is None:
        return False
    held.delete()
    delete_on_commit([str(held.file)])
    return True


def run_imports() -> int:
    """How many chunks were done; rings for itself where there is more."""
    for done in range(CHUNKS):
        if not run_chunk():
            return done
    bells.ring(TASK, current_schema())
    return CHUNKS


def ring_for_running_imports() -> None:
    if ContactImport.objects.running().exists():
        bells.ring(TASK, connection.schema_name)  # type: ignore[attr-defined]


def run_chunk() -> bool:
    """One of the import that has begun first and that nobody else has in hand."""
    running = ContactImport.objects.running().select_for_update(skip_locked=True, of=("self",))
    with transaction.atomic():
        held = running.select_related("channel", "created_by__position").order_by("id").first()
        if held is None:
            return False
        try:
            with transaction.atomic():
                import_chunk(held)
        except OperationalError:
            raise
        except (DatabaseError, OSError) as error:
            held.state, held.problem = State.FAILED, f"Stopped after row {held.position}: {type(error).__name__}."
        if held.channel is None:
            held.state, held.problem = State.FAILED, "The number for which it was has been removed."
        if held.state != State.RUNNING:
            held.finished_at = timezone.now()
        held.save()
    return True


def import_chunk(held: ContactImport) -> None:
    if held.channel is None:
        return
    rows = list(rows_of(held, start=held.position, count=CHUNK))
    people: list[tuple[int, list[str], NewPerson]] = []
    failed: list[FailedRow] = []
    rules = rules_of(held)
    for line, row in rows:
        try:
            people.append((line, row, person_in(row, rules)))
        except BadRow as bad:
            failed.append(FailedRow(contact_import=held, line=line, values=row, error=str(bad)))
    phones = {person.phone for _, _, person in people}
    batch = Batch(held.channel, held.started_at or timezone.now(), phones, by=held.created_by)
    for line, row, person in people:
        try:
            batch.add(person)
        except BadRow as bad:
            failed.append(FailedRow(contact_import=held, line=line, values=row, error=str(bad)))
    batch.write()
    FailedRow.objects.bulk_create(failed)
    held.position += len(rows)
    held.created_count += len(batch.new)
    held.updated_count += batch.updated
    held.failed_count += len(failed)
    if len(rows) < CHUNK:
        held.state = State.DONE


class Batch:
    """The people of a chunk: those who are there are held, the others made."""

    def __init__(self, channel: Channel, at: Any, phones: Iterable[str], *, by: Agent | None = None) -> None:
        self.channel, self.at = channel, at
        self.new: list[Identity] = []
        self.updated = 0
        self.changed: dict[Any, Identity] = {}
        # As whoever hears of new people does.
        lock_scope(channel)
        faces = Identity.objects.select_for_update(of=("self", "contact")).select_related("contact")
        known = faces.filter(platform=channel.platform, scope=channel.scope, phone__in=phones).order_by("id")
        self.by_phone = {face.phone: face for face in known}
        # Two numbers of one contact are one contact here too.
        contacts: dict[Any, Contact] = {}
        for face in self.by_phone.values():
            face.contact = contacts.setdefault(face.contact_id, face.contact)
        self.others = others_among(contacts, by) if by else set()

    def add(self, person: NewPerson) -> None:
        face = self.by_phone.get(person.phone)
        if face is None:
            face = self._make(person)
            self.new.append(face)
            self.by_phone[person.phone] = face
            return
        if face.contact_id in self.others:
            raise BadRow("This person writes to your colleagues: nothing of theirs is changed.")
        if person.opted_in and face.opted_in is False:
            raise BadRow("This person has opted out: an import does not undo that.")
        learn(face, person, self.at)
        if not face._state.adding:
            self.updated += 1
            self.changed[face.pk] = face

    def _make(self, person: NewPerson) -> Identity:
        face = Identity(
            contact=Contact(),
            platform=self.channel.platform,
            scope=self.channel.scope,
            phone=person.phone,
            name="",
            first_seen_at=self.at,
            last_seen_at=self.at,
        )
        learn(face, person, self.at)
        return face

    def write(self) -> None:
        Contact.objects.bulk_create([face.contact for face in self.new])
        Identity.objects.bulk_create(self.new)
        now = timezone.now()
        changed = list(self.changed.values())
        contacts = {face.contact_id: face.contact for face in changed}
        for face in changed:
            face.updated_at = face.contact.updated_at = now
        Contact.objects.bulk_update(
            contacts.values(), ["display_name", "tags", "attributes", "updated_at"], batch_size=CHUNK
        )
        Identity.objects.bulk_update(
            changed, ["opted_in", "opted_in_source", "opted_in_at", "updated_at"], batch_size=CHUNK
        )


def others_among(contacts: Iterable[UUID], by: Agent) -> set[UUID]:
    """Who writes here, and never to this agent, who sees nobody else. Of who never wrote, anybody may tell more."""
    # What they could when they began: who is switched off meanwhile does not spoil the rest.
    if "messages.view" in by.reach:
        return set()
    chats = Chat.objects.filter(identity__contact__in=list(contacts))
    own = chats.filter(assigned_to=by).values("identity__contact")
    return set(chats.exclude(identity__contact__in=own).values_list("identity__contact", flat=True))


def learn(face: Identity, person: NewPerson, at: Any) -> None:
    """What the file leaves empty stays as it is."""
    contact = face.contact
    tags, attributes = with_tags(contact.tags, person.tags), {**contact.attributes, **person.attributes}
    if len(tags) > MOST_TAGS or len(attributes) > MOST_ATTRIBUTES:
        raise BadRow("With these the contact would have more tags or facts than it takes.")
    contact.display_name = person.name or contact.display_name
    contact.tags, contact.attributes = tags, attributes
    if person.opted_in is not None:
        face.opted_in, face.opted_in_source, face.opted_in_at = person.opted_in, person.source, at


def rules_of(held: ContactImport) -> Rules:
    agreed = held.consent == "all"
    return Rules(held.head, held.columns, held.country_code, held.tags, agreed, held.consent_source)


def rows_of(held: ContactImport, *, start: int = 0, count: int | None = None) -> Iterator[tuple[int, list[str]]]:
    stop = None if count is None else start + count
    with default_storage.open(str(held.file)) as stored:
        for line, *row in itertools.islice(csv.reader(lines_of(stored)), start, stop):
            yield int(line), row


def lines_of(stored: IO[Any]) -> Iterator[str]:
    # Not TextIOWrapper, which would close a file that is not its own; a quoted cell may hold a line's end.
    yield from io.StringIO(stored.read().decode(), newline="")


def check_rows(held: ContactImport, rules: Rules) -> tuple[int, list[tuple[int, str]]]:
    """How many rows would be left out, and the first of them."""
    bad: list[tuple[int, str]] = []
    for line, row in rows_of(held):
        try:
            person_in(row, rules)
        except BadRow as error:
            bad.append((line, str(error)))
    return len(bad), bad[:10]


def preview(held: ContactImport, rules: Rules, count: int = 10) -> Sequence[tuple[int, list[str], str]]:
    shown = []
    for line, row in rows_of(held, count=count):
        try:
            person_in(row, rules)
            shown.append((line, row, ""))
        except BadRow as error:
            shown.append((line, row, str(error)))
    return shown
