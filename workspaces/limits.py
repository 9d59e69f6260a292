"""How often may one ask? allauth counts; left to itself it lets every GET pass, and some of ours can be guessed at."""

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest
from django_tenants.utils import schema_context

from workspaces.refusals import Refused


def check_invitation_limits(request: HttpRequest, email: str) -> None:
    """Of one person in an hour, and to one address in a day: mail is sent in our name."""
    if not within_limit(request, "invite"):
        raise Refused("That is a lot of invitations for one hour. Try again later.")
    if not within_limit(request, "invite_address", key=email.lower()):
        raise Refused(f"{email} has had enough invitations for one day. Try again tomorrow.")


def within_limit(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    # Cache keys begin with the schema; a limit of a person holds in all workspaces together.
    with schema_context("public"):
        return consume(request, app="allauth.account", action=action, key=key, limit_get=True) is not None
