"""Colleagues as rows and menus name them, by id: who they are, without their models."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from django.db import connection
from django.urls import reverse

from agents.models import Agent

# The ORM takes four times as long to put this into words as it takes to answer.
PEOPLE = """
SELECT a.id, a.user_id, u.first_name, u.last_name, u.email, p.avatar, a.role, a.is_active
FROM agents AS a JOIN users AS u ON u.id = a.user_id LEFT JOIN user_profiles AS p ON p.user_id = u.id
WHERE a.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Somebody:
    id: UUID
    name: str
    first_name: str
    initials: str
    # The last digit of the id: a hue of avatar.css.
    hue: str
    picture: str = ""
    takes_chats: bool = True


People = dict[UUID, Somebody]


def people_by(ids: Iterable[UUID]) -> People:
    wanted = list(ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [wanted])
        return {values[0]: somebody(*values) for values in cursor.fetchall()}


def somebody(
    pk: UUID, user: UUID | str, first: str, last: str, email: str, avatar: str | None, role: str, active: bool
) -> Somebody:
    return Somebody(
        id=pk,
        name=f"{first} {last}".strip() or email,
        first_name=first or email,
        initials=f"{first[:1]}{last[:1]}" or email[:1],
        hue=str(user)[-1],
        picture=reverse("avatar", args=[PurePosixPath(avatar).name]) if avatar else "",
        takes_chats=active and role != Agent.Role.VIEWER,
    )
