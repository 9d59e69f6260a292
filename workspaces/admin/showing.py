"""How both sites show what they show."""

import json
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin import display as plain
from django.db.models import Exists, OuterRef
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.timesince import timesince, timeuntil
from unfold.decorators import display

from workspaces.models import Invitation, User

GOOD, FAIR, BAD, PLAIN = "success", "warning", "danger", "info"
NOTHING = "–"  # noqa: RUF001
# Characters of a payload: Meta's largest would fill a browser.
MOST_SHOWN = 100_000


def person_header(user: User) -> list[str]:
    """For unfold's `@display(header=True)`: name, address, initials."""
    initials = "".join(word[0] for word in (user.first_name, user.last_name) if word) or user.email[0]
    return [user.name, user.email, initials]


class Person:
    """Columns of a page whose rows are about a person."""

    def subject(self, row: Any) -> User | None:
        user: User | None = row.user
        return user

    @display(description="Person", header=True, ordering="user__first_name")
    def who(self, row: Any) -> list[str]:
        user = self.subject(row)
        return person_header(user) if user else ["The system", "", NOTHING]

    @plain(description="Person")
    def person(self, row: Any) -> str:
        user = self.subject(row)
        return f"{user.name}, {user.email}" if user else "The system"

    @display(description="Two-factor", label={"On": GOOD, "Off": ""})
    def second_factor(self, row: Any) -> str:
        return "On" if row.two_factor else "Off"


def has_second_factor(person: str) -> Exists:
    """For a queryset: has the person whom this column names a second factor?"""
    factors = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return Exists(factors.filter(user=OuterRef(person)))


def has_verified_email(person: str, email: str) -> Exists:
    return Exists(EmailAddress.objects.filter(user=OuterRef(person), email=OuterRef(email), verified=True))


def moment(at: datetime | None) -> str:
    """How long ago; the exact time, in the reader's zone, under the pointer."""
    if at is None:
        return NOTHING
    exact = formats.localize(timezone.localtime(at))
    now = timezone.now()
    if abs(at - now) < timedelta(minutes=1):
        words = "just now"
    else:
        words = f"in {timeuntil(at, now, depth=1)}" if at > now else f"{timesince(at, now, depth=1)} ago"
    return format_html('<span class="whitespace-nowrap" title="{}">{}</span>', exact, words)


def link(url: str, text: Any) -> str:
    return format_html('<a class="look-link" href="{}">{}</a>', url, text)


def pretty(value: Any) -> str:
    """JSON as it came, for reading; nothing in it is markup."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}\n(and {len(text) - MOST_SHOWN} characters more)"
    return format_html('<pre class="font-mono text-xs whitespace-pre-wrap break-words">{}</pre>', shown)


def card(title: str, count: int, url: str, icon: str, *, alarming: bool = False) -> dict[str, Any]:
    """A number on a dashboard that leads to the rows it counts."""
    return {"title": title, "count": count, "url": url, "icon": icon, "alarming": alarming}


def panel(title: str, headers: list[str], rows: list[list[Any]], *, url: str, nothing: str) -> dict[str, Any]:
    """A dashboard's short table, with the way to the long one."""
    return {"title": title, "table": {"headers": headers, "rows": rows}, "url": url, "nothing": nothing}


def state_of_invitation(invitation: Invitation) -> str:
    if invitation.accepted_at:
        return "Accepted"
    if invitation.withdrawn_at:
        return "Withdrawn"
    return "Expired" if invitation.is_expired else "Pending"
