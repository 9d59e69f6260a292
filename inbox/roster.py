"""Who is at work, with how many chats, as whoever deals reads it: held, so that nobody goes off meanwhile."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from agents.models import Agent
from agents.realtime.presence import who_is_known_here
from inbox.loads import open_chats
from inbox.models import AssignmentCursor, Chat
from inbox.rota import Pool, Seat, Strategy
from workspaces.hours import WeeklyHours
from workspaces.tenancy.search_path import current_schema

# Its row is also what everybody holds who deals: the limits of agents go across the cursors.
EVERYBODY = "everybody"
HOLD = "SELECT last_agent_id, turns FROM assignment_cursors WHERE name = %s FOR UPDATE"
# Shared: a switch that is being turned is waited for, and one that is about to be turned waits.
ROSTER = """
SELECT a.id, COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.email) AS name, a.position_id,
  p.name AS position, a.can_receive_new_chats, a.availability, a.is_idle, p.hours::text AS hours,
  COALESCE(a.max_open_chats, p.max_open_chats) AS most
FROM agents AS a JOIN users AS u ON u.id = a.user_id JOIN positions AS p ON p.id = a.position_id
WHERE a.is_active AND a.role <> 'VIEWER' ORDER BY a.id FOR SHARE OF a
"""
TERMS = """
SELECT (SELECT strategy FROM inbox_rules), p.timezone, p.business_hours::text,
  ARRAY(SELECT h.date FROM holidays AS h WHERE h.date BETWEEN current_date - 2 AND current_date + 2),
  (SELECT json_agg(json_build_array(a.channel_id, c.name, a.position_id))::text
   FROM channel_positions AS a JOIN channels AS c ON c.id = a.channel_id)
FROM workspaces AS w LEFT JOIN workspace_profiles AS p ON p.workspace_id = w.id WHERE w.schema_name = %s
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the workspace has settled."""

    strategy: str
    zone: ZoneInfo
    business_hours: dict[str, list[list[str]]]
    # Of these days.
    holidays: list[date]
    # By channel its name and the positions whose turn it may be; a channel that is not named is everybody's.
    allowed: dict[UUID, tuple[str, set[UUID]]]

    @property
    def by_hand(self) -> bool:
        return self.strategy == Strategy.BY_HAND


def terms_now() -> Terms:
    with connection.cursor() as cursor:
        cursor.execute(TERMS, [current_schema()])
        strategy, zone, hours, holidays, named = cursor.fetchone()
    allowed: dict[UUID, tuple[str, set[UUID]]] = {}
    for channel, name, position in json.loads(named or "[]"):
        allowed.setdefault(UUID(channel), (name, set()))[1].add(UUID(position))
    return Terms(
        strategy or Strategy.ROUND_ROBIN, ZoneInfo(zone or "UTC"), json.loads(hours or "{}"), holidays, allowed
    )


@dataclass(slots=True)
class Roster:
    terms: Terms
    seats: dict[UUID, Seat]
    positions: dict[UUID, str]
    # Whose the last turn was, and which it was.
    cursors: dict[str, tuple[UUID | None, int]]
    # Whether it is known who has a page open; if not, nobody counts as on, and no customer is told that nobody is.
    is_known: bool = True
    pools: dict[str, Pool] = field(default_factory=dict)

    def pool_of(self, chat: Chat) -> Pool:
        if chat.team_id:
            return self._pool(f"position:{chat.team_id}", {chat.team_id}, self.positions.get(chat.team_id, ""))
        if found := self.terms.allowed.get(chat.channel_id):
            return self._pool(f"channel:{chat.channel_id}", found[1], found[0])
        return self._pool(EVERYBODY, None, "everybody")

    def _pool(self, cursor: str, positions: Collection[UUID] | None, label: str) -> Pool:
        if cursor not in self.pools:
            seats = [seat for seat in self.seats.values() if positions is None or seat.position in positions]
            if cursor not in self.cursors:
                kept = AssignmentCursor.objects.filter(name=cursor).values_list("last_agent", "turns")
                self.cursors[cursor] = kept.first() or (None, 0)
            pool = self.pools[cursor] = Pool(cursor, label, seats, *self.cursors[cursor])
            if pool.last and not pool.last_name:
                left = Agent.objects.with_person().filter(pk=pool.last).first()
                pool.gone = left.name if left else ""
        return self.pools[cursor]

    def release(self, chat: Chat) -> None:
        """A chat that is to be dealt anew takes nobody's room."""
        if chat.assigned_to_id in self.seats:
            self.seats[chat.assigned_to_id].open_chats -= 1

    @property
    def turned(self) -> list[Pool]:
        return [pool for pool in self.pools.values() if pool.turns != self.cursors[pool.cursor][1]]


def held_roster(terms: Terms) -> Roster:
    """Inside a transaction, whose end lets the next one deal. Whoever holds it waits for no chat."""
    # Asked before anybody has to wait for us: who comes meanwhile rings.
    here = who_is_known_here(current_schema())
    last = hold_turn()
    with connection.cursor() as cursor:
        cursor.execute(ROSTER)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    absences = why_absent(rows, terms, here or set())
    seats = {
        row["id"]: Seat(row["id"], row["name"], row["position_id"], absences[row["id"]], row["most"]) for row in rows
    }
    if terms.strategy == Strategy.LEAST_LOADED or any(seat.limit is not None for seat in seats.values()):
        for agent, number in open_chats(seats).items():
            seats[agent].open_chats = number
    return Roster(
        terms, seats, {row["position_id"]: row["position"] for row in rows}, {EVERYBODY: last}, here is not None
    )


def hold_turn() -> tuple[UUID | None, int]:
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [EVERYBODY])
        if not cursor.rowcount:
            AssignmentCursor.objects.bulk_create([AssignmentCursor(name=EVERYBODY)], ignore_conflicts=True)
            cursor.execute(HOLD, [EVERYBODY])
        last, turns = cursor.fetchone()
        return last, turns


def why_absent(rows: Iterable[dict[str, Any]], terms: Terms, here: Collection[UUID]) -> dict[UUID, str]:
    """Nothing: they are on."""
    off_duty = positions_off_duty(rows, terms)
    absences = {}
    for row in rows:
        reasons = {
            "is dealt no new chats": not row["can_receive_new_chats"],
            "is off": row["availability"] == Agent.Availability.OFF,
            "is away": row["availability"] == Agent.Availability.AWAY,
            "has no page open": row["id"] not in here,
            "has not been seen for a while": row["is_idle"],
            "is not at work at this hour": row["position_id"] in off_duty,
        }
        absences[row["id"]] = next((reason for reason, holds in reasons.items() if holds), "")
    return absences


def positions_off_duty(rows: Iterable[dict[str, Any]], terms: Terms) -> set[UUID]:
    """A position without hours of its own keeps the business hours."""
    now = timezone.now()
    kept = {row["position_id"]: json.loads(row["hours"]) or terms.business_hours for row in rows}
    return {
        position for position, hours in kept.items() if not WeeklyHours.of(hours).hold(now, terms.zone, terms.holidays)
    }
