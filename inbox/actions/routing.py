"""What the rules make of a chat that begins: labels, priority, an answer, and among whom somebody is found for it."""

from collections.abc import Iterable

from inbox.arrivals import Arrival, Wish


def follow_rules(arrivals: Iterable[Arrival]) -> list[Wish]:
    return [Wish(arrival.chat, own=arrival.chat.assigned_to_id) for arrival in arrivals]
