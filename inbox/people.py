"""Colleagues as rows and menus name them, by id: who they are, without their models."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.urls import reverse

from agents.models import Agent

FIELDS = ("id", "user_id", "user__first_name", "user__last_name", "user__email", "user__profile__avatar", "role")


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
    wanted = set(ids)
    return as_people(Agent.objects.filter(pk__in=wanted).values(*FIELDS, "is_active")) if wanted else {}


def as_people(agents: Iterable[dict[str, Any]]) -> People:
    return {agent["id"]: somebody(agent) for agent in agents}


def somebody(agent: dict[str, Any]) -> Somebody:
    first, last, email = agent["user__first_name"], agent["user__last_name"], agent["user__email"]
    avatar = agent["user__profile__avatar"]
    return Somebody(
        id=agent["id"],
        name=f"{first} {last}".strip() or email,
        first_name=first or email,
        initials=f"{first[:1]}{last[:1]}" or email[:1],
        hue=str(agent["user_id"])[-1],
        picture=reverse("avatar", args=[PurePosixPath(avatar).name]) if avatar else "",
        takes_chats=agent["is_active"] and agent["role"] != Agent.Role.VIEWER,
    )
