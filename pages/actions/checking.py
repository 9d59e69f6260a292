"""Keeping channels alive: asked how they are, their tokens renewed, their people told before one ends."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_tenants.utils import schema_context

from pages.actions.channels import locked, mark_connected, mark_needs_reconnect, remember, tell_admins
from pages.finding import facts_of, missing_of
from pages.graph.calls import acting_as
from pages.graph.errors import GraphError, Kind
from pages.graph.line import line_of
from pages.graph.oauth import refresh_instagram_token
from pages.graph.subscriptions import repair
from pages.health import dies_at, speaks_with_instagram
from pages.models import Channel
from workspaces.models import ChannelRoute, Platform, Workspace

logger = logging.getLogger(__name__)

REFRESH_WITHIN = timedelta(days=15)
# Meta refuses to renew a younger one.
YOUNGEST = timedelta(hours=24)
# Days before the end, the shortest first.
WARNINGS = (1, 3, 14)


def check_channel(channel: Channel, workspace: Workspace) -> str:
    """What is wrong with it, in words; nothing when it works. Webhook fields that got lost are asked for again."""
    if channel.connection_status == Channel.Connection.DISCONNECTED:
        return f"{channel.name} is disconnected: connect it again."
    line = line_of(channel, workspace)
    try:
        facts = facts_of(channel, line)
        if missing := missing_of(channel, facts):
            raise GraphError(f"Missing: {'; '.join(missing)}. Reconnect it and allow it.", kind=Kind.RECONNECT)
        facts["subscribed_fields"] = list(repair(line))
    except GraphError as error:
        note_check(channel)
        if error.kind == Kind.RECONNECT:
            mark_needs_reconnect(channel, error.meaning)
        return error.meaning
    note_check(channel, facts)
    mark_connected(channel, note="A check found that it works again.")
    return ""


def check_channel_again(schema: str, pk: str) -> None:
    """By the clock; one that was disconnected or erased meanwhile is left alone."""
    channel = Channel.objects.filter(pk=pk).exclude(connection_status=Channel.Connection.DISCONNECTED).first()
    if channel:
        with acting_as("check_channel"):
            check_channel(channel, workspace_of(schema))


def schemas_with_channels() -> list[str]:
    routes = ChannelRoute.objects.filter(workspace__status=Workspace.Status.ACTIVE)
    return list(routes.order_by().values_list("workspace__schema_name", flat=True).distinct())


def all_channels() -> Iterator[tuple[str, str]]:
    for schema in schemas_with_channels():
        with schema_context(schema):
            channels = Channel.objects.exclude(connection_status=Channel.Connection.DISCONNECTED)
            known = [str(pk) for pk in channels.values_list("pk", flat=True)]
        for pk in known:
            yield schema, pk


def workspace_of(schema: str) -> Workspace:
    return Workspace.objects.get(schema_name=schema)


def note_check(channel: Channel, facts: dict[str, Any] | None = None) -> None:
    """What Meta calls it now, until when it lets us in, how customers take it."""
    facts = dict(facts or {})
    with transaction.atomic():
        channel = locked(channel)
        channel.checked_at = timezone.now()
        for name in ("name", "username"):
            if value := facts.pop(name, ""):
                setattr(channel, name, value)
        if "token_expires_at" in facts:
            channel.token_expires_at = facts.pop("token_expires_at")
        channel.metadata |= facts
        channel.save()


def refresh_instagram_tokens(workspace: Workspace) -> None:
    """Before they end, whether used or not: after the end only a new log-in helps."""
    for channel in due_for_refresh(timezone.now()):
        refresh_token_of(channel, workspace)


def due_for_refresh(now: datetime) -> list[Channel]:
    channels = Channel.objects.filter(platform=Platform.INSTAGRAM).exclude(
        connection_status=Channel.Connection.DISCONNECTED
    )
    return [
        channel
        for channel in channels
        if speaks_with_instagram(channel)
        and issued_at(channel) <= now - YOUNGEST
        # An end that nobody knows may be near.
        and (channel.token_expires_at is None or now < channel.token_expires_at < now + REFRESH_WITHIN)
    ]


def issued_at(channel: Channel) -> datetime:
    return parse_datetime(str(channel.metadata.get("token_issued_at") or "")) or channel.connected_at


def refresh_token_of(channel: Channel, workspace: Workspace) -> None:
    try:
        renewed = refresh_instagram_token(line_of(channel, workspace))
    except GraphError as error:
        logger.warning("channel %s: token not renewed: %s", channel.pk, error)
        if error.kind == Kind.RECONNECT:
            mark_needs_reconnect(channel, error.meaning)
        return
    with transaction.atomic():
        now = locked(channel)
        # Somebody has reconnected it meanwhile: theirs is newer.
        if now.access_token != channel.access_token:
            return
        now.access_token, now.token_expires_at = renewed.value, renewed.expires_at
        now.metadata |= {"token_issued_at": timezone.now().isoformat()}
        now.save(update_fields=["access_token", "token_expires_at", "metadata", "updated_at"])


def warn_of_dying_tokens() -> None:
    now = timezone.now()
    for channel in Channel.objects.connected():
        ends = dies_at(channel)
        if ends and now < ends:
            warn_of_end(channel, ends, ends - now)


def warn_of_end(channel: Channel, ends: datetime, left: timedelta) -> None:
    """Once for each step: 14 days, 3 days and 1 day before. Another end begins anew."""
    step = next((days for days in WARNINGS if left <= timedelta(days=days)), None)
    if step is None:
        return
    with transaction.atomic():
        channel = locked(channel)
        warned = channel.metadata.get("warned") or {}
        if warned.get("ends") == ends.isoformat() and warned.get("days", step + 1) <= step:
            return
        remember(channel, warned={"ends": ends.isoformat(), "days": step})
        what = "The token" if ends == channel.token_expires_at else "The access to data"
        days = "a day" if step == 1 else f"{step} days"
        tell_admins("pages/email/token_dying", channel, {"ends": ends, "days": days, "what": what})
