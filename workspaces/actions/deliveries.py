"""What waits at the door: tried again, or forgotten; the bodies themselves are nobody's to read here."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from workspaces import bells
from workspaces.audit import record
from workspaces.models import Delivery, User, Workspace
from workspaces.refusals import Refused

# Who has not connected an account by then does not miss what was said to it.
UNROUTED_LIFETIME = timedelta(days=30)
DIGESTION = "pages.tasks.digest_deliveries"
AFRESH: dict[str, Any] = {"state": Delivery.State.WAITING, "attempts": 0, "not_before": None, "error": ""}


@transaction.atomic
def retry_delivery(delivery: Delivery, *, by: User | None) -> None:
    """It waits again as if it had just come."""
    if not Delivery.objects.filter(pk=delivery.pk).update(**AFRESH):
        raise Refused("It has been dealt with meanwhile.")
    record("webhook.retried", f"Tried delivery {delivery.pk} again", by=by)
    bells.ring_on_commit(DIGESTION)


@transaction.atomic
def forget_delivery(delivery: Delivery, *, by: User) -> None:
    if delivery.state == Delivery.State.WAITING:
        raise Refused("It is still being tried.", hint="Only what is parked or unrouted can be forgotten.")
    gone, _ = Delivery.objects.filter(pk=delivery.pk, state=delivery.state).delete()
    if not gone:
        raise Refused("It has been dealt with meanwhile.")
    record("webhook.forgotten", f"Forgot delivery {delivery.pk}, received {delivery.received_at:%Y-%m-%d}", by=by)


@transaction.atomic
def retry_parked(*, since: datetime, until: datetime, workspace: Workspace | None = None) -> int:
    """Those that failed too often; how many there were. What the platform's app signed belongs to no workspace yet."""
    parked = Delivery.objects.parked().filter(received_at__gte=since, received_at__lt=until)
    if workspace:
        parked = parked.of_workspace(workspace)
    count = parked.update(**AFRESH)
    if count:
        bells.ring_on_commit(DIGESTION)
    return count


def forget_unrouted() -> int:
    """For accounts that nobody connected."""
    old = Delivery.objects.unrouted().filter(received_at__lt=timezone.now() - UNROUTED_LIFETIME)
    return old.delete()[0]
