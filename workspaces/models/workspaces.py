"""A workspace: one business, one host, one schema."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django_tenants.models import DomainMixin, TenantMixin

from workspaces.hours import validate_hours
from workspaces.ids import uuid7
from workspaces.models.users import User, validate_timezone
from workspaces.names import validate_name


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def with_schema(self) -> "WorkspaceQuerySet":
        return self.exclude(status=Workspace.Status.ERASED)

    def due_for_erasure(self, now: datetime) -> "WorkspaceQuerySet":
        return self.filter(status=Workspace.Status.CLOSED, erase_after__lte=now)


class Workspace(TenantMixin):
    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        SUSPENDED = "SUSPENDED", "Suspended"
        CLOSED = "CLOSED", "Closed, can be reopened"
        ERASED = "ERASED", "Erased"

    class Visibility(models.TextChoices):
        PRIVATE = "PRIVATE", "By invitation only"
        PUBLIC = "PUBLIC", "Name shown to who has the address"

    DAYS_TO_REOPEN = 30
    # Schemas are made and dropped by actions, from the template, never as a side effect of save().
    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField("address", max_length=40)
    # What the address looks like at a glance: unique too, so that nobody poses as another.
    slug_skeleton = models.CharField(max_length=40, editable=False)
    name = models.CharField(max_length=100, validators=[validate_name])
    description = models.TextField(blank=True, max_length=1000)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    status_note = models.TextField(blank=True, help_text="Why it was suspended or closed; its members read this.")
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.PRIVATE)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requires_two_factor = models.BooleanField("require two-factor of every member", default=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    erase_after = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        db_table = "workspaces"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=~models.Q(status="ERASED"),
                name="workspace_slug_taken_once",
                violation_error_message="This address is taken.",
            ),
            models.UniqueConstraint(
                fields=["slug_skeleton"],
                condition=~models.Q(status="ERASED"),
                name="workspace_slug_not_a_look_alike",
                violation_error_message="This address looks too much like one that is taken.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        return f"{self.slug}.{settings.BASE_DOMAIN}"

    @property
    def url(self) -> str:
        return f"{settings.PUBLIC_SCHEME}://{self.host}{settings.PORT_SUFFIX}"

    def url_at(self, host: str) -> str:
        """Under a domain of its own; for any other host it is the usual address."""
        own = host.isprintable() and host not in {"", self.host} and self.domains.filter(domain=host).exists()
        return f"{settings.PUBLIC_SCHEME}://{host}{settings.PORT_SUFFIX}" if own else self.url

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def days_to_reopen(self) -> int:
        left = self.erase_after - timezone.now() if self.erase_after else timedelta(0)
        return max(0, math.ceil(left / timedelta(days=1)))

    def mark_closed(self, note: str) -> None:
        self.status, self.status_note = self.Status.CLOSED, note
        self.closed_at = timezone.now()
        self.erase_after = self.closed_at + timedelta(days=self.DAYS_TO_REOPEN)

    def mark_open(self) -> None:
        self.status, self.status_note, self.closed_at, self.erase_after = self.Status.ACTIVE, "", None, None


class WorkspaceProfile(models.Model):
    class Size(models.TextChoices):
        SOLO = "1", "Just me"
        SMALL = "2-10", "2 to 10"
        MEDIUM = "11-50", "11 to 50"
        LARGE = "51-200", "51 to 200"
        HUGE = "201+", "More than 200"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="profile")
    industry = models.CharField(max_length=100, blank=True)
    company_size = models.CharField(max_length=50, blank=True, choices=Size.choices)
    website = models.TextField(blank=True, validators=[URLValidator(schemes=["http", "https"])])
    timezone = models.CharField(max_length=50, default="UTC", validators=[validate_timezone])
    # Empty: always.
    business_hours = models.JSONField(default=dict, blank=True, validators=[validate_hours])
    currency = models.CharField(max_length=10, default="USD")
    language = models.CharField(max_length=10, default="en", choices=settings.LANGUAGES)
    admin_name = models.CharField("contact name", max_length=200, blank=True)
    admin_email = models.EmailField("contact e-mail", blank=True)
    admin_phone = models.CharField("contact phone", max_length=30, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "workspace_profiles"

    def __str__(self) -> str:
        return f"Profile of {self.workspace_id}"


class Domain(DomainMixin):
    """A host that leads to a workspace."""

    class Meta:
        db_table = "domains"
