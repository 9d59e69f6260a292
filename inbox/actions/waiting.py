"""Supervisors are told of customers who have waited for too long, once of each."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from agents.models import Agent
from inbox import alerts, live
from inbox.models import Chat, InboxRules

AT_ONCE = 1000


def tell_supervisors() -> int:
    """Of how many more chats."""
    after = InboxRules.objects.current().tell_after
    if after is None:
        return 0
    late = Chat.objects.to_deal().filter(waiting_since__lte=timezone.now() - timedelta(minutes=after))
    untold = late.filter(Q(wait_told_at=None) | Q(wait_told_at__lt=F("waiting_since")))
    with transaction.atomic():
        more = 0
        # Whoever holds one does something to it, and need not be waited for.
        while found := list(untold.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE]):
            told_at = Greatest(timezone.now(), F("waiting_since"))
            more += Chat.objects.filter(pk__in=found).update(wait_told_at=told_at)
        if more and (supervisors := [agent for agent in agents() if agent.can("team.manage")]):
            count = late.count()
            live.customers_wait(count, after, supervisors)
            alerts.customers_wait(count, after, supervisors)
    return more


def agents() -> list[Agent]:
    return list(Agent.objects.active().select_related("position"))
