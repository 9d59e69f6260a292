"""The kinds of failure, and what several of Meta's numbers have in common."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Kind(StrEnum):
    # Passes by itself: try again, with back-off, a few times.
    RETRY = "retry"
    # Too fast: wait, then go on.
    SLOW_DOWN = "slow_down"
    # The token or its permission is gone: the channel stands still until somebody reconnects it.
    RECONNECT = "reconnect"
    # The customer must write first, or another way be taken.
    WINDOW_CLOSED = "window_closed"
    # This customer cannot be reached now.
    RECIPIENT = "recipient"
    # Somebody must change a setting at Meta or here.
    CONFIGURATION = "configuration"
    # This message never goes.
    FINAL = "final"
    # It left, and no answer came: it may have arrived.
    AMBIGUOUS = "ambiguous"
    # Meta has had this very request before: done.
    TAKEN_BEFORE = "taken_before"


Pause = Literal["channel", "recipient"]


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: Kind
    words: str
    retry_after: timedelta | None = None
    pauses: Pause | None = None


def again(words: str, after: timedelta | None = None) -> Meaning:
    return Meaning(Kind.RETRY, words, after)


def slower(words: str, after: timedelta) -> Meaning:
    return Meaning(Kind.SLOW_DOWN, words, after, "channel")


def reconnect(words: str) -> Meaning:
    return Meaning(Kind.RECONNECT, words, pauses="channel")


def window(words: str) -> Meaning:
    return Meaning(Kind.WINDOW_CLOSED, words)


def person(words: str, after: timedelta | None = None) -> Meaning:
    return Meaning(Kind.RECIPIENT, words, after)


def settings_at_meta(words: str, *, stops: bool = False) -> Meaning:
    return Meaning(Kind.CONFIGURATION, words, pauses="channel" if stops else None)


def final(words: str) -> Meaning:
    return Meaning(Kind.FINAL, words)
