"""People as the list, the panel and their page show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent
from inbox.actions.editing import mark_of
from inbox.actions.merging import why_not_undone
from inbox.models import Chat, Contact, ContactMerge, Identity
from inbox.rows import PLATFORM_ICONS, initials_of, picture_of
from inbox.search import Has
from inbox.search_words import pattern_of
from workspaces.models import Platform
from workspaces.paging import Page, page_of, read_key

MOST_CHATS = 20
# So many are walked through for a name before the index is asked.
WALK = 10_000
MOST_SUGGESTIONS = 3
MOST_TAGS_OFFERED = 200
SEEN = {"7": "In the last 7 days", "30": "In the last 30 days", "90": "In the last 90 days", "-90": "Not for 90 days"}
# `own`: only of the people who write to this agent, for who may not read the others' chats.
TAGS = """
SELECT tag FROM (SELECT unnest(tags) AS tag FROM contacts AS p WHERE tags <> '{{}}'{own}) AS used
GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %(most)s
"""
OWN = """ AND EXISTS(SELECT 1 FROM identities AS i JOIN chats AS c ON c.identity_id = i.id
  WHERE i.contact_id = p.id AND c.assigned_to_id = %(agent)s)"""


@dataclass(slots=True)
class Person:
    """A contact with faces and chats, fetched together."""

    contact: Contact
    faces: list[Identity]
    chats: list[Chat] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.contact.display_name or (self.faces[0].own_name if self.faces else "Unknown")

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    @property
    def hue(self) -> str:
        return str(self.faces[0].pk if self.faces else self.contact.pk)[-1]

    @property
    def picture(self) -> str:
        face = next((face for face in self.faces if face.picture), None)
        return picture_of(face.pk, str(face.picture)) if face else ""

    @property
    def handles(self) -> str:
        return ", ".join(dict.fromkeys(face.handle for face in self.faces if face.handle))

    @property
    def platforms(self) -> list[tuple[str, str]]:
        found = dict.fromkeys(Platform(face.platform) for face in self.faces)
        return [(PLATFORM_ICONS[platform], platform.label) for platform in found]

    @property
    def first_seen_at(self) -> Any:
        return min((face.first_seen_at for face in self.faces), default=None)

    @property
    def last_seen_at(self) -> Any:
        return max((face.last_seen_at for face in self.faces), default=None)

    @property
    def never_wrote(self) -> bool:
        """From a file, and nothing heard of since."""
        return not self.chats and all(face.external_id is None for face in self.faces)

    @property
    def facts(self) -> list[tuple[str, Any]]:
        return sorted(self.contact.attributes.items(), key=lambda fact: fact[0].casefold())

    @property
    def notes_mark(self) -> str:
        return mark_of(self.contact.notes)


@dataclass(frozen=True, slots=True)
class Suggestion:
    person: Person
    why: str


def people_of(contacts: Iterable[Contact], agent: Agent, *, with_chats: bool = True) -> list[Person]:
    """In the order given, with each one's last chat: two queries for all of them."""
    people = {contact.pk: Person(contact, []) for contact in contacts}
    for face in Identity.objects.filter(contact__in=people).order_by("-last_seen_at", "-id"):
        people[face.contact_id].faces.append(face)
    if not with_chats:
        return list(people.values())
    chats = Chat.objects.visible_to(agent).filter(identity__contact__in=people).select_related("identity", "channel")
    for chat in chats.order_by("identity__contact", "-last_message_at", "-id").distinct("identity__contact"):
        people[chat.identity.contact_id].chats.append(chat)
    return list(people.values())


def person_of(contact: Contact, agent: Agent) -> Person:
    faces = list(Identity.objects.filter(contact=contact).order_by("-last_seen_at", "-id"))
    for face in faces:
        face.contact = contact
    chats = Chat.objects.visible_to(agent).filter(identity__in=faces).select_related("channel", "identity")
    shown = chats.prefetch_related("labels").order_by("-last_message_at", "-id")[:MOST_CHATS]
    return Person(contact, faces, list(shown))


def page_found(agent: Agent, wanted: Mapping[str, Any], query: Mapping[str, str]) -> Page[Identity]:
    """What is common is met on the way from where the page begins; what is not, the index of trigrams knows."""
    if wanted.get("q"):
        walked = page_of(walk(agent, wanted, query), query, by="last_seen_at")
        if walked.newer if read_key(query.get("after", "")) else walked.older:
            return walked
    return page_of(faces_found(agent, wanted), query, by="last_seen_at")


def walk(agent: Agent, wanted: Mapping[str, Any], query: Mapping[str, str]) -> QuerySet[Identity]:
    """Of the next WALK faces, read one by one."""
    before, after = read_key(query.get("before", "")), read_key(query.get("after", ""))
    faces = Identity.objects.all()
    if after:
        ahead = faces.filter(last_seen_at__gte=after[0]).order_by("last_seen_at", "id")
    else:
        ahead = (faces.filter(last_seen_at__lte=before[0]) if before else faces).order_by("-last_seen_at", "-id")
    end = ahead.values_list("last_seen_at", flat=True)[WALK : WALK + 1].first()
    found = faces_found(agent, wanted, by_index=False)
    return found.filter(**{f"last_seen_at__{'lte' if after else 'gte'}": end}) if end else found


def faces_found(agent: Agent, wanted: Mapping[str, Any], *, by_index: bool = True) -> QuerySet[Identity]:
    """One row a contact. `wanted`: cleaned by ContactFilterForm; what is empty narrows nothing."""
    faces = Identity.objects.latest_of_each().select_related("contact")
    if not agent.can("messages.view"):
        faces = faces.filter(Exists(of_contact(chats__assigned_to=agent)))
    for word in words_of(str(wanted.get("q") or "")):
        faces = faces.filter(named(word, by_index=by_index))
    if platform := wanted.get("platform"):
        faces = faces.filter(Exists(of_contact(platform=platform)))
    if tag := wanted.get("tag"):
        faces = faces.filter(contact__tags__contains=[tag])
    if blocked := wanted.get("blocked"):
        faces = faces.filter(contact__blocked=blocked == "yes")
    if opted := wanted.get("opted"):
        faces = faces.filter(Exists(of_contact(opted_in={"yes": True, "no": False}.get(opted))))
    if seen := wanted.get("seen"):
        since = timezone.now() - timedelta(days=abs(int(seen)))
        faces = faces.filter(last_seen_at__lt=since) if seen.startswith("-") else faces.filter(last_seen_at__gte=since)
    return faces


def of_contact(**wanted: Any) -> QuerySet[Identity]:
    found: QuerySet[Identity] = Identity.objects.filter(contact=OuterRef("contact"), **wanted)
    return found


def words_of(query: str) -> list[str]:
    """A phone number is one word, however it is spaced."""
    if not any(sign.isalpha() for sign in query) and any(sign.isdecimal() for sign in query):
        return ["".join(query.split())]
    return query.split()[:5]


def named(word: str, *, by_index: bool) -> Q:
    """By what the workspace calls them or by any of their faces; rare words come from the index of trigrams."""
    pattern = pattern_of(word.removeprefix("@"))
    digits = "".join(sign for sign in word if sign.isdecimal() and sign.isascii()).removeprefix("00")
    faces = Q(Has("name", pattern, by_index=by_index)) | Q(Has("username", pattern, by_index=by_index))
    if len(digits) > 2:
        faces |= Q(Has("phone", digits, by_index=by_index))
    if not by_index:
        own = Identity.objects.filter(faces, contact=OuterRef("contact"))
        return Q(Has("contact__display_name", pattern, by_index=False)) | Q(Exists(own))
    contacts = Contact.objects.filter(Has("display_name", pattern)).values("pk")
    return Q(contact__in=contacts.union(Identity.objects.filter(faces).values("contact")))


def known_tags(agent: Agent) -> list[str]:
    own = "" if agent.can("messages.view") else OWN
    with connection.cursor() as cursor:
        cursor.execute(TAGS.format(own=own), {"agent": agent.pk, "most": MOST_TAGS_OFFERED})
        return [tag for (tag,) in cursor.fetchall()]


def suggestions_for(person: Person, agent: Agent) -> list[Suggestion]:
    """Who may be the same: never one with whom they share a page, where Meta tells people apart itself."""
    phones = [face.phone for face in person.faces if face.phone]
    usernames = [face.username.upper() for face in person.faces if face.username]
    # One word alone is many people's name.
    names = [face.name.upper() for face in person.faces if " " in face.name]
    same = Q(phone__in=phones) | Q(up_username__in=usernames) | Q(up_name__in=names)
    if not (phones or usernames or names):
        return []
    others = Identity.objects.visible_to(agent).alias(up_username=Upper("username"), up_name=Upper("name"))
    found = others.filter(same).exclude(contact=person.contact).select_related("contact").order_by("-last_seen_at")[:30]
    here = {(face.platform, face.scope) for face in person.faces}
    suggested: dict[UUID, Suggestion] = {}
    for face in found:
        if (face.platform, face.scope) not in here and face.contact_id not in suggested:
            suggested[face.contact_id] = Suggestion(Person(face.contact, [face]), reason(face, phones, usernames))
    return list(suggested.values())[:MOST_SUGGESTIONS]


def reason(face: Identity, phones: list[str], usernames: list[str]) -> str:
    if face.phone and face.phone in phones:
        return "Same phone number"
    return "Same username" if face.username and face.username.upper() in usernames else "Same name"


def undoable_merges(contact: Contact) -> list[ContactMerge]:
    merges = ContactMerge.objects.standing().filter(kept=contact).select_related("gone", "by__user")
    return [merge for merge in merges.order_by("-merged_at")[:5] if not why_not_undone(merge)]


def address_of(contact: Contact) -> str:
    return reverse("inbox:contact", args=[contact.pk])
