"""Until when a chat may sleep, in the choices that people are offered: by their own clock."""

from datetime import datetime, time, timedelta

from django.utils.timezone import localtime

MORNING = time(9)
# Until the customer writes.
REPLY = "reply"
CHOICES = {
    "hour": "For an hour",
    "hours": "For 3 hours",
    "tomorrow": "Until tomorrow, 9:00",
    "monday": "Until Monday, 9:00",
    REPLY: "Until the customer writes",
}


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
