"""A person as the workspace knows them, and each face they have on one of Meta's platforms."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from workspaces.ids import uuid7
from workspaces.models import Platform, PlatformManager


class Contact(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    display_name = models.CharField(max_length=255, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    blocked = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "contacts"

    def __str__(self) -> str:
        return self.display_name or "Unknown"


class IdentityQuerySet(models.QuerySet["Identity"]):
    def profile_due(self) -> Self:
        """Those of whom Meta is to be asked now; WhatsApp tells the name with each message."""
        wanted = self.filter(profile_state=Identity.Profile.WANTED).exclude(platform=Platform.WHATSAPP)
        return wanted.filter(Q(profile_not_before=None) | Q(profile_not_before__lte=now()))


class Identity(models.Model):
    class Profile(models.TextChoices):
        WANTED = "WANTED", "To be fetched"
        KNOWN = "KNOWN", "Known"
        WITHHELD = "WITHHELD", "Meta does not give it"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="identities")
    platform = models.CharField(max_length=10, choices=Platform.choices)
    # The page, Instagram account or WhatsApp portfolio within which the id means one person.
    scope = models.CharField(max_length=64)
    # PSID, IGSID or business-scoped user id; a WhatsApp person may so far be known by the phone alone.
    external_id = models.CharField(max_length=160, null=True, blank=True)
    # WhatsApp, digits only.
    phone = models.CharField(max_length=32, null=True, blank=True)
    username = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    first_name = models.CharField(max_length=255, blank=True)
    last_name = models.CharField(max_length=255, blank=True)
    profile_pic_url = models.TextField(blank=True)
    picture = models.FileField(max_length=255, blank=True)
    profile_state = models.CharField(max_length=10, choices=Profile.choices, default=Profile.KNOWN)
    profile_attempts = models.PositiveSmallIntegerField(default=0)
    profile_not_before = models.DateTimeField(null=True, blank=True)
    referrer = models.TextField(blank=True)
    locale = models.CharField(max_length=20, blank=True)
    timezone = models.CharField(max_length=50, blank=True)
    opted_in = models.BooleanField(null=True, blank=True)
    opted_in_source = models.CharField(max_length=100, blank=True)
    opted_in_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = IdentityQuerySet.as_manager()

    class Meta:
        db_table = "identities"
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["platform", "scope", "external_id"], name="identity_once_by_id"),
            models.UniqueConstraint(fields=["platform", "scope", "phone"], name="identity_once_by_phone"),
            models.CheckConstraint(
                condition=Q(external_id__isnull=False) | Q(phone__isnull=False), name="identity_is_somebody"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(profile_state="WANTED"), name="identities_profile_wanted")]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.name or self.username or (f"+{self.phone}" if self.phone else "Unknown")


class FormerName(models.Model):
    """An id or number that was somebody's until then: a message that comes late still carries it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="former_names")
    # A business-scoped id, or the digits of a number.
    name = models.CharField(max_length=160)
    until = models.DateTimeField()

    class Meta:
        db_table = "former_names"
        ordering = ["until"]
        indexes = [models.Index(fields=["name", "until"], name="former_names_by_name")]

    def __str__(self) -> str:
        return self.name


class FacebookUser(Identity):
    objects: ClassVar[Any] = PlatformManager(Platform.FACEBOOK)

    class Meta:
        proxy = True
        verbose_name = "Messenger person"
        verbose_name_plural = "Messenger people"


class InstagramUser(Identity):
    objects: ClassVar[Any] = PlatformManager(Platform.INSTAGRAM)

    class Meta:
        proxy = True
        verbose_name = "Instagram person"
        verbose_name_plural = "Instagram people"


class WhatsAppContact(Identity):
    objects: ClassVar[Any] = PlatformManager(Platform.WHATSAPP)

    class Meta:
        proxy = True
        verbose_name = "WhatsApp person"
        verbose_name_plural = "WhatsApp people"
