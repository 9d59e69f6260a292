"""Positions: the three every workspace has, and those it makes itself."""

from collections.abc import Iterable

from django.db import transaction

from agents.models import Agent, Position
from agents.permissions import SYSTEM_POSITIONS
from agents.realtime.ending import end_streams_of_agents
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import NotAllowed, Refused


def create_system_positions(workspace: Workspace) -> None:
    for slug, (name, description, codes) in SYSTEM_POSITIONS.items():
        Position.objects.get_or_create(
            slug=slug,
            defaults={"name": name, "description": description, "permissions": codes, "is_system": True},
        )


@transaction.atomic
def save_position(position: Position, *, by: Agent, workspace: Workspace) -> None:
    """Nobody gives what they do not have themselves."""
    require(by, "positions.manage")
    before = Position.objects.select_for_update().filter(pk=position.pk).first()
    if before and before.is_system:
        raise Refused(f"{before.name} comes with every workspace and stays as it is. Make a position of your own.")
    beyond = (set(position.permissions) ^ set(before.permissions if before else [])) - by.codes
    if beyond:
        raise NotAllowed(f"You do not have these permissions yourself: {', '.join(sorted(beyond))}.")
    position.permissions = sorted(set(position.permissions))
    position.save()
    if before and before.permissions != position.permissions:
        end_streams_of_agents(*position.agents.all())
    record(
        "position.changed" if before else "position.created",
        f"{'Changed' if before else 'Created'} the position {position.name}",
        by=by.user,
        workspace=workspace,
        permissions=position.permissions,
    )


@transaction.atomic
def delete_position(position: Position, *, by: Agent, workspace: Workspace) -> None:
    require(by, "positions.manage")
    if position.is_system:
        raise Refused(f"{position.name} comes with every workspace and cannot be deleted.")
    if holders := position.agents.count():
        raise Refused(f"{holders} people hold {position.name}: give them another position first.")
    position.delete()
    record("position.deleted", f"Deleted the position {position.name}", by=by.user, workspace=workspace)


def require_reach(by: Agent, codes: Iterable[str], *, field: str | None = None) -> None:
    """Nobody hands out what they do not have themselves, nor takes it from who has more."""
    if beyond := set(codes) - by.codes:
        raise NotAllowed(f"You do not have these permissions yourself: {', '.join(sorted(beyond))}.", field=field)


def require(agent: Agent, code: str) -> None:
    if not agent.can(code):
        raise NotAllowed(f"Your position does not allow this ({code}).")
