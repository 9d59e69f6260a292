"""How often may one ask? allauth counts; left to itself it lets every GET pass, and some of ours can be guessed at."""

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest


def within_limit(request: HttpRequest, action: str) -> bool:
    return consume(request, app="allauth.account", action=action, limit_get=True) is not None
