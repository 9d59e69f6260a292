"""What surrounds a list, small tables all, in one query: channels, labels, views, colleagues and their positions."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from agents.models import Agent
from inbox.people import AGENTS, PERSON, People, somebody

FURNITURE = """
SELECT 'channel', id, name, platform, NULL, NULL FROM channels
UNION ALL SELECT 'label', id, name, colour, NULL, NULL FROM labels
UNION ALL SELECT 'view', id, name, sort, is_shared::text, json_build_array(filters, owner_id)::text
  FROM saved_views WHERE is_shared OR owner_id = %(agent)s
UNION ALL SELECT 'agent', a.id, '', '', NULL, {person} FROM {agents}
UNION ALL SELECT 'position', id, name, '', NULL, NULL FROM positions AS p
  WHERE EXISTS(SELECT 1 FROM agents AS a WHERE a.position_id = p.id AND a.is_active AND a.role <> 'VIEWER')
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: a channel's platform, a label's colour, a view's order; `rest`: a view's filters and owner, as JSON."""

    pk: UUID
    name: str
    kind: str
    is_shared: bool = False
    rest: str = ""

    @property
    def filters(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rest)[0]
        return found


# Each is itself alone: the same rows are the same furniture, and what is made of it is made once.
@dataclass(frozen=True, slots=True, eq=False)
class Furniture:
    channels: tuple[Piece, ...]
    labels: tuple[Piece, ...]
    views: tuple[Piece, ...]
    people: People
    # Those that somebody who takes chats holds.
    positions: tuple[Piece, ...] = ()


def furniture_of(agent: Agent) -> Furniture:
    with connection.cursor() as cursor:
        cursor.execute(FURNITURE.format(person=PERSON, agents=AGENTS), {"agent": agent.pk})
        return furnished(tuple(cursor.fetchall()))


@lru_cache(maxsize=256)
def furnished(found: tuple[tuple[Any, ...], ...]) -> Furniture:
    pieces: dict[str, list[Piece]] = {"channel": [], "label": [], "view": [], "position": []}
    people = []
    # A shop has one name on all platforms: those keep their places, too, whatever was written last.
    for what, pk, name, kind, flag, rest in sorted(found, key=lambda row: (row[2].casefold(), row[3], row[1])):
        if what == "agent":
            people.append(somebody(rest))
        else:
            pieces[what].append(Piece(pk, name, kind, flag == "true", rest or ""))
    people.sort(key=lambda person: (person.name.casefold(), person.id))
    channels, labels, views, positions = (tuple(pieces[what]) for what in ("channel", "label", "view", "position"))
    return Furniture(channels, labels, views, {person.id: person for person in people}, positions)
