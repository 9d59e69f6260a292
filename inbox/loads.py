"""How many open chats each agent has."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from agents.models import Agent
from inbox.models import Chat


def open_chats(agents: Iterable[UUID]) -> dict[UUID, int]:
    """All of them in one query; who has none has nought."""
    numbers = dict.fromkeys(agents, 0)
    found = Chat.objects.open().filter(assigned_to__in=list(numbers)).values_list("assigned_to")
    return numbers | dict(found.annotate(number=Count("*")).order_by())


def over_limit(agent: Agent, *, seen_by: Agent) -> str:
    """What whoever has given a chat is told when that was more than they take; else nothing."""
    limit = agent.limit
    if limit is None or (number := open_chats([agent.pk])[agent.pk]) <= limit:
        return ""
    who = "You now have" if agent.pk == seen_by.pk else f"{agent.name} now has"
    if agent.pk == seen_by.pk or seen_by.can("messages.view"):
        return f"{who} {number} of {limit} chats."
    return f"{who} more chats than the limit."
