"""Mail that has not left yet: the row is the truth, and gone once a server has taken it."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from workspaces.encryption import EncryptedTextField
from workspaces.ids import uuid7


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> "MailQuerySet":
        return self.filter(not_before__lte=now, attempts__lt=Mail.TRIES)

    def troubled(self) -> "MailQuerySet":
        """Tried, and still here."""
        return self.exclude(error="")


class Mail(models.Model):
    TRIES = 8
    # Whoever has claimed it and says nothing for so long has died.
    LEASE = timedelta(minutes=2)
    KEPT = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.EmailField()
    subject = models.TextField()
    # Codes and links that sign in stand in it.
    body = EncryptedTextField()
    html = EncryptedTextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        db_table = "mails"
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"

    @property
    def pause(self) -> timedelta:
        """After a try that failed: a minute, three, nine, …: seven of them are most of a day."""
        return timedelta(minutes=3 ** (self.attempts - 1))
