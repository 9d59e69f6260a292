"""How a channel is, in a word, and what somebody should do about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from pages.models import Channel
from workspaces.models import Platform

SOON = timedelta(days=14)
QUALITIES = {"GREEN": "High", "YELLOW": "Medium", "RED": "Low"}
# How many customers may be written to first.
LIMITS = {"50": "50", "250": "250", "1K": "1,000", "2K": "2,000", "10K": "10,000", "100K": "100,000"}


@dataclass(frozen=True, slots=True)
class Health:
    # Of a badge: success, warning, danger or nothing.
    tone: str
    word: str
    # What to do; empty when all is well.
    advice: str = ""
    quality: str = ""
    # Until when Meta lets us in, as far as it says.
    ends: datetime | None = None
    renews: bool = False
    limit: str = ""


def health_of(channel: Channel) -> Health:
    return replace(
        state_of(channel),
        quality=quality_of(channel),
        ends=dies_at(channel),
        renews=renews_itself(channel),
        limit=limit_of(channel),
    )


def state_of(channel: Channel) -> Health:
    if channel.connection_status == Channel.Connection.DISCONNECTED:
        return Health("", "Disconnected", "Connect it again to receive and send messages.")
    if channel.connection_status == Channel.Connection.NEEDS_RECONNECT:
        return Health("danger", "Needs reconnecting", channel.connection_problem)
    if not channel.is_active:
        return Health("", "Switched off", "Messages come in; nothing is sent until somebody switches it on.")
    if channel.held_until and channel.held_until > timezone.now():
        return Health("warning", "Paused by Meta", "Meta asked for a pause; it goes on by itself.")
    if quality_of(channel) == "Low":
        return Health(
            "warning", "Low quality", "Customers block or report this number: write less, and more to the point."
        )
    if ends_soon(channel):
        return Health("warning", "Token ends soon", "Reconnect it before its token ends, so that nothing stops.")
    return Health("success", "Connected")


def dies_at(channel: Channel) -> datetime | None:
    """Whatever comes first: the end of the token, or of the access to data."""
    if channel.connection_status == Channel.Connection.DISCONNECTED:
        return None
    data_access = parse_datetime(str(channel.metadata.get("data_access_expires_at") or ""))
    return min((end for end in (channel.token_expires_at, data_access) if end), default=None)


def ends_soon(channel: Channel) -> bool:
    ends = dies_at(channel)
    return ends is not None and ends - timezone.now() < SOON and not renews_itself(channel)


def renews_itself(channel: Channel) -> bool:
    """Instagram's own tokens are refreshed by the clock."""
    return speaks_with_instagram(channel)


def speaks_with_instagram(channel: Channel) -> bool:
    return channel.platform == Platform.INSTAGRAM and not channel.metadata.get("page_id")


def quality_of(channel: Channel) -> str:
    return QUALITIES.get(str(channel.metadata.get("quality", "")), "")


def limit_of(channel: Channel) -> str:
    """Empty where Meta names none, or one that we do not know."""
    tier = str(channel.metadata.get("messaging_tier", "")).removeprefix("TIER_")
    if tier == "UNLIMITED":
        return "None"
    return f"{LIMITS[tier]} new conversations in 24 hours" if tier in LIMITS else ""
