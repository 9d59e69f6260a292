"""What waits at the door: tried again, or forgotten; the bodies themselves are nobody's to read here."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from workspaces import bells
from workspaces.audit import record
from workspaces.models import Delivery, User, Workspace
from workspaces.refusals import Refused

# Who has not connected an account by then does not miss what was said to it.
UNROUTED_LIFETIME = timedelta(days=30)
# An own app that also speaks for accounts nobody connects here: beyond the latest, so that its other words get in.
UNROUTED_OF_OWN_APP = 5_000
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
    return old.delete()[0] + forget_unrouted_of_own_apps()


def forget_unrouted_of_own_apps() -> int:
    unrouted = Delivery.objects.unrouted().of_own_apps()
    crowded = unrouted.order_by().values("workspace_id").annotate(Count("id")).filter(id__count__gt=UNROUTED_OF_OWN_APP)
    forgotten = 0
    for workspace_id in crowded.values_list("workspace_id", flat=True):
        newest_first = unrouted.filter(workspace_id=workspace_id).order_by("-id")
        last_kept = newest_first.values_list("id", flat=True)[UNROUTED_OF_OWN_APP - 1]
        forgotten += newest_first.filter(id__lt=last_kept).delete()[0]
    return forgotten
