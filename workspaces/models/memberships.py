"""Who belongs to a workspace, and who has been asked to."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from workspaces.ids import uuid7
from workspaces.models.users import User
from workspaces.models.workspaces import Workspace


class Role(models.TextChoices):
    OWNER = "OWNER", "Owner"
    ADMIN = "ADMIN", "Admin"
    MEMBER = "MEMBER", "Member"
    VIEWER = "VIEWER", "Viewer"

    @property
    def rank(self) -> int:
        return ["VIEWER", "MEMBER", "ADMIN", "OWNER"].index(self.value)

    @classmethod
    def grantable(cls) -> "list[tuple[str, str]]":
        """Ownership is transferred, never granted."""
        return [choice for choice in cls.choices if choice[0] != cls.OWNER]


def person_named(query: str) -> models.Q:
    """Every word is in the name or the address of its user; beyond a few words nobody means anything more."""
    wanted = models.Q()
    for word in query[:100].replace("\0", "").split()[:8]:
        wanted &= (
            models.Q(user__first_name__icontains=word)
            | models.Q(user__last_name__icontains=word)
            | models.Q(user__email__icontains=word)
        )
    return wanted


class MembershipQuerySet(models.QuerySet["Membership"]):
    def named(self, query: str) -> Self:
        return self.filter(person_named(query))

    def active(self) -> Self:
        return self.filter(status=Membership.Status.ACTIVE)

    def with_two_factor(self) -> Self:
        """Adds `two_factor`: whether their person has a second factor, asked for all at once."""
        protected = User.objects.filter(pk=models.OuterRef("user"), authenticator__type__in=["totp", "webauthn"])
        return self.annotate(two_factor=models.Exists(protected))

    def with_person(self) -> Self:
        return self.select_related("user__profile", "invited_by").with_two_factor()


class Membership(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        SUSPENDED = "SUSPENDED", "Suspended"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.MEMBER)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    joined_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        db_table = "workspace_members"
        ordering = ["joined_at"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_person"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(role="OWNER"), name="one_owner_per_workspace"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="OWNER") | models.Q(status="ACTIVE"), name="an_owner_is_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    def outranks(self, role: str) -> bool:
        """An owner is above all others; from there down one handles one's own rank and those below."""
        return self.is_owner or (role != Role.OWNER and Role(self.role).rank >= Role(role).rank)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self) -> Self:
        return self.pending().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """Asks an e-mail address to join; only a hash of the link's secret is kept."""

    LIFETIME = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.MEMBER)
    # The position lives in the workspace's own schema, so its slug is kept and looked up there.
    position = models.SlugField(max_length=255)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        db_table = "invitations"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_pending_invitation_per_address",
            ),
            models.CheckConstraint(condition=~models.Q(role="OWNER"), name="nobody_is_invited_as_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace}"

    @property
    def is_pending(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
