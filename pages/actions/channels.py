"""A channel's state: switched by people, held and marked by what Meta answers. Each turn is in its status log."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from agents.actions.positions import require
from agents.models import Agent, Position
from agents.realtime.presence import DEALING
from agents.realtime.publishing import Change, publish_on_commit
from pages.models import Channel, ChannelStatusLog
from pages.routes import tell
from workspaces import bells
from workspaces.audit import record
from workspaces.mail import send_notice
from workspaces.models import Workspace
from workspaces.refusals import Refused
from workspaces.tenancy.search_path import current_schema

logger = logging.getLogger(__name__)

Connection = Channel.Connection
Status = ChannelStatusLog.Status


def switch_channel(channel: Channel, on: bool, *, by: Agent, workspace: Workspace, note: str = "") -> None:
    """Off, nothing leaves through it and its queue waits; what customers write still comes in."""
    require(by, "channels.manage")
    with transaction.atomic():
        channel = locked(channel)
        if channel.is_active == on:
            return
        channel.is_active = on
        channel.save(update_fields=["is_active", "updated_at"])
        log(channel, Status.ON if on else Status.OFF, by=by, note=note)
        record(
            "channel.switched",
            f"Switched {channel.name} {'on' if on else 'off'}" + (f" ({note})" if note else ""),
            by=by.user,
            workspace=workspace,
            channel=str(channel.pk),
        )
        resume_on_commit(channel)


def choose_answerers(channel: Channel, positions: Iterable[Position], *, by: Agent, workspace: Workspace) -> None:
    """Who is dealt its chats: those who hold one of these positions; none named: everybody."""
    require(by, "channels.manage")
    with transaction.atomic():
        channel = locked(channel)
        wanted = sorted(positions, key=lambda position: position.name)
        if set(channel.positions.all()) == set(wanted):
            return
        channel.positions.set(wanted)
        named = ", ".join(position.name for position in wanted) or "everybody"
        words = f"{channel.name} is answered by {named}"
        record("channel.answerers", words, by=by.user, workspace=workspace, channel=str(channel.pk))
        bells.ring_on_commit(DEALING, current_schema())


def mark_needs_reconnect(channel: Channel, problem: str, *, by_mail: bool = True) -> None:
    """Meta no longer lets us in: the queue is held, and who may connect channels is told, once."""
    with transaction.atomic():
        channel = locked(channel)
        if channel.connection_status == Connection.DISCONNECTED:
            return
        was, channel.connection_status = channel.connection_status, Connection.NEEDS_RECONNECT
        channel.connection_problem = problem
        channel.save(update_fields=["connection_status", "connection_problem", "updated_at"])
        if was == Connection.NEEDS_RECONNECT:
            return
        log(channel, Status.NEEDS_RECONNECT, note=problem)
        if by_mail:
            tell_admins("pages/email/reconnect", channel, {"problem": problem})
    logger.warning("channel %s needs reconnecting", channel.pk)


def mark_connected(channel: Channel, note: str = "") -> None:
    """A check found that it works again."""
    with transaction.atomic():
        channel = locked(channel)
        if channel.connection_status != Connection.NEEDS_RECONNECT:
            return
        channel.connection_status, channel.connection_problem = Connection.CONNECTED, ""
        channel.save(update_fields=["connection_status", "connection_problem", "updated_at"])
        log(channel, Status.CONNECTED, note=note)
        resume_on_commit(channel)


def hold_channel(channel: Channel, until: datetime, reason: str) -> None:
    """Meta asked for a pause: nothing leaves before, and a shorter pause does not end a longer one."""
    with transaction.atomic():
        channel = locked(channel)
        if channel.held_until and channel.held_until >= until:
            return
        channel.held_until = until
        channel.save(update_fields=["held_until", "updated_at"])
        tell_screens(channel)
    logger.warning("channel %s held until %s: %s", channel.pk, until.isoformat(), reason)


def remember(channel: Channel, forget: tuple[str, ...] = (), **facts: Any) -> Channel:
    """Facts about it for its metadata, beside what others note there."""
    with transaction.atomic():
        channel = locked(channel)
        channel.metadata = {name: fact for name, fact in channel.metadata.items() if name not in forget} | facts
        channel.save(update_fields=["metadata", "updated_at"])
    return channel


def resume_on_commit(channel: Channel) -> None:
    if channel.works:
        transaction.on_commit(lambda: tell("channel.working", channel))


def locked(channel: Channel) -> Channel:
    found = Channel.objects.select_for_update().filter(pk=channel.pk).first()
    if found is None:
        raise Refused("This channel is no longer there.")
    return found


def log(channel: Channel, status: str, *, by: Agent | None = None, note: str = "") -> None:
    ChannelStatusLog.objects.create(channel=channel, changed_by=by, changed_to=status, note=note)
    tell_screens(channel)


def tell_screens(channel: Channel) -> None:
    """One word for all its chats: what may be sent in them has changed."""
    publish_on_commit([Change("channel", {"channel": str(channel.pk)}, everyone=True)])


def tell_admins(template: str, channel: Channel, context: dict[str, Any]) -> None:
    """By mail: everybody here who may do something about it."""
    workspace = Workspace.objects.get(schema_name=connection.schema_name)  # type: ignore[attr-defined]
    people = Agent.objects.active().with_person().select_related("user__preferences")
    details = {"workspace": workspace.name, "url": workspace.url, "channel": channel, **context}
    for agent in people:
        if agent.can("channels.manage"):
            send_notice(template, agent.user, details)
