"""What surrounds a list, small tables all, in one query: channels, labels, views, colleagues."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from agents.models import Agent
from inbox.people import People, as_people

FURNITURE = """
SELECT 'channel', id, name, platform, NULL, NULL FROM channels
UNION ALL SELECT 'label', id, name, colour, NULL, NULL FROM labels
UNION ALL SELECT 'view', id, name, sort, is_shared::text, json_build_array(filters, owner_id)::text
  FROM saved_views WHERE is_shared OR owner_id = %(agent)s
UNION ALL SELECT 'agent', a.id, u.email, a.role, a.is_active::text,
  json_build_array(u.id, u.first_name, u.last_name, p.avatar)::text
  FROM agents AS a JOIN users AS u ON u.id = a.user_id LEFT JOIN user_profiles AS p ON p.user_id = u.id
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: a channel's platform, a label's colour, a view's order."""

    pk: UUID
    name: str
    kind: str
    is_shared: bool = False
    filters: dict[str, Any] = field(default_factory=dict)
    owner: str = ""


@dataclass(slots=True)
class Furniture:
    channels: list[Piece] = field(default_factory=list)
    labels: list[Piece] = field(default_factory=list)
    views: list[Piece] = field(default_factory=list)
    people: People = field(default_factory=dict)


def furniture_of(agent: Agent) -> Furniture:
    with connection.cursor() as cursor:
        cursor.execute(FURNITURE, {"agent": agent.pk})
        found = sorted(cursor.fetchall(), key=lambda row: row[2].casefold())
    pieces: dict[str, list[Piece]] = {"channel": [], "label": [], "view": []}
    agents = []
    for what, pk, name, kind, flag, rest in found:
        if what == "agent":
            agents.append(agent_values(pk, name, kind, flag, json.loads(rest)))
        else:
            filters, owner = json.loads(rest) if rest else ({}, "")
            pieces[what].append(Piece(pk, name, kind, flag == "true", filters, owner))
    people = sorted(as_people(agents).items(), key=lambda item: item[1].name.casefold())
    return Furniture(pieces["channel"], pieces["label"], pieces["view"], dict(people))


def agent_values(pk: UUID, email: str, role: str, active: str, person: list[Any]) -> dict[str, Any]:
    user, first, last, avatar = person
    return {
        "id": pk,
        "user_id": user,
        "user__first_name": first,
        "user__last_name": last,
        "user__email": email,
        "user__profile__avatar": avatar,
        "role": role,
        "is_active": active == "true",
    }
