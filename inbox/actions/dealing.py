"""Chats get somebody: in turn, one after the other, with the reason written down.

Whoever deals holds the turn (AssignmentCursor) and the agents' rows until the end of the transaction. Chats are held
before, or only those that nobody else holds: who has the turn waits for no chat.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.models import Agent
from agents.realtime.presence import DEALING, who_is_here
from inbox.actions.away import tell_away
from inbox.actions.giving import write
from inbox.actions.routing import follow_rules
from inbox.actions.waiting import tell_supervisors
from inbox.arrivals import Wish, look_again, take_arrivals
from inbox.models import Chat, ChatEvent, InboxRules
from inbox.roster import Roster, held_roster, terms_now
from inbox.rota import Pick, Strategy, pick
from workspaces import bells
from workspaces.tenancy.search_path import current_schema

logger = logging.getLogger(__name__)

# In one transaction: what comes in meanwhile waits for its end.
AT_ONCE = 200
Kind = ChatEvent.Kind


def deal_arrived() -> None:
    """What has come in this transaction, at its end: a message is not kept out by who is to answer it."""
    for schema, arrivals in take_arrivals().items():
        with schema_context(schema):
            try:
                with transaction.atomic():
                    left = deal(follow_rules(arrivals))
                    if left and InboxRules.objects.current().away_message:
                        look_again()
            except Exception:
                logger.exception("%s: new chats wait for the next dealing", schema)
                bells.ring_on_commit(DEALING, schema)


def deal_due() -> int:
    """Whatever should have somebody else, or somebody at all; how many have somebody now."""
    deal_again_of_gone()
    dealt = deal_waiting()
    tell_supervisors()
    return dealt


def deal_again_of_gone() -> None:
    after = InboxRules.objects.current().reassign_after
    if after is not None:
        since = timezone.now() - timedelta(minutes=after)
        having = Exists(Chat.objects.open().filter(assigned_to=OuterRef("pk")))
        for agent in Agent.objects.select_related("user").filter(having, off_since__lte=since):
            deal_again(agent, why=f"{agent.name} is off.", gone_since=since)


def deal_again(agent: Agent, *, by: Agent | None = None, why: str, gone_since: datetime | None = None) -> int:
    """All open chats of somebody who is to have none; for whom nobody is found, they wait for anybody.

    `gone_since`: only for as long as they have not come back.
    """
    number, last = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            theirs = Chat.objects.open().filter(assigned_to=agent, pk__gt=last).order_by("pk")
            chats = list(theirs.select_for_update(of=("self",))[:AT_ONCE])
            if gone_since and not Agent.objects.filter(pk=agent.pk, off_since__lte=gone_since).exists():
                return number
            deal([Wish(chat, but=agent.pk, goes=True, by=by, why=why) for chat in sorted(chats, key=by_waiting)])
        number += len(chats)
        if len(chats) < AT_ONCE:
            return number
        last = chats[-1].pk


def by_waiting(chat: Chat) -> tuple[bool, float, UUID]:
    """The longest first; who does not wait, last."""
    since = chat.waiting_since
    return since is None, since.timestamp() if since else 0.0, chat.pk


def deal_waiting() -> int:
    """Who waits, the longest first, for as long as somebody has room; how many have somebody now."""
    dealt, after = 0, None
    while True:
        number, after = deal_some(after)
        dealt += number
        if after is None:
            tell_away()
            return dealt


def deal_some(after: tuple[datetime, UUID] | None) -> tuple[int, tuple[datetime, UUID] | None]:
    """As many as go in one transaction, and behind whom to go on."""
    terms = terms_now()
    with transaction.atomic():
        roster = held_roster(terms)
        waiting = Chat.objects.to_deal().filter(with_room(roster))
        if terms.by_hand:
            waiting = waiting.exclude(team=None)
        if after:
            waiting = waiting.filter(Q(waiting_since__gt=after[0]) | Q(waiting_since=after[0], id__gt=after[1]))
        chats = list(waiting.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        backs = given_back(chats)
        picks = choose([Wish(chat, but=backs.get(chat.pk)) for chat in chats], roster)
        write(picks, roster.turned)
    dealt = sum(one.seat is not None for _, one in picks)
    last = chats[-1] if len(chats) == AT_ONCE else None
    return dealt, (last.waiting_since, last.pk) if last and last.waiting_since else None


def with_room(roster: Roster) -> Q:
    """Of the chats that wait, those for whom somebody has room."""
    free = {seat.position for seat in roster.seats.values() if not seat.why_not}
    closed = [channel for channel, (_, allowed) in roster.terms.allowed.items() if not allowed & free]
    in_general = Q(team=None) & ~Q(channel__in=closed) if free else Q(pk__in=[])
    return Q(team__in=free) | in_general


def given_back(chats: Iterable[Chat]) -> dict[UUID, UUID]:
    """Nobody is dealt again what they have put back last, unless they did so because they went (no name in `but`)."""
    last = ChatEvent.objects.filter(chat__in=list(chats), kind=Kind.UNASSIGNED).order_by("chat", "-at", "-id")
    rows = last.distinct("chat").values_list("chat", "by", "data__but")
    return {chat: UUID(but) if but else by for chat, by, but in rows if by and but != ""}


def deal(wishes: Sequence[Wish]) -> list[Chat]:
    """Those that have nobody now. The chats are held."""
    chats = [wish.chat for wish in wishes]
    # At night nobody need be waited for to find that out; who comes rings.
    if not any(chat.assigned_to_id for chat in chats) and not who_is_here(current_schema()):
        return chats
    terms = terms_now()
    if terms.by_hand:
        put_back_of_gone([wish for wish in wishes if not wish.is_told])
        wishes = [wish for wish in wishes if wish.is_told]
    if wishes:
        roster = held_roster(terms)
        picks = choose(wishes, roster)
        write(picks, roster.turned)
    return [chat for chat in chats if not chat.assigned_to_id]


def put_back_of_gone(wishes: Sequence[Wish]) -> None:
    """Where nobody is dealt anything, who returns finds whom they had, unless that one has left or gives it back."""
    owned = {wish.own for wish in wishes if wish.own}
    gone = owned - set(Agent.objects.active().filter(pk__in=owned).values_list("pk", flat=True)) if owned else owned
    write([(wish, Pick(None, {})) for wish in wishes if wish.but or wish.own in gone])


def choose(wishes: Sequence[Wish], roster: Roster) -> list[tuple[Wish, Pick]]:
    for wish in wishes:
        roster.release(wish.chat)
    remembers = roster.terms.strategy == Strategy.LAST_AGENT
    last = last_agents([wish.chat for wish in wishes]) if remembers else {}
    return [(wish, choice(wish, roster, last.get(wish.chat.pk))) for wish in wishes]


def choice(wish: Wish, roster: Roster, last: UUID | None) -> Pick:
    asked = ((wish.agent, "rule"), (wish.own, "own"), (last, "last"))
    first, reason = next(((roster.seats[pk], why) for pk, why in asked if pk in roster.seats), (None, ""))
    found = pick(roster.pool_of(wish.chat), roster.terms.strategy, first=first, reason=reason, but=wish.but)
    return Pick(found.seat, found.turn | {"rule": wish.rule}) if wish.rule else found


def last_agents(chats: Iterable[Chat]) -> dict[UUID, UUID]:
    """Who was last given a chat with the same person, on whatever channel."""
    people = dict(Chat.objects.filter(pk__in=[chat.pk for chat in chats]).values_list("pk", "identity__contact"))
    given = ChatEvent.objects.filter(kind=Kind.ASSIGNED, chat__identity__contact__in=set(people.values()))
    newest = given.order_by("chat__identity__contact", "-at", "-id").distinct("chat__identity__contact")
    by_person = dict(newest.values_list("chat__identity__contact", "data__to_id"))
    return {chat: UUID(by_person[person]) for chat, person in people.items() if by_person.get(person)}
