"""A customer who waits where nobody is on is told so, once for as long as they wait."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid5

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format

from inbox.actions.sending import send_message
from inbox.cases import BusinessHours
from inbox.models import Chat, InboxRules, Message
from inbox.roster import Roster, held_roster, terms_now
from workspaces.refusals import Refused

AT_ONCE = 200
# {opens}, or {opens|in a while} with other words for where no opening is known.
OPENS = re.compile(r"\{opens(?:\|([^{}]*))?\}")
SOON = "soon"
# A weekday alone says when, as far as the week goes.
NEAR_DAYS = 6


def tell_away() -> int:
    """To how many it was said."""
    message = InboxRules.objects.current().away_message
    waiting = Chat.objects.to_deal().filter(Q(away_told_at=None) | Q(away_told_at__lt=F("waiting_since")))
    if not message or not waiting.exists():
        return 0
    # Who is on may have changed by the time that a chat is told: it is no promise, and nobody is kept waiting for it.
    with transaction.atomic():
        roster = held_roster(terms_now())
        alone = list(waiting.filter(left_alone(roster)).values_list("pk", flat=True)) if roster.is_known else []
    text, told = filled(message, BusinessHours()), 0
    for start in range(0, len(alone), AT_ONCE):
        chats = waiting.filter(pk__in=alone[start : start + AT_ONCE]).select_related("channel", "identity__contact")
        told += sum(tell(chat, text) for chat in chats)
    return told


def left_alone(roster: Roster) -> Q:
    """Those for whom nobody is on; who has as many chats as they may is on."""
    on = {seat.position for seat in roster.seats.values() if not seat.absent}
    named = roster.terms.allowed
    manned = [channel for channel, (_, allowed) in named.items() if allowed & on]
    of_channels = ~Q(channel__in=manned) & Q(channel__in=list(named)) if on else ~Q(channel__in=manned)
    return (Q(team=None) & of_channels) | (Q(team__isnull=False) & ~Q(team__in=on))


def tell(chat: Chat, text: str) -> bool:
    """What may not be said counts as said, too: it is not tried again."""
    since = chat.waiting_since
    try:
        send_message(
            chat,
            by=None,
            sender=Message.Sender.SYSTEM,
            client_id=uuid5(chat.pk, f"away {since}"),
            text=text,
            then=marking(chat),
        )
    except Refused:
        still_waiting(chat)
        return False
    return True


def marking(chat: Chat) -> Callable[[], None]:
    def mark() -> None:
        if not still_waiting(chat):
            raise Refused("Somebody has this chat by now.")

    return mark


def still_waiting(chat: Chat) -> bool:
    """And marked as told. The customer's time is Meta's, and may be ahead of ours."""
    told_at = max(timezone.now(), chat.waiting_since) if chat.waiting_since else timezone.now()
    waiting = Chat.objects.to_deal().filter(pk=chat.pk, waiting_since=chat.waiting_since).order_by()
    return bool(waiting.update(away_told_at=told_at))


def filled(message: str, business: BusinessHours) -> str:
    opening = None if not business.hours or business.hold else business.next_opening
    said = moment_of(opening, business) if opening else ""
    return OPENS.sub(lambda place: said or (place[1] or "").strip() or SOON, message)


def moment_of(opening: datetime, business: BusinessHours) -> str:
    there = opening.astimezone(business.zone)
    days = (there.date() - business.now.astimezone(business.zone).date()).days
    return date_format(there, "l H:i" if days <= NEAR_DAYS else "l, j F, H:i")
