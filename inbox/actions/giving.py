"""What the turn has decided is written down: whose the chats are now, whose turn it was, and why. One statement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from agents.models import Agent
from inbox import alerts, live
from inbox.arrivals import Wish
from inbox.models import ChatEvent
from inbox.rota import Pick, Pool
from workspaces.ids import uuid7

GONE = "Who had it is not there at the moment."
# Others wait for their turn meanwhile: as rows of JSON it goes over in one piece.
WRITE = """
WITH given AS (
  SELECT * FROM jsonb_to_recordset(%(given)s::jsonb)
    AS g(chat uuid, agent uuid, event uuid, kind text, by uuid, data jsonb)
), moved AS (
  UPDATE chats SET assigned_to_id = given.agent, updated_at = now() FROM given WHERE chats.id = given.chat
), turned AS (
  INSERT INTO assignment_cursors (name, last_agent_id, turns, updated_at)
    SELECT name, last, turns, now() FROM jsonb_to_recordset(%(turned)s::jsonb) AS t(name text, last uuid, turns bigint)
  ON CONFLICT (name) DO UPDATE SET last_agent_id = EXCLUDED.last_agent_id, turns = EXCLUDED.turns, updated_at = now()
)
INSERT INTO chat_events (id, chat_id, kind, by_id, data, at)
  SELECT event, chat, kind, by, data, %(at)s FROM given
"""

Picks = Sequence[tuple[Wish, Pick]]


def write(picks: Picks, turned: Iterable[Pool] = ()) -> None:
    """Of held chats, those that change hands; `turned`: where the ring has gone on."""
    moved = [(wish, one) for wish, one in picks if wish.chat.assigned_to_id != one.agent]
    if not moved:
        return
    names = names_before(moved)
    values: dict[str, Any] = {
        "given": json.dumps([row_of(wish, one, names) for wish, one in moved], ensure_ascii=False),
        "turned": json.dumps([{"name": pool.cursor, "last": str(pool.last), "turns": pool.turns} for pool in turned]),
        "at": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
    for wish, one in moved:
        before, wish.chat.assigned_to_id = wish.chat.assigned_to_id, one.agent
        live.chat_changed(wish.chat, also=[before])
        live.lost(wish.chat, before, by=wish.by)
        alerts.assigned(wish.chat, one.agent, by=wish.by)
        alerts.lost(wish.chat, before, by=wish.by)


def names_before(moved: Picks) -> dict[UUID, str]:
    had = {wish.chat.assigned_to_id for wish, _ in moved if wish.chat.assigned_to_id}
    return {agent.pk: agent.name for agent in Agent.objects.select_related("user").filter(pk__in=had)} if had else {}


def row_of(wish: Wish, one: Pick, names: Mapping[UUID, str]) -> dict[str, Any]:
    before = wish.chat.assigned_to_id
    data: dict[str, Any] = {
        "to": one.seat.name if one.seat else "",
        "to_id": str(one.agent or ""),
        "from": names.get(before, "") if before else "",
        "from_id": str(before or ""),
        "why": wish.why or (GONE if before and not wish.by else ""),
        "turn": one.turn,
    }
    if wish.but and wish.by:
        # From whom a colleague took it; the next dealing passes them over, too.
        data["but"] = "" if wish.goes else str(wish.but)
    return {
        "chat": str(wish.chat.pk),
        "agent": str(one.agent) if one.agent else None,
        "event": str(uuid7()),
        "kind": ChatEvent.Kind.ASSIGNED if one.seat else ChatEvent.Kind.UNASSIGNED,
        "by": str(wish.by.pk) if wish.by else None,
        "data": data,
    }
