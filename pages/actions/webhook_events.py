"""What Meta told a workspace: run through the actions again, and forgotten when it is old."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agents.models import Agent
from pages.models import WebhookEvent
from pages.webhooks.replaying import replay_event
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import NotAllowed, Refused

logger = logging.getLogger(__name__)

FORGOTTEN_AT_ONCE = 5000


@dataclass
class Count:
    events: int = 0
    failed: int = 0


def replay_events(*, since: datetime, until: datetime) -> Count:
    """Of this workspace, in the order in which they came; one that fails is logged and holds up no other."""
    count = Count()
    kept = WebhookEvent.objects.filter(received_at__gte=since, received_at__lt=until)
    for event in kept.order_by("received_at", "id").iterator(chunk_size=500):
        count.events += 1
        count.failed += not replay_quietly(event)
    return count


def replay_quietly(event: WebhookEvent) -> bool:
    try:
        replay_event(event)
    except Exception:
        logger.exception("webhook event %s: failed again", event.pk)
        return False
    return True


def run_event_again(event: WebhookEvent, *, by: Agent, workspace: Workspace) -> None:
    """What is there stays as it is; what is missing is filled in."""
    if not by.can("channels.manage"):
        raise NotAllowed("Your position does not allow this.")
    if not replay_quietly(event):
        raise Refused("It failed again.", hint="The log says why.")
    record("webhook.replayed", f"Ran webhook event {event.pk} again", by=by.user, workspace=workspace)


def forget_old_events() -> int:
    """In bites, so that nobody waits for them. Messages live on without the event that brought them."""
    before, count = timezone.now() - timedelta(days=settings.WEBHOOK_EVENT_DAYS), 0
    while True:
        with transaction.atomic():
            old = WebhookEvent.objects.filter(received_at__lt=before).order_by("received_at")[:FORGOTTEN_AT_ONCE]
            gone = WebhookEvent.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
        bitten = gone[1].get(WebhookEvent._meta.label, 0)
        count += bitten
        if bitten < FORGOTTEN_AT_ONCE:
            return count
