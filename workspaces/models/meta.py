"""Meta's side of the public schema: whose app signs, where an account's webhooks go, and what waits at the door."""

import secrets
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from workspaces.encryption import EncryptedTextField
from workspaces.ids import uuid7
from workspaces.models.workspaces import Workspace


class Platform(models.TextChoices):
    FACEBOOK = "FACEBOOK", "Messenger"
    INSTAGRAM = "INSTAGRAM", "Instagram"
    WHATSAPP = "WHATSAPP", "WhatsApp"


class PlatformManager(models.Manager[Any]):
    """For a proxy that shows one platform's rows alone."""

    def __init__(self, platform: str, path: str = "platform") -> None:
        super().__init__()
        self.rows = {path: platform}

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(**self.rows)


def new_verify_token() -> str:
    return secrets.token_urlsafe(24)


class MetaApp(models.Model):
    """A workspace's own Meta app; without one it uses the platform's, which the settings name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="meta_app")
    app_id = models.CharField("app ID", max_length=50)
    app_secret = EncryptedTextField("app secret")
    instagram_app_id = models.CharField("Instagram app ID", max_length=50, blank=True)
    instagram_app_secret = EncryptedTextField("Instagram app secret", blank=True)
    verify_token = EncryptedTextField("verify token", default=new_verify_token)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "meta_apps"

    def __str__(self) -> str:
        return f"Meta app {self.app_id}"


class ChannelRoute(models.Model):
    """Where an account's webhooks go: kept true by the actions that connect and disconnect a channel."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.CharField(max_length=10, choices=Platform.choices)
    external_id = models.CharField(max_length=64)
    # The WhatsApp business account, which has webhooks of its own; several numbers share it.
    account_id = models.CharField(max_length=64, blank=True, db_index=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="channel_routes")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "channel_routes"
        constraints = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="account_belongs_to_one_workspace")
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.external_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> Self:
        return self.filter(state=Delivery.State.WAITING)

    def due(self) -> Self:
        return self.waiting().filter(Q(not_before=None) | Q(not_before__lte=Now()))

    def parked(self) -> Self:
        return self.filter(state=Delivery.State.PARKED)

    def unrouted(self) -> Self:
        return self.filter(state=Delivery.State.UNROUTED)

    def of_own_apps(self) -> Self:
        return self.filter(workspace_id__isnull=False)

    def of_workspace(self, workspace: Workspace) -> Self:
        """Signed by its own app, or about an account of its."""
        ours = ChannelRoute.objects.filter(workspace=workspace, platform=OuterRef("platform"))
        named = ours.filter(Q(external_id=OuterRef("account_id")) | Q(account_id=OuterRef("account_id")))
        return self.filter(Q(workspace_id=workspace.pk) | (~Q(account_id="") & Exists(named)))


class Delivery(models.Model):
    """A webhook's body as it came, until its parts have moved into the workspaces: the queue at the door."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        UNROUTED = "UNROUTED", "Account not connected"
        PARKED = "PARKED", "Failed too often"

    TRIES = 5

    id = models.BigAutoField(primary_key=True)
    body = models.BinaryField()
    # Whose own app signed it; empty: the platform's. Without a constraint: nothing at the door looks anything up.
    workspace_id = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State.choices, db_default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, db_default="")
    # What an unrouted one waits for.
    platform = models.CharField(max_length=10, blank=True, db_default="")
    account_id = models.CharField(max_length=64, blank=True, db_default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        db_table = "deliveries"
        verbose_name_plural = "deliveries"
        ordering = ["id"]
        indexes = [
            models.Index(F("id"), condition=Q(state="WAITING", workspace_id=None), name="deliveries_waiting"),
            # Each own app's lane, and what it has left lying in all states.
            models.Index(
                fields=["state", "workspace_id", "id"], condition=Q(workspace_id__isnull=False), name="deliveries_own"
            ),
            models.Index(fields=["platform", "account_id"], condition=Q(state="UNROUTED"), name="deliveries_unrouted"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"
