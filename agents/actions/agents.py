"""A workspace's people: they come with their membership and follow it; their switches say who turned them, and why."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents.actions.positions import require, require_reach
from agents.actions.push import forget_subscriptions
from agents.models import Agent, AgentStatusLog, Position
from agents.realtime.ending import end_streams_of_agents
from agents.realtime.presence import DEALING
from agents.realtime.publishing import Change, publish_on_commit
from workspaces import bells
from workspaces.audit import record, spoken
from workspaces.models import Membership, Role, User, Workspace
from workspaces.refusals import Refused
from workspaces.tenancy.search_path import current_schema

ROLES = {
    Role.OWNER: Agent.Role.ADMIN,
    Role.ADMIN: Agent.Role.ADMIN,
    Role.MEMBER: Agent.Role.AGENT,
    Role.VIEWER: Agent.Role.VIEWER,
}


# Beside the turns that the role made, so that the next role can take them back.
AS_VIEWER = "Viewers receive no new chats"
NO_LONGER_VIEWER = "No longer a viewer"


def add_agent(membership: Membership, *, position: str) -> Agent:
    held = Position.objects.filter(slug=position).first() or Position.objects.get(slug=Position.AGENT)
    role = ROLES[Role(membership.role)]
    agent, _ = Agent.objects.update_or_create(
        user=membership.user,
        defaults={"role": role, "position": held, "is_active": True},
        create_defaults={
            "role": role,
            "position": held,
            "can_receive_new_chats": role == Agent.Role.AGENT,
        },
    )
    if (since := _gone_since(agent)) != agent.off_since:
        agent.off_since = since
        agent.save(update_fields=["off_since", "updated_at"])
    return agent


def follow_membership(
    membership: Membership, *, by: User | None = None, works: bool | None = None, note: str = ""
) -> None:
    """A role decides what an agent is, a suspension or its end whether they work here.

    A viewer receives no chats; who was one gets back the switch that this took, and not one turned off by hand.
    """
    agent = (
        Agent.objects.select_for_update(of=("self",), no_key=True).select_related("position").get(user=membership.user)
    )
    was, agent.role = agent.role, ROLES[Role(membership.role)]
    # The position that came with being an admin goes with it; another one stays.
    if was == Agent.Role.ADMIN and agent.role != Agent.Role.ADMIN and agent.position.slug == Position.ADMINISTRATOR:
        agent.position = Position.objects.get(slug=Position.AGENT)
    agent.off_since = _gone_since(agent)
    agent.save(update_fields=["role", "position", "off_since", "updated_at"])
    actor = Agent.objects.filter(user=by).first() if by else None
    if by and actor is None:
        note = f"{note} (by Switchboard's operators)".strip()
    if works is not None:
        _turn(agent, AgentStatusLog.Switch.IS_ACTIVE, works, by=actor, note=note)
    if agent.role == Agent.Role.VIEWER:
        _turn(agent, AgentStatusLog.Switch.RECEIVES, False, by=actor, note=note or AS_VIEWER)
    elif was == Agent.Role.VIEWER and _lost_as_viewer(agent):
        _turn(agent, AgentStatusLog.Switch.RECEIVES, True, by=actor, note=NO_LONGER_VIEWER)
    end_streams_of_agents(agent)


def _lost_as_viewer(agent: Agent) -> bool:
    """Or never had: who joined as a viewer begins as an agent who joins does."""
    last = agent.status_logs.filter(switch=AgentStatusLog.Switch.RECEIVES).first()
    return last.note == AS_VIEWER if last else agent.role == Agent.Role.AGENT


@transaction.atomic
def set_active(agent: Agent, on: bool, *, by: Agent, note: str = "", workspace: Workspace) -> None:
    """Whether they work here at all; off, they can do nothing."""
    require(by, "team.manage")
    agent = _locked(agent)
    if agent.pk == by.pk:
        raise Refused("You cannot switch yourself off; ask a colleague.")
    require_reach(by, agent.reach)
    if on and not _is_member(agent, workspace):
        raise Refused(f"{agent.name}'s membership is suspended: reactivate it under Members.")
    if not on and workspace.owner_id == agent.user_id:
        raise Refused(f"{agent.name} owns the workspace and stays active.")
    if _turn(agent, AgentStatusLog.Switch.IS_ACTIVE, on, by=by, note=note):
        end_streams_of_agents(agent)
        _record_turn(agent, f"Switched “works here” {'on' if on else 'off'}", by=by, note=note, workspace=workspace)


@transaction.atomic
def set_receiving(agent: Agent, on: bool, *, by: Agent, note: str = "", workspace: Workspace) -> None:
    """Whether new chats are dealt to them at all: the team's setting; what changes by the hour is availability."""
    require(by, "team.manage")
    agent = _locked(agent)
    if not agent.is_active:
        raise Refused(f"{agent.name} does not work here at the moment.")
    if agent.role == Agent.Role.VIEWER and on:
        raise Refused("A viewer only reads and receives no chats.")
    if _turn(agent, AgentStatusLog.Switch.RECEIVES, on, by=by, note=note):
        _record_turn(
            agent, f"Switched “receives new chats” {'on' if on else 'off'}", by=by, note=note, workspace=workspace
        )


@transaction.atomic
def set_availability(agent: Agent, availability: str, *, by: Agent, note: str = "", workspace: Workspace) -> bool:
    """Online, away or off, as they say themselves or a supervisor for them. False: it was so before."""
    if agent.pk != by.pk:
        require(by, "team.manage")
    agent = _locked(agent)
    if not agent.is_active:
        raise Refused(f"{agent.name} does not work here at the moment.")
    if agent.role == Agent.Role.VIEWER:
        raise Refused("A viewer only reads and receives no chats.")
    if agent.availability == availability and not agent.is_idle:
        return False
    agent.availability, agent.is_idle = availability, False
    keep_turn(agent, AgentStatusLog.Switch.AVAILABILITY, availability, by=by, note=note)
    words = f"Went {Agent.Availability(availability).label.lower()}{'' if agent.pk == by.pk else ','}"
    _record_turn(agent, words, by=by, note=note, workspace=workspace)
    return True


@transaction.atomic
def set_idle(agent: Agent, idle: bool, *, note: str) -> bool:
    """The clock finds no sign of life, or there is one again; what they have chosen themselves stays."""
    agent = _locked(agent)
    if agent.is_idle == idle or agent.availability != Agent.Availability.ONLINE:
        return False
    agent.is_idle = idle
    turned = AgentStatusLog.Turn.AWAY if idle else AgentStatusLog.Turn.ONLINE
    keep_turn(agent, AgentStatusLog.Switch.AVAILABILITY, turned, by=None, note=note)
    return True


@transaction.atomic
def set_position(agent: Agent, position: Position, *, by: Agent, workspace: Workspace) -> None:
    """Nobody hands out what they do not have themselves, nor changes who has more."""
    require(by, "members.manage")
    agent = _locked(agent)
    if agent.pk == by.pk:
        raise Refused("You cannot change your own position; ask a colleague.")
    require_reach(by, agent.reach.union(position.permissions))
    if agent.position_id == position.pk:
        return
    before, agent.position = agent.position, position
    agent.save(update_fields=["position", "updated_at"])
    end_streams_of_agents(agent)
    # Other hours, another limit, other channels.
    bells.ring_on_commit(DEALING, current_schema())
    record(
        "agent.position",
        f"Made {agent.name} {position.name}, before {before.name}",
        by=by.user,
        workspace=workspace,
        agent=str(agent.pk),
    )


@transaction.atomic
def change_agent(agent: Agent, *, by: Agent, workspace: Workspace, **values: Any) -> None:
    """Employee number, phone, country, limit of open chats, states."""
    require(by, "team.manage")
    agent = _locked(agent)
    changed = sorted(name for name, value in values.items() if getattr(agent, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(agent, name, values[name])
    agent.save(update_fields=[*changed, "updated_at"])
    if "max_open_chats" in changed:
        bells.ring_on_commit(DEALING, current_schema())
    record(
        "agent.changed",
        f"Changed {agent.name}: {spoken(changed)}",
        by=by.user,
        workspace=workspace,
        agent=str(agent.pk),
        fields=changed,
    )


def _locked(agent: Agent) -> Agent:
    # Whoever deals a chat points at agents, and is not to wait for who waits for the dealing.
    return Agent.objects.select_for_update(of=("self",), no_key=True).with_person().get(pk=agent.pk)


def _is_member(agent: Agent, workspace: Workspace) -> bool:
    return workspace.memberships.active().filter(user=agent.user_id).exists()


def _turn(agent: Agent, switch: str, on: bool, *, by: Agent | None, note: str) -> bool:
    if getattr(agent, switch) == on:
        return False
    setattr(agent, switch, on)
    turned = AgentStatusLog.Turn.ON if on else AgentStatusLog.Turn.OFF
    keep_turn(agent, switch, turned, by=by, note=note)
    if switch == AgentStatusLog.Switch.IS_ACTIVE and not on:
        forget_subscriptions(agent)
    return True


def _gone_since(agent: Agent) -> datetime | None:
    """Gone is who went off, and who answers nobody here any more; going twice is going once."""
    gone = not agent.answers or agent.availability == Agent.Availability.OFF
    return (agent.off_since or timezone.now()) if gone else None


def keep_turn(agent: Agent, switch: str, turned: str, *, by: Agent | None, note: str) -> None:
    """Of a held agent whose switch is turned: kept, written down, and whoever waits is dealt anew."""
    agent.off_since = _gone_since(agent)
    fields = ["is_active", "can_receive_new_chats", "availability", "is_idle", "off_since", "updated_at"]
    agent.save(update_fields=fields)
    AgentStatusLog.objects.create(agent=agent, switch=switch, changed_to=turned, changed_by=by, note=note)
    bells.ring_on_commit(DEALING, current_schema())
    publish_on_commit([Change("availability", {"agent": str(agent.pk)}, everyone=True)])


def _record_turn(agent: Agent, words: str, *, by: Agent, note: str, workspace: Workspace) -> None:
    record(
        "agent.status",
        words + ("" if agent.pk == by.pk else f" for {agent.name}") + (f" ({note})" if note else ""),
        by=by.user,
        workspace=workspace,
        agent=str(agent.pk),
    )
