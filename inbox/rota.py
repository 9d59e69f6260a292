"""Who is in turn, and why: a ring of seats, gone round from whoever had the last turn. It asks no database."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from inbox.models import InboxRules

Strategy = InboxRules.Strategy
# A trace names no more of those who were passed over.
MOST_NAMED = 20


@dataclass(slots=True)
class Seat:
    """An agent as the turn sees them."""

    agent: UUID
    name: str
    position: UUID
    # Why nothing is dealt to them at the moment; nothing: they are on.
    absent: str = ""
    limit: int | None = None
    open_chats: int = 0

    @property
    def why_not(self) -> str:
        if self.absent:
            return self.absent
        if self.limit is not None and self.open_chats >= self.limit:
            return f"has {self.open_chats} of {self.limit} chats"
        return ""


@dataclass(slots=True)
class Pool:
    """Those who share a turn, in the order of the ring."""

    cursor: str
    label: str
    seats: list[Seat]
    last: UUID | None = None
    turns: int = 0
    # What the last is called, if they are no longer among the seats.
    gone: str = ""
    places: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seats.sort(key=lambda seat: seat.agent)
        self.places = [seat.agent for seat in self.seats]

    @property
    def has_room(self) -> bool:
        return any(not seat.why_not for seat in self.seats)

    @property
    def is_deserted(self) -> bool:
        """Nobody is on; somebody who has as many chats as they may is."""
        return all(seat.absent for seat in self.seats)

    def in_turn(self) -> Iterator[Seat]:
        """Once round, beginning behind the last; who has left keeps their place in the order."""
        start = bisect_right(self.places, self.last) if self.last else 0
        yield from self.seats[start:]
        yield from self.seats[:start]

    @property
    def last_name(self) -> str:
        return next((seat.name for seat in self.seats if seat.agent == self.last), self.gone)


@dataclass(frozen=True, slots=True)
class Pick:
    seat: Seat | None
    # What a person is shown who asks “why me?”.
    turn: dict[str, Any]

    @property
    def agent(self) -> UUID | None:
        return self.seat.agent if self.seat else None


def pick(pool: Pool, strategy: str, *, first: Seat | None = None, reason: str = "", but: UUID | None = None) -> Pick:
    """`first`: asked before all others, for that reason. `but`: not asked at all."""
    passed = []
    if first is not None:
        if not (why_not := refusal(first, but)):
            return Pick(taken(first), trace(pool, reason, [], first))
        passed.append((first, why_not))
    after = pool.last_name
    ring = [seat for seat in pool.in_turn() if seat is not first]
    if strategy == Strategy.LEAST_LOADED:
        # Of equals who is next in turn: sorting keeps their order.
        ring.sort(key=lambda seat: seat.open_chats)
    for seat in ring:
        if not (why_not := refusal(seat, but)):
            pool.last, pool.turns = seat.agent, pool.turns + 1
            by = "fewest" if strategy == Strategy.LEAST_LOADED else "turn"
            return Pick(taken(seat), trace(pool, by, passed, seat) | {"after": after, "number": pool.turns})
        passed.append((seat, why_not))
    return Pick(None, trace(pool, "nobody", passed, None))


def refusal(seat: Seat, but: UUID | None) -> str:
    return "has just given it back" if seat.agent == but else seat.why_not


def taken(seat: Seat) -> Seat:
    seat.open_chats += 1
    return seat


def trace(pool: Pool, by: str, passed: Iterable[tuple[Seat, str]], seat: Seat | None) -> dict[str, Any]:
    over = [[str(one.agent), one.name, why] for one, why in passed]
    return {
        "by": by,
        "pool": pool.label,
        "cursor": pool.cursor,
        "size": len(pool.seats),
        "passed": over[:MOST_NAMED],
        "more": max(0, len(over) - MOST_NAMED),
        "open": seat.open_chats if seat else None,
        "limit": seat.limit if seat else None,
    }
