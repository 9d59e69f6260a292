"""What Meta told us, as it said it: one row for each thing that happened."""

from typing import Self

from django.db import models
from django.db.models import Q

from pages.models.channels import Channel
from workspaces.ids import uuid7
from workspaces.models import Platform


class WebhookEventQuerySet(models.QuerySet["WebhookEvent"]):
    def waiting_for_message(self) -> Self:
        """About a message that has not come yet."""
        return self.filter(processed_at=None).exclude(about="")


class WebhookEvent(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    platform = models.CharField(max_length=10, choices=Platform.choices)
    object = models.CharField(max_length=50)
    account_id = models.CharField(max_length=64)
    sender_id = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=80)
    is_known = models.BooleanField(default=True)
    # Meta's id of the message that it is about, where it is about one.
    about = models.CharField(max_length=255, blank=True)
    # An envelope of its own: it can be parsed again alone.
    payload = models.JSONField()
    # Of the payload: Meta repeats a delivery, and the repetition is nothing new.
    fingerprint = models.UUIDField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        db_table = "webhook_events"
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["fingerprint"], name="webhook_event_once")]
        indexes = [
            models.Index(fields=["received_at"], name="webhook_events_received"),
            models.Index(
                fields=["channel", "about"],
                condition=Q(processed_at=None) & ~Q(about=""),
                name="webhook_events_early",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()}: {self.kind.replace('_', ' ')}"
