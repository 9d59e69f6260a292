"""Positions: the three every workspace has, and those it makes itself."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from agents.models import Agent, Position
from agents.permissions import SYSTEM_POSITIONS
from agents.realtime.ending import end_streams_of_agents
from agents.realtime.presence import DEALING
from workspaces import bells
from workspaces.audit import record
from workspaces.hours import WeeklyHours
from workspaces.models import Workspace
from workspaces.refusals import NotAllowed, Refused
from workspaces.tenancy.search_path import current_schema

# Of the positions that come with every workspace.
FIXED = ("name", "slug", "description", "permissions", "is_system")


def create_system_positions(workspace: Workspace) -> None:
    for slug, (name, description, codes) in SYSTEM_POSITIONS.items():
        Position.objects.get_or_create(
            slug=slug,
            defaults={"name": name, "description": description, "permissions": codes, "is_system": True},
        )


@transaction.atomic
def save_position(position: Position, *, by: Agent, workspace: Workspace) -> None:
    """Nobody gives what they do not have themselves. Hours and limit are each workspace's own, of every position."""
    require(by, "positions.manage")
    before = Position.objects.select_for_update().filter(pk=position.pk).first()
    if before and before.is_system and any(getattr(before, name) != getattr(position, name) for name in FIXED):
        raise Refused(f"{before.name} comes with every workspace and stays as it is. Make a position of your own.")
    beyond = (set(position.permissions) ^ set(before.permissions if before else [])) - by.codes
    if beyond:
        raise NotAllowed(f"You do not have these permissions yourself: {', '.join(sorted(beyond))}.")
    position.permissions = sorted(set(position.permissions))
    position.save()
    if before and before.permissions != position.permissions:
        end_streams_of_agents(*position.agents.all())
    # Who holds it may be in turn now, or have room.
    bells.ring_on_commit(DEALING, current_schema())
    record(
        "position.changed" if before else "position.created",
        f"{'Changed' if before else 'Created'} the position {position.name}",
        by=by.user,
        workspace=workspace,
        permissions=position.permissions,
        **turned(position, before),
    )


def turned(position: Position, before: Position | None) -> dict[str, Any]:
    """Hours and limit, where they are said or have changed."""
    details: dict[str, Any] = {}
    if position.hours != (before.hours if before else {}):
        details["hours"] = [f"{day}: {text}" for day, text in WeeklyHours.of(position.hours).lines()]
    if position.max_open_chats != (before.max_open_chats if before else None):
        details["max_open_chats"] = "none" if position.max_open_chats is None else position.max_open_chats
    return details


@transaction.atomic
def delete_position(position: Position, *, by: Agent, workspace: Workspace) -> None:
    require(by, "positions.manage")
    if position.is_system:
        raise Refused(f"{position.name} comes with every workspace and cannot be deleted.")
    require_unheld(position)
    position.delete()
    record("position.deleted", f"Deleted the position {position.name}", by=by.user, workspace=workspace)


def require_unheld(position: Position) -> None:
    if holders := position.agents.count():
        hold = "1 person holds" if holders == 1 else f"{holders} people hold"
        raise Refused(f"{hold} {position.name}.", hint=f"Give {'them' if holders > 1 else 'this one'} another first.")


def require_reach(by: Agent, codes: Iterable[str], *, field: str | None = None) -> None:
    """Nobody hands out what they do not have themselves, nor takes it from who has more."""
    if beyond := set(codes) - by.codes:
        raise NotAllowed(f"You do not have these permissions yourself: {', '.join(sorted(beyond))}.", field=field)


def require(agent: Agent, code: str) -> None:
    if not agent.can(code):
        raise NotAllowed(f"Your position does not allow this ({code}).")
