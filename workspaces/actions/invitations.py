"""Asking people in: a link by e-mail that works once, for a week, until it is withdrawn."""

import hashlib
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from workspaces.actions.memberships import acting_member
from workspaces.actions.people import create_person
from workspaces.audit import record
from workspaces.mail import send_mail_later, send_notice
from workspaces.models import Invitation, Membership, Role, User, Workspace
from workspaces.refusals import NotAllowed, Refused
from workspaces.routes import tell_workspace


def invite_member(workspace: Workspace, *, email: str, role: str, position: str, by: User) -> Invitation:
    email = email.strip().lower()
    try:
        with transaction.atomic():
            return _invite(workspace, email=email, role=role, position=position, by=by)
    except IntegrityError as error:
        if "one_pending_invitation_per_address" not in str(error):
            raise
        raise Refused(f"{email} has been invited already.", field="email", hint="Send it again instead.") from error


def _invite(workspace: Workspace, *, email: str, role: str, position: str, by: User) -> Invitation:
    if not acting_member(workspace, by).outranks(role):
        raise NotAllowed(f"You cannot invite anybody as {Role(role).label.lower()}.", field="role")
    if workspace.memberships.filter(user__email=email).exists():
        raise Refused(f"{email} is a member already.", field="email")
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        position=position,
        token_hash=hash_of(secret),
        invited_by=by,
        expires_at=timezone.now() + Invitation.LIFETIME,
    )
    _send(invitation, secret)
    record("invitation.sent", f"Invited {email} as {Role(role).label.lower()}", by=by, workspace=workspace)
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User) -> None:
    """A new link for another week; the old one no longer works."""
    invitation = _pending(invitation)
    if not acting_member(invitation.workspace, by).outranks(invitation.role):
        raise NotAllowed(f"You cannot invite anybody as {invitation.get_role_display().lower()}.")
    secret = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(secret)
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + Invitation.LIFETIME
    invitation.save(update_fields=["token_hash", "sent_at", "expires_at"])
    _send(invitation, secret)
    record("invitation.resent", f"Invited {invitation.email} again", by=by, workspace=invitation.workspace)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    invitation = _pending(invitation)
    if not acting_member(invitation.workspace, by).outranks(invitation.role):
        raise NotAllowed("You cannot withdraw this invitation.")
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record(
        "invitation.withdrawn",
        f"Withdrew {invitation.email}'s invitation",
        by=by,
        workspace=invitation.workspace,
    )


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Membership:
    """The link came by e-mail to this address, so whoever holds it must be logged in with it."""
    invitation = _pending(invitation)
    if invitation.is_expired:
        raise Refused("This invitation has expired.", hint="Ask for a new one.")
    if by.email != invitation.email or not by.email_verified:
        raise NotAllowed(f"This invitation is for {invitation.email}.")
    if not may_still_invite(invitation):
        raise Refused(f"{invitation.invited_by.name} may no longer invite you.", hint="Ask for a new invitation.")
    if not invitation.workspace.is_open:
        raise Refused(f"{invitation.workspace.name} is not open at the moment.")
    if invitation.workspace.memberships.filter(user=by).exists():
        raise Refused(f"You are a member of {invitation.workspace.name} already.")
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    membership = Membership.objects.create(
        workspace=invitation.workspace, user=by, role=invitation.role, invited_by=invitation.invited_by
    )
    tell_workspace("member.joined", invitation.workspace, membership=membership, position=invitation.position)
    send_notice(
        "workspaces/email/joined",
        invitation.invited_by,
        {"joined": by.name, "workspace": invitation.workspace.name, "url": invitation.workspace.url},
    )
    record("member.joined", "Joined the workspace", by=by, workspace=invitation.workspace, role=invitation.role)
    return membership


@transaction.atomic
def join_as_new_person(
    invitation: Invitation, *, first_name: str, last_name: str, password: str, timezone: str = "UTC"
) -> User:
    """An account and a membership at once: the link proves the address."""
    if User.objects.filter(email=invitation.email).exists():
        raise Refused("This address has an account already.", hint="Sign in to accept the invitation.")
    user = create_person(
        email=invitation.email,
        first_name=first_name,
        last_name=last_name,
        password=password,
        verified=True,
        timezone=timezone,
    )
    accept_invitation(invitation, by=user)
    return user


def may_still_invite(invitation: Invitation) -> bool:
    inviter = invitation.workspace.memberships.active().filter(user=invitation.invited_by).first()
    return inviter is not None and inviter.outranks(invitation.role)


def find_invitation(secret: str) -> Invitation | None:
    return (
        Invitation.objects.pending()
        .select_related("workspace", "invited_by")
        .filter(token_hash=hash_of(secret))
        .first()
    )


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _pending(invitation: Invitation) -> Invitation:
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("workspace", "invited_by")
        .get(pk=invitation.pk)
    )
    if locked.accepted_at:
        raise Refused("This invitation has been accepted already.")
    if locked.withdrawn_at:
        raise Refused("This invitation has been withdrawn.")
    return locked


def _send(invitation: Invitation, secret: str) -> None:
    send_mail_later(
        "workspaces/email/invitation",
        invitation.email,
        {
            "workspace": invitation.workspace.name,
            "by": invitation.invited_by.name,
            "url": settings.PUBLIC_URL
            + reverse("workspaces:invitation", args=[secret], urlconf=settings.PUBLIC_SCHEMA_URLCONF),
            "days": Invitation.LIFETIME.days,
        },
    )
