"""A day's turns: who was dealt how many chats and by which way, and who was passed over, for what.

One query over the day's assignments, as their traces tell it, whoever is in the team by now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from agents.models import Agent
from inbox.loads import open_chats

# What a trace says of who was passed over (inbox/roster.py, inbox/rota.py), and the column it counts in.
REASONS = {
    "is off": "off",
    "is away": "away",
    "has not been seen for a while": "away",
    "has no page open": "not here",
    "is not at work at this hour": "off duty",
    "is dealt no new chats": "no new chats",
    "has just given it back": "gave it back",
}
FULL = "full"
COLUMNS = ("off", "away", "not here", FULL, "off duty", "no new chats", "gave it back")
GIVEN = """
WITH given AS MATERIALIZED (
  SELECT data->>'to_id' AS agent, by_id, data->'turn' AS turn FROM chat_events
  WHERE kind = 'ASSIGNED' AND at >= %(start)s AND at < %(end)s
)
SELECT 'got' AS what, agent, CASE WHEN turn->>'by' IN ('turn', 'fewest') THEN 'turn'
    WHEN turn->>'by' IN ('own', 'last', 'rule') THEN 'otherwise'
    WHEN by_id::text = agent THEN 'taken' ELSE 'given' END AS kind, count(*)
  FROM given WHERE agent <> '' GROUP BY 2, 3
UNION ALL
SELECT 'passed', passed->>0, CASE WHEN passed->>2 ~ '^has [0-9]+ of [0-9]+ chats$' THEN 'full' ELSE passed->>2 END,
    count(*)
  FROM given, jsonb_array_elements(CASE WHEN jsonb_typeof(turn->'passed') = 'array' THEN turn->'passed' END) AS passed
  GROUP BY 2, 3
UNION ALL
SELECT 'unnamed', '', '', count(*) FROM given WHERE turn->'more' > '0'
"""


@dataclass(slots=True)
class Share:
    agent: Agent
    turn: int = 0
    otherwise: int = 0
    taken: int = 0
    given: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    open_chats: int = 0

    @property
    def by_hand(self) -> int:
        return self.taken + self.given

    @property
    def passed_over(self) -> list[tuple[str, int]]:
        """By column; nothing is no number."""
        return [(column, self.passed.get(column, 0)) for column in COLUMNS]

    @property
    def passed_in_all(self) -> int:
        return sum(self.passed.values())

    @property
    def is_nothing(self) -> bool:
        return not (self.turn or self.otherwise or self.by_hand or self.passed)


@dataclass(frozen=True, slots=True)
class Fairness:
    day: date
    shares: list[Share]
    # In so many dealings more were passed over than a trace names.
    unnamed: int = 0

    @property
    def in_turn(self) -> list[Share]:
        return [share for share in self.shares if share.turn]

    @property
    def most(self) -> Share | None:
        return max(self.in_turn, key=lambda share: share.turn, default=None)

    @property
    def fewest(self) -> Share | None:
        return min(self.in_turn, key=lambda share: share.turn, default=None)

    @property
    def spread(self) -> int:
        return self.most.turn - self.fewest.turn if self.most and self.fewest else 0

    @property
    def dealt(self) -> int:
        return sum(share.turn for share in self.shares)

    @property
    def is_empty(self) -> bool:
        return all(share.is_nothing for share in self.shares)


def fairness_of(day: date, zone: ZoneInfo) -> Fairness:
    start = datetime.combine(day, time.min, zone)
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, {"start": start, "end": datetime.combine(day + timedelta(days=1), time.min, zone)})
        counted = cursor.fetchall()
    agents = {str(agent.pk): agent for agent in Agent.objects.with_person()}
    shares = {pk: Share(agent) for pk, agent in agents.items()}
    unnamed = 0
    for what, pk, kind, number in counted:
        if what == "unnamed":
            unnamed = number
        elif pk in shares and what == "got":
            setattr(shares[pk], kind, number)
        elif pk in shares:
            column = FULL if kind == FULL else REASONS.get(kind, "gave it back")
            shares[pk].passed[column] = shares[pk].passed.get(column, 0) + number
    shown = [share for share in shares.values() if share.agent.answers or not share.is_nothing]
    put_open_chats(shown)
    return Fairness(day, sorted(shown, key=lambda one: (-one.turn, one.agent.name.casefold())), unnamed)


def put_open_chats(shares: Iterable[Share]) -> None:
    by_agent: dict[UUID, Share] = {share.agent.pk: share for share in shares}
    for pk, number in open_chats(by_agent).items():
        by_agent[pk].open_chats = number


def as_rows(found: Fairness) -> Iterator[list[object]]:
    """For a file."""
    passed = [f"Passed over: {column}" for column in COLUMNS]
    yield ["Day", "Name", "In turn", "Otherwise", "Taken", "Given by hand", *passed, "Open now", "Open at most"]
    for share in found.shares:
        limit = share.agent.limit
        yield [
            found.day.isoformat(),
            share.agent.name,
            share.turn,
            share.otherwise,
            share.taken,
            share.given,
            *(number for _, number in share.passed_over),
            share.open_chats,
            "" if limit is None else limit,
        ]
