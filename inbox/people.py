"""Colleagues as rows and menus name them: who they are, without their models."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from uuid import UUID

from django.urls import reverse

from agents.models import Agent

# What `somebody` reads, of an agent in SQL.
PERSON = "json_build_array(a.id, a.user_id, u.first_name, u.last_name, u.email, p.avatar, a.role, a.is_active)::text"
AGENTS = "agents AS a JOIN users AS u ON u.id = a.user_id LEFT JOIN user_profiles AS p ON p.user_id = u.id"


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


@lru_cache(maxsize=4096)
def somebody(said: str) -> Somebody:
    pk, user, first, last, email, avatar, role, active = json.loads(said)
    return Somebody(
        id=UUID(pk),
        name=f"{first} {last}".strip() or email,
        first_name=first or email,
        initials=f"{first[:1]}{last[:1]}" or email[:1],
        hue=user[-1],
        picture=reverse("avatar", args=[PurePosixPath(avatar).name]) if avatar else "",
        takes_chats=active and role != Agent.Role.VIEWER,
    )
