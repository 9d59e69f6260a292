"""Search: people by name, username and phone, and messages by what is said in them, the newest first.

Millions of rows are searched by an index of trigrams. Collecting all that has a common word would take seconds, and so
would walking back from the newest for a rare one. So one walks a little way, which is enough for what is common, and
asks the index for what is not.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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
from agents.slots import slot_of
from inbox.models import Attachment, Chat, ChatLabel, Contact, Identity, Label, Message
from inbox.search_words import READ_RUN, Asked, day_of, may_be_misspelt, misspellings, pattern_of, surroundings
from pages.models import Channel
from workspaces.models import Platform
from workspaces.paging import read_key, write_key

SIZE = 30
PEOPLE = 5
# So many of the newest messages are walked through.
WALK = 10_000
# So many hits are collected and then put in order; where there are more, one walks on.
CAP = 20_000
CAP_OF_PEOPLE = 5_000
# Where no index helps (one or two letters, an emoji) so many of the newest are read.
NEWEST = 20_000
LONGEST_MS = 3_000
LONGEST_ALIKE_MS = 1_000
# Of one agent's; and no search takes so long.
AT_ONCE, LONGEST_SECONDS = 3, 30
# How much of a name's trigrams another has to have.
ALIKE = 0.5
# Of what an operator names: channels, labels, people.
MOST = 500
# Of hits that one goes through within a chat.
IN_CHAT = 300

Sender = Message.Sender
# What `from:` takes besides a name.
SENDERS = {"me": Sender.AGENT, "agent": Sender.AGENT, "customer": Sender.CONTACT}
PLATFORMS = {
    "messenger": Platform.FACEBOOK,
    "facebook": Platform.FACEBOOK,
    "instagram": Platform.INSTAGRAM,
    "whatsapp": Platform.WHATSAPP,
}


class Has(Lookup):
    """One of these patterns is in it: by ILIKE, which an index of trigrams serves as it does not serve icontains. With
    `by_index` false none is asked, however good it looks to the planner."""

    prepare_rhs = False

    def __init__(self, name: str, *patterns: str, by_index: bool = True) -> None:
        super().__init__(F(name), [f"%{pattern}%" for pattern in patterns])
        self.by_index = by_index

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        left = left if self.by_index else f"({left} || '')"
        if len(self.rhs) == 1:
            return f"{left} ILIKE %s", [*params, self.rhs[0]]
        return f"{left} ILIKE ANY(%s)", [*params, self.rhs]


class TooMuch(Exception):
    """Not done in the time that one search may take."""


class TooMany(Exception):
    """This agent's searches before it are not done yet."""


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
        timely = _timely(Message.objects.filter(deleted_at=None), asked)
        key = read_key(after)
        if key:
            timely = timely.filter(Q(sent_at__lte=key[0]) & (Q(sent_at__lt=key[0]) | Q(id__lt=key[1])))
        wide = _narrowed(timely, asked, agent)
        if asked.is_short:
            return _page(_among_newest(wide, "sent_at", ["text"], asked.words, SIZE + 1), only_newest=True)
        since = timely.order_by("-sent_at", "-id").values_list("sent_at", flat=True)[WALK : WALK + 1].first()
        if ids := _newest(wide, asked, since):
            return _page(ids)
        if key or not any(map(may_be_misspelt, asked.words)):
            return Found()
        return _page(_alike_to(wide, asked, since=since) or _nearly(wide, asked, since), alike=True)


def find_in_chat(asked: Asked, chat: Chat, agent: Agent, *, alike: bool = False) -> list[UUID]:
    """Which of its messages were found, as they are read; one more than IN_CHAT, if there are others before them."""
    if not asked.words:
        return []
    with limited():
        timely = _timely(Message.objects.filter(chat=chat, deleted_at=None), asked)
        wide = _narrowed(timely, asked, agent)
        if asked.is_short:
            ids = _among_newest(wide, "sent_at", ["text"], asked.words, IN_CHAT + 1)
        elif alike:
            ids = _alike_to(wide, asked, IN_CHAT + 1) or _nearly(wide, asked, None, IN_CHAT + 1)
        else:
            ids = _first(_having(wide, asked.words), "sent_at", IN_CHAT + 1, CAP)
    return ids[::-1]


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


@contextmanager
def in_turn(agent: Agent) -> Iterator[None]:
    """Some at once of one agent's: whoever types on has some that nobody reads any more."""
    with slot_of(agent, "search", most=AT_ONCE, seconds=LONGEST_SECONDS) as is_free:
        if not is_free:
            raise TooMany
        yield


def is_timeout(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "57014"


def _newest(
    messages: QuerySet[Message],
    asked: Asked,
    since: datetime | None,
    size: int = SIZE + 1,
    misspelt: Collection[str] = (),
) -> list[UUID]:
    """The ids of the newest that have the words. Those since then are walked through first."""
    if since:
        walked = _having(messages.filter(sent_at__gte=since), asked.words, misspelt, by_index=False)
        ids = list(walked.order_by("-sent_at", "-id").values_list("id", flat=True)[:size])
        if len(ids) == size:
            return ids
    # One person's messages are few, and found by their chats.
    by_index = all(who.lower() in SENDERS for who in asked.values("from"))
    return _first(_having(messages, asked.words, misspelt, by_index=by_index), "sent_at", size, CAP)


def _having(
    messages: QuerySet[Message], words: list[str], misspelt: Collection[str] = (), *, by_index: bool = True
) -> QuerySet[Message]:
    # That it is not empty is the index's own condition.
    messages = messages.exclude(text="") if words else messages
    for word in words:
        if word in misspelt:
            # Each pattern is a look-up of its own: a few wide ones, and the many narrow ones for what those find.
            messages = messages.filter(Has("text", pattern_of(word), *surroundings(word), by_index=by_index))
            messages = messages.filter(Has("text", pattern_of(word), *misspellings(word), by_index=False))
        else:
            messages = messages.filter(Has("text", pattern_of(word), by_index=by_index))
    return messages


def _alike_to(
    messages: QuerySet[Message], asked: Asked, size: int = SIZE + 1, *, since: datetime | None = None
) -> list[UUID]:
    """Words one slip away. Similarity of trigrams finds too much in millions of messages, and takes seconds."""
    words = asked.words
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_ALIKE_MS}")
            misspelt = [word for word in words if len(words) == 1 or _is_nowhere(messages, asked, word, since)]
            return _newest(messages, asked, since, size, misspelt) if misspelt else []
    except OperationalError as error:
        if is_timeout(error):
            return []
        raise


def _nearly(messages: QuerySet[Message], asked: Asked, since: datetime | None, size: int = SIZE + 1) -> list[UUID]:
    """Slips in words so short that what is left of them is everywhere: read, not looked up, so the newest alone."""
    near = (messages.filter(sent_at__gte=since) if since else messages).exclude(text="")
    for word in asked.words:
        near = near.filter(Has("text", pattern_of(word), *misspellings(word, run=READ_RUN), by_index=False))
    return list(near.order_by("-sent_at", "-id").values_list("id", flat=True)[:size])


def _is_nowhere(messages: QuerySet[Message], asked: Asked, word: str, since: datetime | None) -> bool:
    """A word that somebody uses is no slip."""
    return may_be_misspelt(word) and not _newest(messages, replace(asked, words=[word]), since, 1)


def _alike(name: str, word: str) -> Has | TrigramWordSimilar:
    return TrigramWordSimilar(F(name), Value(word)) if may_be_misspelt(word) else Has(name, pattern_of(word))


def _first(rows: QuerySet[Any], by: str, size: int, cap: int) -> list[UUID]:
    """The ids of the newest of these."""
    try:
        sql, params = rows.order_by().values("id", by).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found AS MATERIALIZED ({sql} LIMIT {cap})"  # noqa: S608
            f" SELECT id, (SELECT count(*) FROM found) FROM found ORDER BY {by} DESC, id DESC LIMIT {size}",
            params,
        )
        found = cursor.fetchall()
    if found and found[0][1] == cap:
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
    return messages


def _timely(messages: QuerySet[Message], asked: Asked) -> QuerySet[Message]:
    for day in asked.values("before"):
        messages = messages.filter(sent_at__lt=_start_of(day))
    for day in asked.values("after"):
        messages = messages.filter(sent_at__gte=_start_of(day))
    return messages


def _start_of(day: str) -> datetime:
    """Where the agent is."""
    return timezone.make_aware(datetime.combine(day_of(day) or timezone.localdate(), time.min)).astimezone(UTC)


def _written_by(who: str, agent: Agent) -> Q:
    if who.lower() in SENDERS:
        return Q(author=agent) if who.lower() == "me" else Q(sender=SENDERS[who.lower()])
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
    by_us = faces.filter(contact__in=contacts)
    return [pk for found in (own, by_us) for pk in _first(found, "last_seen_at", most, CAP_OF_PEOPLE)]


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
