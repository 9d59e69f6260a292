"""Search: people by name, username and phone, and messages by what is said in them, the newest first.

Millions of rows are searched by an index of trigrams. Collecting all that has a common word would take seconds, and so
would walking back from the newest for a rare one: so hits are collected up to a cap, and only where it is reached,
which makes the words common, one walks.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, Func, Lookup, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Lower
from django.utils import timezone

from agents.models import Agent
from inbox.models import Attachment, Chat, ChatLabel, Contact, Identity, Label, Message
from inbox.search_words import Asked, day_of, may_be_misspelt, misspellings, pattern_of
from pages.models import Channel
from workspaces.models import Platform
from workspaces.paging import read_key, write_key

SIZE = 30
PEOPLE = 5
# So many hits are collected and then put in order.
CAP = 5_000
# Where no index helps (one or two letters, an emoji) so many of the newest are read.
NEWEST = 20_000
LONGEST_MS = 3_000
LONGEST_ALIKE_MS = 1_000
# How much of a name's trigrams another has to have.
ALIKE = 0.5
# Of what an operator names: channels, labels, people.
MOST = 500

Sender = Message.Sender
PLATFORMS = {
    "messenger": Platform.FACEBOOK,
    "facebook": Platform.FACEBOOK,
    "instagram": Platform.INSTAGRAM,
    "whatsapp": Platform.WHATSAPP,
}


class Has(Lookup):
    """One of these patterns is in it: by ILIKE, which an index of trigrams serves as it does not serve icontains."""

    prepare_rhs = False

    def __init__(self, name: str, *patterns: str) -> None:
        super().__init__(F(name), [f"%{pattern}%" for pattern in patterns])

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        if len(self.rhs) == 1:
            return f"{left} ILIKE %s", [*params, self.rhs[0]]
        return f"{left} ILIKE ANY(%s)", [*params, self.rhs]


class TooMuch(Exception):
    """Not done in the time that one search may take."""


@dataclass
class Found:
    messages: list[Message] = field(default_factory=list)
    # The key of the page after this one.
    next: str = ""
    # None has these words; these have some that are written alike.
    alike: bool = False
    # Only the newest were looked through.
    only_newest: bool = False


@dataclass
class Person:
    contact: Contact
    faces: list[Identity]
    # The latest that this agent may open.
    chat: UUID | None


def find_messages(asked: Asked, agent: Agent, after: str = "") -> Found:
    if asked.is_empty:
        return Found()
    with limited():
        wide = _narrowed(Message.objects.filter(deleted_at=None), asked, agent)
        key = read_key(after)
        if key:
            wide = wide.filter(Q(sent_at__lte=key[0]) & (Q(sent_at__lt=key[0]) | Q(id__lt=key[1])))
        if asked.is_short:
            return _page(_among_newest(wide, "sent_at", ["text"], asked.words, SIZE + 1), only_newest=True)
        if ids := _first(_having(wide, asked.words), "sent_at", SIZE + 1):
            return _page(ids)
        if key or not any(map(may_be_misspelt, asked.words)):
            return Found()
        return _page(_alike_to(wide, asked.words), alike=True)


@contextmanager
def limited() -> Iterator[None]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_MS}")
            cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {ALIKE}")
            yield
    except OperationalError as error:
        if is_timeout(error):
            raise TooMuch from error
        raise


def is_timeout(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "57014"


def _having(messages: QuerySet[Message], words: list[str], misspelt: Collection[str] = ()) -> QuerySet[Message]:
    # That it is not empty is the index's own condition.
    messages = messages.exclude(text="") if words else messages
    for word in words:
        messages = messages.filter(Has("text", pattern_of(word), *(misspellings(word) if word in misspelt else ())))
    return messages


def _alike_to(messages: QuerySet[Message], words: list[str]) -> list[UUID]:
    """Words one slip away. Similarity of trigrams finds too much in millions of messages, and takes seconds."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_ALIKE_MS}")
            misspelt = [word for word in words if len(words) == 1 or _is_nowhere(messages, word)]
            return _first(_having(messages, words, misspelt), "sent_at", SIZE + 1) if misspelt else []
    except OperationalError as error:
        if is_timeout(error):
            return []
        raise


def _is_nowhere(messages: QuerySet[Message], word: str) -> bool:
    """A word that somebody uses is no slip."""
    return may_be_misspelt(word) and not _first(_having(messages, [word]), "sent_at", 1)


def _alike(name: str, word: str) -> Has | TrigramWordSimilar:
    return TrigramWordSimilar(F(name), Value(word)) if may_be_misspelt(word) else Has(name, pattern_of(word))


def _first(rows: QuerySet[Any], by: str, size: int) -> list[UUID]:
    """The ids of the newest of these."""
    try:
        sql, params = rows.order_by().values("id", by).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found AS MATERIALIZED ({sql} LIMIT {CAP})"  # noqa: S608
            f" SELECT id, (SELECT count(*) FROM found) FROM found ORDER BY {by} DESC, id DESC LIMIT {size}",
            params,
        )
        found = cursor.fetchall()
    if found and found[0][1] == CAP:
        return list(rows.order_by(f"-{by}", "-id").values_list("id", flat=True)[:size])
    return [pk for pk, _ in found]


def _among_newest(rows: QuerySet[Any], by: str, columns: list[str], words: list[str], size: int) -> list[UUID]:
    """Read, not looked up; so no further than the newest."""
    all_said = Func(Value(" "), *map(F, columns), function="concat_ws", output_field=TextField())
    newest = rows.order_by(f"-{by}", "-id").annotate(said=Lower(all_said)).values("id", by, "said")
    try:
        sql, params = newest.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH newest AS MATERIALIZED ({sql} LIMIT {NEWEST}) SELECT id FROM newest"  # noqa: S608
            f" WHERE {' AND '.join(['strpos(said, %s) > 0'] * len(words))} ORDER BY {by} DESC, id DESC LIMIT {size}",
            [*params, *(word.lower() for word in words)],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _page(ids: list[UUID], *, alike: bool = False, only_newest: bool = False) -> Found:
    found = Message.objects.filter(pk__in=ids[:SIZE]).order_by("-sent_at", "-id")
    messages = list(found.select_related("chat__identity__contact", "channel", "author__user"))
    following = write_key(messages[-1], "sent_at") if len(ids) > SIZE and messages else ""
    return Found(messages, following, alike, only_newest)


def _narrowed(messages: QuerySet[Message], asked: Asked, agent: Agent) -> QuerySet[Message]:
    if not agent.can("messages.view"):
        messages = messages.filter(chat__in=Chat.objects.visible_to(agent))
    for who in asked.values("from"):
        messages = messages.filter(_written_by(who, agent))
    for place in asked.values("page", "channel"):
        messages = messages.filter(channel__in=_channels(place, asked))
    for label in asked.values("label"):
        borne = ChatLabel.objects.filter(chat=OuterRef("chat"), label__in=_labels(label, asked))
        messages = messages.filter(Exists(borne))
    for state in asked.values("is"):
        messages = messages.filter(chat__state=state.upper())
    if asked.values("has"):
        messages = messages.filter(Exists(Attachment.objects.filter(message=OuterRef("pk"))))
    for day in asked.values("before"):
        messages = messages.filter(sent_at__lt=_start_of(day))
    for day in asked.values("after"):
        messages = messages.filter(sent_at__gte=_start_of(day))
    return messages


def _start_of(day: str) -> datetime:
    """Where the agent is."""
    return timezone.make_aware(datetime.combine(day_of(day) or timezone.localdate(), time.min)).astimezone(UTC)


def _written_by(who: str, agent: Agent) -> Q:
    known = {"me": Q(author=agent), "agent": Q(sender=Sender.AGENT), "customer": Q(sender=Sender.CONTACT)}
    if who.lower() in known:
        return known[who.lower()]
    called = Q()
    for word in who.split():
        called &= Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word)
    agents = list(Agent.objects.filter(called).values_list("pk", flat=True)[:MOST])
    faces = _called(Identity.objects.visible_to(agent), who.split(), MOST)
    chats = list(Chat.objects.visible_to(agent).filter(identity__in=faces).values_list("pk", flat=True))
    return Q(author__in=agents) | Q(sender=Sender.CONTACT, chat__in=chats)


def _channels(place: str, asked: Asked) -> list[UUID]:
    platform = PLATFORMS.get(place.lower())
    wanted = Channel.objects.filter(platform=platform) if platform else Channel.objects.filter(name__icontains=place)
    return _some(wanted, f"No channel is called “{place}”.", asked)


def _labels(name: str, asked: Asked) -> list[UUID]:
    return _some(Label.objects.filter(name__icontains=name), f"No label is called “{name}”.", asked)


def _some(wanted: QuerySet[Any], none: str, asked: Asked) -> list[UUID]:
    found = list(wanted.values_list("pk", flat=True)[:MOST])
    if not found:
        asked.hints.append(none)
    return found


def find_people(asked: Asked, agent: Agent) -> tuple[list[Person], bool]:
    """Whose name, username or number has all the words; and whether they are only written alike."""
    if not asked.words or asked.operators:
        return [], False
    faces = Identity.objects.visible_to(agent)
    with limited():
        if asked.is_short:
            names = ["name", "username", "contact__display_name"]
            return _people(_among_newest(faces, "last_seen_at", names, asked.words, PEOPLE), agent), False
        if ids := _called(faces, asked.words, PEOPLE):
            return _people(ids, agent), False
        if not any(map(may_be_misspelt, asked.words)):
            return [], False
        return _people(_called(faces, asked.words, PEOPLE, alike=True), agent), True


def _called(faces: QuerySet[Identity], words: list[str], most: int, *, alike: bool = False) -> list[UUID]:
    """By what they are called on their platform, or by us: two look-ups, as no index serves both."""
    own, ours = faces, Contact.objects.all()
    for word in words:
        bare = word.removeprefix("@")
        if alike:
            own = own.filter(Q(_alike("name", word)) | Q(_alike("username", bare)))
            ours = ours.filter(_alike("display_name", word))
        else:
            named = Q(Has("name", pattern_of(word))) | Q(Has("username", pattern_of(bare)))
            own = own.filter(named | _numbered(word))
            ours = ours.filter(Has("display_name", pattern_of(word)))
    contacts = list(ours.order_by().values_list("pk", flat=True)[:MOST])
    return _first(own, "last_seen_at", most) + _first(faces.filter(contact__in=contacts), "last_seen_at", most)


def _numbered(word: str) -> Q:
    digits = "".join(filter(str.isdigit, word))
    is_number = len(digits) > 2 and not any(map(str.isalpha, word))
    return Q(Has("phone", digits)) if is_number else Q()


def _people(ids: list[UUID], agent: Agent) -> list[Person]:
    chats = Chat.objects.visible_to(agent).filter(identity=OuterRef("pk"))
    latest = chats.order_by(F("last_message_at").desc(nulls_last=True)).values("pk")[:1]
    faces = Identity.objects.filter(pk__in=ids).select_related("contact").annotate(chat=Subquery(latest))
    people: dict[UUID, Person] = {}
    for face in faces.order_by("-last_seen_at", "-id"):
        person = people.setdefault(face.contact_id, Person(face.contact, [], face.chat))
        person.faces.append(face)
        person.chat = person.chat or face.chat
    return list(people.values())[:PEOPLE]
