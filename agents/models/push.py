"""Browsers that show an agent's notices while no page is open."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from agents.models.agents import Agent
from workspaces.encryption import EncryptedTextField
from workspaces.ids import uuid7

LONGEST_ENDPOINT = 1000


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def of_working(self) -> Self:
        """Of those who may look into the workspace at all."""
        return self.filter(agent__is_active=True, agent__user__is_active=True)

    def due(self) -> Self:
        """Not those that have just failed."""
        return self.filter(Q(not_before=None) | Q(not_before__lte=now()))

    def with_agent(self) -> Self:
        return self.select_related("agent__position", "agent__user__preferences")


class PushSubscription(models.Model):
    """One endpoint is one browser, and one agent's alone; it ends with the log-in that made it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="push_subscriptions")
    login_id = models.UUIDField()
    endpoint = models.CharField(max_length=LONGEST_ENDPOINT, unique=True)
    # The browser's: what is sent can be read there alone.
    p256dh = EncryptedTextField()
    auth = EncryptedTextField()
    browser = models.CharField(max_length=100)
    made_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    # In a row; one that arrives ends them.
    failures = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        db_table = "push_subscriptions"
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.browser

    @property
    def mark(self) -> str:
        """By which a browser knows its own among an agent's, without the endpoint's being written anywhere."""
        return urlsafe_b64encode(sha256(self.endpoint.encode()).digest()[:12]).decode()
