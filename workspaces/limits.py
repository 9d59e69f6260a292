"""How often may one ask? allauth counts; left to itself it lets every GET pass, and some of ours can be guessed at."""

import math
import time

from allauth.core.internal.ratelimit import consume, get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest
from django_tenants.utils import schema_context

from workspaces.refusals import Refused

APP = "allauth.account"


def check_invitation_limits(request: HttpRequest, email: str) -> None:
    """Of one person in an hour, and to one address in a day: mail is sent in our name."""
    if not within_limit(request, "invite"):
        raise Refused("That is a lot of invitations for one hour. Try again later.")
    if not within_limit(request, "invite_address", key=email.lower()):
        raise Refused(f"{email} has had enough invitations for one day. Try again tomorrow.")


def within_limit(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    # Cache keys begin with the schema; a limit of a person holds in all workspaces together.
    with schema_context("public"):
        return consume(request, app=APP, action=action, key=key, limit_get=True) is not None


def seconds_to_wait(request: HttpRequest, action: str, *, key: str | None = None) -> int:
    """Until the next is let through: nothing is counted by asking."""
    now, waits = time.time(), [0.0]
    with schema_context("public"):
        for rate in get_rates(app=APP, action=action):
            asked = cache.get(get_cache_key(request, app=APP, action=action, rate=rate, key=key)) or []
            recent = sorted((at for at in asked if at > now - rate.duration), reverse=True)
            if len(recent) >= rate.amount:
                waits.append(recent[rate.amount - 1] + rate.duration - now)
    return math.ceil(max(waits))


def in_words(seconds: int) -> str:
    """As long as somebody has to wait."""
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
