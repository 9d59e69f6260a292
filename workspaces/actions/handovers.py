"""Carrying a log-in from the public host to a workspace's: once, within a minute, in the same browser."""

import hashlib
import secrets
import uuid

from django.db import transaction
from django.utils import timezone

from workspaces import sessions
from workspaces.models import Handover, User, Workspace
from workspaces.refusals import NotAllowed, Refused


class TwoFactorNeeded(Refused):
    """The workspace asks for a second factor that this person does not have yet."""


def check_entry(user: User, workspace: Workspace) -> None:
    if not workspace.memberships.active().filter(user=user).exists():
        raise NotAllowed("You are not a member of this workspace.")
    if workspace.requires_two_factor and not user.has_two_factor:
        raise TwoFactorNeeded(f"{workspace.name} requires two-factor of its members.")


def offer_handover(user: User, workspace: Workspace, *, state: str, login_id: uuid.UUID) -> str:
    """The secret of the link."""
    check_entry(user, workspace)
    secret = secrets.token_urlsafe(32)
    Handover.objects.create(
        token_hash=_hash(secret), state_hash=_hash(state), user=user, workspace=workspace, login_id=login_id
    )
    return secret


def redeem_handover(secret: str, workspace: Workspace, *, state: str) -> Handover:
    """Used up by the first who comes with it, whoever that is."""
    handover = _take(secret)
    if handover is None:
        raise Refused("This sign-in link was used already.")
    if handover.created_at + Handover.LIFETIME < timezone.now():
        raise Refused("This sign-in link has expired.")
    same_browser = secrets.compare_digest(handover.state_hash, _hash(state))
    if handover.workspace_id != workspace.pk or not same_browser or not handover.user.is_active:
        raise Refused("This sign-in link is not for this browser.")
    # A minute is long enough to be suspended in, or to sign out, or to change a stolen password.
    if not sessions.is_alive(handover.user, handover.login_id):
        raise Refused("You have signed out since.")
    check_entry(handover.user, workspace)
    return handover


@transaction.atomic
def _take(secret: str) -> Handover | None:
    handover = (
        Handover.objects.select_for_update(of=("self",)).select_related("user").filter(token_hash=_hash(secret)).first()
    )
    if handover:
        Handover.objects.filter(pk=handover.pk).delete()
    return handover


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
