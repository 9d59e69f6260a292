"""What the clock does for Meta's side: forgets the calls of long ago."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from pages.models import GraphCall

# A table that was full for long is emptied in steps, none of which holds the others up.
BATCH = 10_000


def forget_graph_calls() -> int:
    """Of the workspace at hand; how many."""
    forgotten = 0
    while done := forget_batch():
        forgotten += done
    return forgotten


def forget_batch() -> int:
    old = GraphCall.objects.filter(created_at__lt=timezone.now() - timedelta(days=settings.GRAPH_CALL_DAYS))
    oldest = old.order_by("created_at").values_list("pk", flat=True)[:BATCH]
    return GraphCall.objects.filter(pk__in=list(oldest)).delete()[0]
