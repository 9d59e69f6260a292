"""A person as the workspace knows them, and each face they have on one of Meta's platforms."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.timezone import now

from agents.models import Agent
from workspaces.ids import uuid7
from workspaces.models import Platform, PlatformManager


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, agent: Agent) -> Self:
        """Who may read all chats sees everybody, others those who write to them."""
        if agent.can("messages.view"):
            return self
        return self.filter(Exists(Identity.objects.filter(contact=OuterRef("pk"), chats__assigned_to=agent)))


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

    objects = ContactQuerySet.as_manager()

    class Meta:
        db_table = "contacts"
        indexes = [
            GinIndex(fields=["tags"], name="contacts_by_tag"),
            GinIndex(fields=["display_name"], opclasses=["gin_trgm_ops"], name="contacts_by_words"),
        ]

    def __str__(self) -> str:
        return self.display_name or "Unknown"


class IdentityQuerySet(models.QuerySet["Identity"]):
    def visible_to(self, agent: Agent) -> Self:
        if agent.can("messages.view"):
            return self
        return self.filter(Exists(Identity.objects.filter(pk=OuterRef("pk"), chats__assigned_to=agent)))

    def latest_of_each(self) -> Self:
        """Of each contact the face that was seen last: one row a contact, in an order that an index has."""
        others = Identity.objects.filter(contact=OuterRef("contact"))
        later = Q(last_seen_at=OuterRef("last_seen_at"), id__gt=OuterRef("id"))
        return self.filter(~Exists(others.filter(Q(last_seen_at__gt=OuterRef("last_seen_at")) | later)))

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
        indexes = [
            models.Index(fields=["id"], condition=Q(profile_state="WANTED"), name="identities_profile_wanted"),
            models.Index(F("last_seen_at").desc(), F("id").desc(), name="identities_last_seen"),
            models.Index(fields=["phone"], name="identities_by_phone"),
            models.Index(Upper("username"), name="identities_by_username"),
            models.Index(Upper("name"), name="identities_by_name"),
            GinIndex(fields=["name", "username", "phone"], opclasses=["gin_trgm_ops"] * 3, name="identities_by_words"),
        ]

    def __str__(self) -> str:
        return self.own_name

    @property
    def shown_name(self) -> str:
        """As the workspace calls the person, where that came along; asking for it would be a query a row."""
        contact = self._state.fields_cache.get("contact")
        return (contact and contact.display_name) or self.own_name

    @property
    def handle(self) -> str:
        """What the person is found by on this platform; a page's own id of them is nothing to read."""
        return f"+{self.phone}" if self.phone else f"@{self.username}" if self.username else ""

    @property
    def own_name(self) -> str:
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
