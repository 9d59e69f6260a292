"""Who has read what: each agent for himself."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from agents.models import Agent
from inbox.models.chats import Chat
from inbox.models.messages import Message
from workspaces.ids import uuid7


class ChatRead(models.Model):
    """How far one agent has read one chat."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="reads", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    # Of the chat's incoming_count: what is above it is unread.
    incoming_seen = models.PositiveIntegerField(default=0)
    # Where "new" begins in the thread: Meta's time of the last message he had before him.
    seen_until = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "chat_reads"
        constraints = [models.UniqueConstraint(fields=["chat", "agent"], name="read_once_per_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} in {self.chat_id}"


class MentionQuerySet(models.QuerySet["Mention"]):
    def unseen(self) -> Self:
        return self.filter(seen_at=None)


class Mention(models.Model):
    """@somebody in a note."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="mentions")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        db_table = "mentions"
        constraints = [models.UniqueConstraint(fields=["message", "agent"], name="mention_once_per_message")]
        indexes = [
            models.Index(F("agent"), F("created_at").desc(), F("id").desc(), name="mentions_of_agent"),
            models.Index(fields=["agent"], condition=Q(seen_at=None), name="mentions_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} in {self.message_id}"
