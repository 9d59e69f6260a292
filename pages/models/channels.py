"""A channel: one Facebook page, Instagram account or WhatsApp number that the workspace answers on."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from agents.models import Agent, Position
from workspaces.encryption import EncryptedTextField
from workspaces.ids import uuid7
from workspaces.models import Platform, PlatformManager


def latest_of_chats(column: str) -> models.Subquery:
    """The topmost entry of an index, however many chats there are; a maximum over a join would read them all."""
    chats = Channel.objects.filter(pk=models.OuterRef("pk"), **{f"chats__{column}__isnull": False})
    return models.Subquery(chats.order_by(f"-chats__{column}").values(f"chats__{column}")[:1])


def last_activity() -> dict[str, models.Subquery | models.F]:
    # A chat's last answer may still wait, or have failed.
    return {"last_incoming_at": latest_of_chats("last_incoming_at"), "last_outgoing_at": models.F("last_sent_at")}


class ChannelQuerySet(models.QuerySet["Channel"]):
    def connected(self) -> Self:
        return self.filter(connection_status=Channel.Connection.CONNECTED)

    def working(self) -> Self:
        """Connected and switched on: what may send."""
        return self.connected().filter(is_active=True)

    def locked_out(self) -> Self:
        """Nothing leaves through these until somebody reconnects them."""
        return self.filter(connection_status=Channel.Connection.NEEDS_RECONNECT)

    def with_activity(self) -> Self:
        """When something last came in, and when something last went out."""
        return self.annotate(**last_activity())

    def search(self, text: str) -> Self:
        """Every word in its name, its handle or its id at Meta."""
        found = self
        for word in text.split():
            places = ("name", "username", "external_id", "metadata__display_phone_number")
            found = found.filter(models.Q(*((f"{place}__icontains", word) for place in places), _connector=models.Q.OR))
        return found

    def urgent_first(self) -> Self:
        """What needs somebody, then what works, then what is no longer connected; each by name."""
        status = Channel.Connection
        rank = models.Case(
            models.When(connection_status=status.NEEDS_RECONNECT, then=0),
            models.When(connection_status=status.DISCONNECTED, then=2),
            default=1,
        )
        return self.order_by(rank, Lower("name"), "platform", "id")


class Channel(models.Model):
    class Connection(models.TextChoices):
        CONNECTED = "CONNECTED", "Connected"
        NEEDS_RECONNECT = "NEEDS_RECONNECT", "Needs reconnecting"
        DISCONNECTED = "DISCONNECTED", "Disconnected"

    class Login(models.TextChoices):
        FACEBOOK = "FACEBOOK", "Facebook Login"
        INSTAGRAM = "INSTAGRAM", "Instagram Login"
        TOKEN = "TOKEN", "Pasted token"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.CharField(max_length=10, choices=Platform.choices, editable=False)
    # Page id, Instagram professional account id, or phone number id.
    external_id = models.CharField(max_length=64, editable=False)
    name = models.CharField(max_length=255)
    username = models.CharField(max_length=255, blank=True)
    login = models.CharField(max_length=10, choices=Login.choices, default=Login.TOKEN)
    access_token = EncryptedTextField(blank=True)
    token_expires_at = models.DateTimeField(null=True, blank=True)
    # Connected through the workspace's own Meta app, whose secret then proves each call.
    uses_own_app = models.BooleanField(default=False)
    connection_status = models.CharField(max_length=20, choices=Connection.choices, default=Connection.CONNECTED)
    connection_problem = models.TextField(blank=True, help_text="What to do before it works again.")
    is_active = models.BooleanField("switched on", default=True)
    # Who is dealt its chats; none named: everybody.
    positions = models.ManyToManyField(Position, blank=True, related_name="channels", db_table="channel_positions")
    # Nothing leaves before this time: Meta asked for a pause.
    held_until = models.DateTimeField(null=True, blank=True)
    # When Meta last took a message of ours, to the minute.
    last_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    connected_by = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    connected_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    # WhatsApp: waba_id, portfolio_id, display_phone_number, quality, messaging_tier; Instagram by Facebook Login:
    # page_id; all: scopes, subscribed_fields; through the workspace's own Meta app: app_ids.
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        db_table = "channels"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["platform", "external_id"], name="channel_once_per_account")]

    def __str__(self) -> str:
        return self.name

    @property
    def works(self) -> bool:
        return self.is_active and self.connection_status == self.Connection.CONNECTED

    @property
    def scope(self) -> str:
        """Within which its customers' ids mean one person."""
        if self.platform == Platform.WHATSAPP:
            return str(self.metadata.get("portfolio_id") or self.waba_id)
        return self.external_id

    @property
    def handle(self) -> str:
        """What customers know it by."""
        if self.platform == Platform.WHATSAPP:
            return str(self.metadata.get("display_phone_number") or self.external_id)
        return f"@{self.username}" if self.username else self.external_id

    @property
    def waba_id(self) -> str:
        return str(self.metadata.get("waba_id", ""))

    @property
    def app_ids(self) -> set[str]:
        """Of the Meta app that speaks through it: an echo that names another is of another tool."""
        own = self.metadata.get("app_ids", []) if self.uses_own_app else []
        return set(own or [settings.META_APP_ID, settings.INSTAGRAM_APP_ID]) - {""}

    @property
    def page_id(self) -> str:
        """The page that calls go through."""
        return str(self.metadata.get("page_id") or self.external_id)


class FacebookPage(Channel):
    objects: ClassVar[Any] = PlatformManager(Platform.FACEBOOK)

    class Meta:
        proxy = True
        verbose_name = "Facebook page"


class InstagramAccount(Channel):
    objects: ClassVar[Any] = PlatformManager(Platform.INSTAGRAM)

    class Meta:
        proxy = True
        verbose_name = "Instagram account"


class PhoneNumber(Channel):
    objects: ClassVar[Any] = PlatformManager(Platform.WHATSAPP)

    class Meta:
        proxy = True
        verbose_name = "WhatsApp number"


class ChannelStatusLog(models.Model):
    class Status(models.TextChoices):
        ON = "ON", "Switched on"
        OFF = "OFF", "Switched off"
        CONNECTED = "CONNECTED", "Connected"
        NEEDS_RECONNECT = "NEEDS_RECONNECT", "Needs reconnecting"
        DISCONNECTED = "DISCONNECTED", "Disconnected"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="status_logs")
    # Nobody: Meta said so, or a check found it.
    changed_by = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_to = models.CharField(max_length=20, choices=Status.choices)
    changed_at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "channel_status_logs"
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return self.get_changed_to_display()
