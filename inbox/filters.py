"""What a list can be narrowed to: one vocabulary for the URL, the form and saved views."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from inbox.lists import unread_for
from inbox.models import Chat, Identity, Mention
from inbox.rows import SHORT
from inbox.search import Has
from inbox.search_words import pattern_of

# A state that is asked for: whichever.
ANY = "ANY"


def narrowed(chats: QuerySet[Chat], filters: Mapping[str, Any], agent: UUID) -> QuerySet[Chat]:
    """`filters`: cleaned by inbox.forms.filters.FilterForm; what is empty narrows nothing. The state is the box's."""
    if assignee := filters.get("assignee"):
        chats = chats.filter(assigned_to={"me": agent, "nobody": None}.get(assignee, assignee))
    for name in ("channel", "platform"):
        if value := filters.get(name):
            chats = chats.filter(**{name: value})
    if label := filters.get("label"):
        chats = chats.filter(chat_labels__label=label)
    if priority := filters.get("priority"):
        chats = chats.filter(priority__gte=priority)
    if filters.get("waiting"):
        chats = chats.exclude(waiting_since=None)
    if filters.get("unread"):
        chats = chats.filter(incoming_count__gt=0).alias(new=unread_for(agent)).filter(new__gt=0)
    if filters.get("mentions"):
        chats = chats.filter(pk__in=Mention.objects.filter(agent=agent).values("chat"))
    if filters.get("closing"):
        # The database's own time: the words of a view are kept (inbox/counts.py).
        chats = chats.filter(window_expires_at__gt=Now(), window_expires_at__lt=Now() + SHORT)
    return named(chats, filters["q"]) if filters.get("q") else chats


def named(chats: QuerySet[Chat], words: str) -> QuerySet[Chat]:
    pattern, digits = pattern_of(words), "".join(filter(str.isdigit, words))
    wanted = Q(Has("name", pattern)) | Q(Has("username", pattern))
    people = Identity.objects.filter(wanted | Q(Has("phone", digits)) if len(digits) > 2 else wanted)
    return chats.filter(identity__in=people.values("pk"))
