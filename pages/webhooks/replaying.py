"""What was kept, parsed and run through the actions again: what is there stays, what is missing is filled in."""

from django.db import transaction
from django.utils import timezone

from pages.models import WebhookEvent
from pages.webhooks.moving import channels_of
from pages.webhooks.parsers import parse
from pages.webhooks.routes import Heard, handle, heard_in


@transaction.atomic
def replay_event(event: WebhookEvent) -> None:
    """A shape or an account that was unknown when it came may be known by now."""
    if not event.payload:
        # Its words were taken back.
        return
    parts = parse(event.payload)
    channels = channels_of(parts)
    early: list[Heard] = []
    for part in parts:
        event.channel = channels.one(part) or event.channel
        event.kind, event.about, event.is_known = part.kind, part.about, part.is_known
        for channel in channels.of(part):
            early += handle(channel, heard_in(part, event.pk))
    event.about = early[0].about if early else event.about
    event.processed_at = None if early else timezone.now()
    event.save(update_fields=["channel", "kind", "about", "is_known", "processed_at"])
