"""What Meta says of a channel itself."""

from datetime import timedelta

from django.utils import timezone

from pages.actions.channels import hold_channel, remember
from pages.models import Channel
from pages.webhooks.events import ChannelChanged, ChannelTroubled
from pages.webhooks.routes import Heard

# A block without an end is looked at again by then; sending on would only prolong it.
BLOCKED_FOR = timedelta(hours=4)


def hear_trouble(channel: Channel, heard: list[Heard]) -> None:
    for one in heard:
        event = one.event
        assert isinstance(event, ChannelTroubled)
        remember(channel, trouble={"change": event.change, "reason": event.reason, "at": event.at.isoformat()})
        if event.change == "blocked":
            hold_channel(channel, timezone.now() + BLOCKED_FOR, event.reason)


def hear_changes(channel: Channel, heard: list[Heard]) -> None:
    """Of a number; a business account tells of all its numbers in one place."""
    for one in heard:
        event = one.event
        assert isinstance(event, ChannelChanged)
        if not event.phone or event.phone == digits(str(channel.metadata.get("display_phone_number", ""))):
            remember(channel, **event.changes)


def digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
