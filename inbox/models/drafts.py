"""What is not sent yet: drafts, the files that go with them, and what is to be sent later."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from agents.models import Agent
from inbox.models.chats import Chat
from inbox.models.messages import Message
from workspaces.ids import uuid7


class Draft(models.Model):
    class Kind(models.TextChoices):
        REPLY = "REPLY", "Reply"
        NOTE = "NOTE", "Note"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    text = models.TextField(blank=True)
    # Their titles: on a button there is nothing else to choose.
    quick_replies = models.JSONField(default=list, blank=True)
    reply_to = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "drafts"
        constraints = [models.UniqueConstraint(fields=["chat", "agent", "kind"], name="draft_once_per_agent")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} in {self.chat_id}"


class ScheduledMessageQuerySet(models.QuerySet["ScheduledMessage"]):
    def waiting(self) -> Self:
        return self.filter(state=ScheduledMessage.State.WAITING)

    def due(self) -> Self:
        return self.waiting().filter(send_at__lte=now())


class ScheduledMessage(models.Model):
    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting for its time"
        QUEUED = "QUEUED", "Handed to the outbox"
        CANCELLED = "CANCELLED", "Cancelled"
        FAILED = "FAILED", "Not sent"

    # Becomes the message's client id: however often its time comes, it is one message.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="scheduled")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="scheduled")
    text = models.TextField(blank=True)
    quick_replies = models.JSONField(default=list, blank=True)
    reply_to = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    send_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # A customer's message in between takes it back to the agent.
    cancel_on_reply = models.BooleanField(default=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScheduledMessageQuerySet.as_manager()

    class Meta:
        db_table = "scheduled_messages"
        indexes = [
            models.Index(fields=["send_at"], condition=Q(state="WAITING"), name="scheduled_waiting"),
            models.Index(fields=["chat"], condition=Q(state="WAITING"), name="scheduled_of_chat"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.chat_id}"


class UploadQuerySet(models.QuerySet["Upload"]):
    def of_draft(self, chat: Chat, agent: Agent, *, for_note: bool = False) -> Self:
        return self.filter(chat=chat, agent=agent, scheduled=None, for_note=for_note)


class Upload(models.Model):
    """A file that an agent has put to a draft, or to what is to be sent later."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="uploads", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="uploads")
    scheduled = models.ForeignKey(
        ScheduledMessage, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads"
    )
    # For the team: no reply takes it.
    for_note = models.BooleanField(default=False)
    file = models.FileField(max_length=255)
    name = models.CharField(max_length=255)
    mime_type = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=Message.Type.choices)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        db_table = "uploads"
        ordering = ["id"]
        indexes = [models.Index(fields=["chat", "agent"], name="uploads_of_draft")]

    def __str__(self) -> str:
        return self.name
