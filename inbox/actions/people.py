"""Who writes: found by Meta's id first and the phone second, never split in two, never taken for another."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from inbox.actions.joining import join_identities
from inbox.models import Contact, FormerName, Identity
from pages.models import Channel
from pages.webhooks.events import ConsentChanged, IdentityChanged, Person
from pages.webhooks.routes import Heard
from workspaces.models import Platform
from workspaces.tenancy.search_path import current_schema

# A person who keeps writing is not written down as seen with each message.
SEEN_SECONDS = 60


class People:
    """The faces that a batch of events needs, made where they are missing."""

    def __init__(self, channel: Channel, seen: Iterable[tuple[Person, datetime]], *, spoke: bool = True) -> None:
        """`spoke`: it is they who did something, not we."""
        self.channel = channel
        self.new: list[Identity] = []
        self._unwritten: list[Identity] = []
        self._late: dict[Person, Identity] = {}
        latest: dict[Person, datetime] = {}
        for person, at in seen:
            latest[person] = max(at, latest.get(person, at))
        self._read(latest)
        if missing := [person for person in latest if not self._is_settled(person)]:
            self._settle_one_by_one(missing, latest)
        for person, at in latest.items() if spoke else ():
            note_seen(self.of(person), person, at)

    def of(self, person: Person) -> Identity:
        found = self._find(person)
        assert found is not None
        return found

    def _find(self, person: Person) -> Identity | None:
        return self._late.get(person) or self._by_id.get(person.external_id) or self._by_phone.get(person.phone)

    def _is_settled(self, person: Person) -> bool:
        """Known by all that this event says of the person, or by what they were called when they said it."""
        if person in self._late:
            return True
        found = self._by_id.get(person.external_id) if person.external_id else self._by_phone.get(person.phone)
        return found is not None and (not person.phone or found.phone == person.phone)

    def _read(self, people: Iterable[Person]) -> None:
        ids = {person.external_id for person in people if person.external_id}
        phones = {person.phone for person in people if person.phone}
        known = Identity.objects.filter(
            Q(external_id__in=ids) | Q(phone__in=phones), platform=self.channel.platform, scope=self.channel.scope
        ).select_related("contact")
        self._by_id: dict[str, Identity] = {}
        self._by_phone: dict[str, Identity] = {}
        for identity in known:
            self._remember(identity)

    def _remember(self, identity: Identity) -> None:
        if identity.external_id:
            self._by_id[identity.external_id] = identity
        if identity.phone:
            self._by_phone[identity.phone] = identity

    def _take_over(self, identity: Identity) -> None:
        """The number may have been another's until now."""
        before = self._by_phone.get(identity.phone or "")
        if before and before.pk != identity.pk:
            before.phone = None
        self._remember(identity)

    def _settle_one_by_one(self, people: list[Person], latest: dict[Person, datetime]) -> None:
        lock_scope(self.channel)
        # Another worker may have made them while we waited.
        self._read(latest)
        self._late = former_faces(self.channel, {person: latest[person] for person in people})
        for person in people:
            if self._is_settled(person):
                continue
            if found := self._find(person):
                # Learning looks into the tables, where those before must be.
                self._write_down_new()
                self._take_over(learn(found, person))
            else:
                self._take_over(self._make(person, latest[person]))
        self._write_down_new()

    def _write_down_new(self) -> None:
        Contact.objects.bulk_create([identity.contact for identity in self._unwritten])
        self.new += Identity.objects.bulk_create(self._unwritten)
        self._unwritten = []

    def _make(self, person: Person, at: datetime) -> Identity:
        identity = Identity(
            contact=Contact(display_name=person.name or person.username),
            platform=self.channel.platform,
            scope=self.channel.scope,
            external_id=person.external_id or None,
            phone=person.phone or None,
            username=person.username,
            name=person.name,
            # WhatsApp gives the name with each message, the others when they are asked.
            profile_state=Identity.Profile.KNOWN
            if self.channel.platform == Platform.WHATSAPP
            else Identity.Profile.WANTED,
            first_seen_at=at,
            last_seen_at=at,
        )
        self._unwritten.append(identity)
        return identity


def lock_scope(channel: Channel) -> None:
    """Two workers that meet one new person make one contact of them."""
    lock_name(f"{channel.platform}:{channel.scope}")


def lock_name(name: str) -> None:
    """Within this workspace, until the transaction ends."""
    digest = hashlib.blake2b(f"{current_schema()}:{name}".encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def learn(identity: Identity, person: Person) -> Identity:
    """The other of WhatsApp's two ids, now that both came together."""
    if person.external_id and identity.external_id and identity.external_id != person.external_id:
        # Found by the phone alone: the number has changed hands.
        Identity.objects.filter(pk=identity.pk).update(phone=None)
        return make_like(identity, person)
    take_number(identity, person.phone or identity.phone)
    identity.external_id = person.external_id or identity.external_id
    identity.save(update_fields=["phone", "external_id", "updated_at"])
    return identity


def take_number(identity: Identity, phone: str | None) -> None:
    """From whoever had it; not yet written down."""
    if not phone or identity.phone == phone:
        return
    rivals = Identity.objects.filter(platform=identity.platform, scope=identity.scope, phone=phone)
    rival = rivals.exclude(pk=identity.pk).first()
    if rival and rival.external_id:
        Identity.objects.filter(pk=rival.pk).update(phone=None)
    elif rival:
        # Known by the number alone until now: the same person.
        join_identities(into=identity, gone=rival)
    identity.phone = phone


def make_like(other: Identity, person: Person) -> Identity:
    """Somebody new behind a number that was another's."""
    return Identity.objects.create(
        contact=Contact.objects.create(display_name=person.name or person.username),
        platform=other.platform,
        scope=other.scope,
        external_id=person.external_id or None,
        phone=person.phone or None,
        username=person.username,
        name=person.name,
    )


def note_seen(identity: Identity, person: Person, at: datetime) -> None:
    """The name as it was last told, by Meta's time."""
    if at < identity.last_seen_at:
        Identity.objects.filter(pk=identity.pk, first_seen_at__gt=at).update(first_seen_at=at)
        return
    told = {name: value for name in ("name", "username") if (value := getattr(person, name))}
    news = {name: value for name, value in told.items() if getattr(identity, name) != value}
    if not news and (at - identity.last_seen_at).total_seconds() < SEEN_SECONDS:
        return
    Identity.objects.filter(pk=identity.pk).update(last_seen_at=at, **news)
    before = identity.name or identity.username
    for name, value in {**news, "last_seen_at": at}.items():
        setattr(identity, name, value)
    if news:
        follow_name(identity, before)


def follow_name(identity: Identity, before: str) -> None:
    """The contact is called as its person is, but for a name that an agent gave."""
    shown = identity.name or identity.username
    if identity.contact.display_name in {"", before} and identity.contact.display_name != shown:
        rows = Contact.objects.filter(pk=identity.contact_id, display_name=identity.contact.display_name)
        rows.update(display_name=shown, updated_at=timezone.now())
        identity.contact.display_name = shown


def change_identities(channel: Channel, heard: list[Heard]) -> None:
    """WhatsApp tells that somebody has a new number or a new id."""
    lock_scope(channel)
    for one in heard:
        event = one.event
        assert isinstance(event, IdentityChanged)
        before, after = event.before, event.after
        late = former_faces(channel, {before: event.at, after: event.at})
        if identity := late.get(before) or find(channel, before):
            move_to(channel, identity, event, late.get(after))


def find(channel: Channel, person: Person) -> Identity | None:
    faces = Identity.objects.filter(platform=channel.platform, scope=channel.scope)
    by_id = faces.filter(external_id=person.external_id).first() if person.external_id else None
    return by_id or (faces.filter(phone=person.phone).first() if person.phone else None)


def former_faces(channel: Channel, seen: Mapping[Person, datetime]) -> dict[Person, Identity]:
    """Who was called so at that time, and is called otherwise since."""
    if channel.platform != Platform.WHATSAPP:
        return {}
    names = {name for person in seen for name in (person.external_id, person.phone) if name}
    known: dict[str, list[FormerName]] = defaultdict(list)
    for former in FormerName.objects.filter(
        name__in=names, identity__platform=channel.platform, identity__scope=channel.scope
    ).select_related("identity__contact"):
        known[former.name].append(former)
    return {
        person: fitting[0].identity
        for person, at in seen.items()
        if (fitting := [one for name in (person.external_id, person.phone) for one in known[name] if at <= one.until])
    }


def move_to(channel: Channel, identity: Identity, event: IdentityChanged, later: Identity | None) -> None:
    """`later`: whose new name has been left behind by now."""
    after, old = event.after, {name for name in (identity.external_id, identity.phone) if name}
    there = later or find(channel, after) or identity
    if there.pk != identity.pk:
        join_identities(into=there, gone=identity)
    if not later:
        there.external_id = after.external_id or there.external_id or identity.external_id
        take_number(there, after.phone or there.phone or identity.phone)
        there.save(update_fields=["external_id", "phone", "updated_at"])
    gone = old - {there.external_id, there.phone}
    FormerName.objects.bulk_create(FormerName(identity=there, name=name, until=event.at) for name in gone)


def change_consent(channel: Channel, heard: list[Heard]) -> None:
    events = [event for one in heard if (event := consent(one)).person.is_somebody]
    people = People(channel, [(event.person, event.at) for event in events])
    for event in events:
        faces = Identity.objects.filter(pk=people.of(event.person).pk)
        faces.filter(Q(opted_in_at=None) | Q(opted_in_at__lte=event.at)).update(
            opted_in=event.opted_in,
            opted_in_source=event.source[:100],
            opted_in_at=event.at,
            referrer=event.referrer or F("referrer"),
        )


def consent(one: Heard) -> ConsentChanged:
    assert isinstance(one.event, ConsentChanged)
    return one.event
