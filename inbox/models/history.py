"""What happened to a chat besides messages, as its thread tells it."""

from django.db import models
from django.db.models import F, Q

from agents.models import Agent
from inbox.models.chats import Chat
from workspaces.ids import uuid7


class ChatEvent(models.Model):
    class Kind(models.TextChoices):
        ASSIGNED = "ASSIGNED", "Assigned"
        UNASSIGNED = "UNASSIGNED", "Unassigned"
        CLOSED = "CLOSED", "Closed"
        REOPENED = "REOPENED", "Reopened"
        SNOOZED = "SNOOZED", "Snoozed"
        WOKEN = "WOKEN", "Back from snooze"
        LABELLED = "LABELLED", "Label added"
        UNLABELLED = "UNLABELLED", "Label removed"
        PRIORITY = "PRIORITY", "Priority changed"
        BLOCKED = "BLOCKED", "Contact blocked"
        UNBLOCKED = "UNBLOCKED", "Contact unblocked"
        MERGED = "MERGED", "Contacts merged"
        UNMERGED = "UNMERGED", "Merge undone"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Nobody: the system.
    by = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # To and from whom, which label, until when, why: names as they were, so that the thread stays true.
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "chat_events"
        indexes = [
            models.Index(F("chat"), F("at").desc(), F("id").desc(), name="chat_events_of_chat"),
            models.Index(F("at").desc(), condition=Q(kind="ASSIGNED"), name="chat_events_given"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.chat_id}"
