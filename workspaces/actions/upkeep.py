"""What the clock does: erases what was closed long ago, forgets what has expired."""

import logging
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from workspaces.actions.deliveries import forget_unrouted
from workspaces.actions.workspaces import abandon_workspace, erase_workspace
from workspaces.models import Handover, Mail, User, Workspace

logger = logging.getLogger(__name__)

# How long a sign-up that never proved its e-mail address holds the address of its workspace.
UNVERIFIED_LIFETIME = timedelta(days=7)


def erase_closed_workspaces() -> None:
    for workspace in Workspace.objects.due_for_erasure(timezone.now()):
        erase_workspace(workspace)
        logger.info("erased %s", workspace.schema_name)


def forget_expired() -> None:
    now = timezone.now()
    forget_unrouted()
    Handover.objects.filter(created_at__lt=now - Handover.LIFETIME).delete()
    Mail.objects.filter(created_at__lt=now - Mail.KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    release_unverified_workspaces()


def release_unverified_workspaces() -> None:
    """An address that nobody proved does not keep a workspace: its owner never got in."""
    abandoned = Workspace.objects.with_schema().filter(
        created_at__lt=timezone.now() - UNVERIFIED_LIFETIME,
        owner__last_login=None,
        owner__in=User.objects.exclude(emailaddress__verified=True),
    )
    for workspace in abandoned:
        abandon_workspace(workspace, "The e-mail address was never confirmed.")
