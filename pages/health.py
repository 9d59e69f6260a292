"""How a channel is, in a word, and what somebody should do about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from pages.models import Channel
from workspaces.models import Platform

SOON = timedelta(days=14)
QUALITIES = {"GREEN": "High", "YELLOW": "Medium", "RED": "Low"}


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


def health_of(channel: Channel) -> Health:
    return replace(state_of(channel), quality=quality_of(channel), ends=dies_at(channel))


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
    ends = dies_at(channel)
    if ends and ends - timezone.now() < SOON and not renews_itself(channel):
        return Health("warning", "Token ends soon", "Reconnect it before its token ends, so that nothing stops.")
    return Health("success", "Connected")


def dies_at(channel: Channel) -> datetime | None:
    """Whatever comes first: the end of the token, or of the access to data."""
    if channel.connection_status == Channel.Connection.DISCONNECTED:
        return None
    data_access = parse_datetime(str(channel.metadata.get("data_access_expires_at") or ""))
    return min((end for end in (channel.token_expires_at, data_access) if end), default=None)


def renews_itself(channel: Channel) -> bool:
    """Instagram's own tokens are refreshed by the clock."""
    return speaks_with_instagram(channel)


def speaks_with_instagram(channel: Channel) -> bool:
    return channel.platform == Platform.INSTAGRAM and not channel.metadata.get("page_id")


def quality_of(channel: Channel) -> str:
    return QUALITIES.get(str(channel.metadata.get("quality", "")), "")
