"""Until when a chat may sleep, in the choices that people are offered: by their own clock."""

from datetime import datetime, time, timedelta

from django.utils.formats import time_format
from django.utils.timezone import localtime

MORNING = time(9)
# Until the customer writes.
REPLY = "reply"
CHOICES = {
    "hour": "For an hour",
    "hours": "For 3 hours",
    "tomorrow": "Until tomorrow, {morning}",
    "monday": "Until Monday, {morning}",
    REPLY: "Until the customer writes",
}


def in_words() -> dict[str, str]:
    """The choices, with the clock as who reads them has it."""
    return {choice: at_morning(words) for choice, words in CHOICES.items()}


def at_morning(words: str) -> str:
    return words.format(morning=time_format(MORNING, "TIME_FORMAT"))


def until(choice: str, now: datetime) -> datetime | None:
    """A choice that is not offered is a KeyError."""
    here = localtime(now)
    return {
        "hour": now + timedelta(hours=1),
        "hours": now + timedelta(hours=3),
        "tomorrow": morning_of(here + timedelta(days=1)),
        "monday": morning_of(here + timedelta(days=7 - here.weekday())),
        REPLY: None,
    }[choice]


def morning_of(day: datetime) -> datetime:
    return datetime.combine(day.date(), MORNING, tzinfo=day.tzinfo)
