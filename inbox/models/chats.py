"""A chat: one person on one channel, from the first message on."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from agents.models import Agent, Position
from inbox.models.contacts import Identity
from pages.models import Channel
from workspaces.ids import uuid7
from workspaces.models import Platform


class ChatQuerySet(models.QuerySet["Chat"]):
    def open(self) -> Self:
        return self.filter(state=Chat.State.OPEN)

    def unassigned(self) -> Self:
        return self.filter(assigned_to=None)

    def to_deal(self) -> Self:
        """Whose customers wait, and for nobody in particular; the longest first."""
        return self.open().unassigned().filter(waiting_since__isnull=False).order_by("waiting_since", "id")

    def visible_to(self, agent: Agent) -> Self:
        return self if agent.can("messages.view") else self.filter(assigned_to=agent)


class Chat(models.Model):
    class State(models.TextChoices):
        OPEN = "OPEN", "Open"
        SNOOZED = "SNOOZED", "Snoozed"
        CLOSED = "CLOSED", "Closed"

    class Priority(models.IntegerChoices):
        NORMAL = 0, "Normal"
        HIGH = 1, "High"
        URGENT = 2, "Urgent"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Where an index or a constraint below begins with it, a foreign key needs none of its own.
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="chats", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="chats", db_index=False)
    platform = models.CharField(max_length=10, choices=Platform.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    assigned_to = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="chats", db_index=False
    )
    # Whose turn it is among: those of a position, as a rule or a colleague said; nobody said: who answers the channel.
    team = models.ForeignKey(
        Position, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    last_message = models.ForeignKey(
        "inbox.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    labels = models.ManyToManyField("inbox.Label", through="inbox.ChatLabel", related_name="chats")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    # Nobody has looked at these; what one agent has not read is counted from incoming_count (ChatRead).
    unread_count = models.PositiveIntegerField(default=0)
    incoming_count = models.PositiveIntegerField(default=0)
    # The first word of the customer that no person has answered.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # When the customer was told that nobody is there, and supervisors that the customer waits.
    away_told_at = models.DateTimeField(null=True, blank=True)
    wait_told_at = models.DateTimeField(null=True, blank=True)
    # When a person of ours last wrote, here or in another tool.
    answered_at = models.DateTimeField(null=True, blank=True)
    last_incoming_at = models.DateTimeField(null=True, blank=True)
    last_outgoing_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    # Until when an answer may be sent; counted from Meta's time of what the customer last did.
    window_expires_at = models.DateTimeField(null=True, blank=True)
    # Everything that was sent until then has arrived at, and was read by, the customer.
    delivered_until = models.DateTimeField(null=True, blank=True)
    read_until = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ChatQuerySet.as_manager()

    class Meta:
        db_table = "chats"
        constraints = [models.UniqueConstraint(fields=["identity", "channel"], name="chat_once_per_channel")]
        indexes = [
            models.Index(F("last_message_at").desc(), F("id").desc(), name="chats_of_any_state"),
            models.Index(F("last_message_at").desc(), F("id").desc(), condition=Q(state="OPEN"), name="chats_open"),
            models.Index(
                F("assigned_to"), F("state"), F("last_message_at").desc(), F("id").desc(), name="chats_of_agent"
            ),
            models.Index(
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(state="OPEN", assigned_to=None),
                name="chats_unassigned",
            ),
            models.Index(
                F("channel"),
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(state="OPEN"),
                name="chats_open_of_channel",
            ),
            models.Index(F("channel"), F("last_message_at").desc(), name="chats_of_channel"),
            models.Index(
                F("platform"), F("state"), F("last_message_at").desc(), F("id").desc(), name="chats_of_platform"
            ),
            models.Index(
                F("state"),
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(priority__gt=0),
                name="chats_of_priority",
            ),
            models.Index(F("window_expires_at"), condition=Q(state="OPEN"), name="chats_closing"),
            models.Index(F("waiting_since"), F("id"), condition=Q(state="OPEN"), name="chats_waiting"),
            models.Index(
                F("assigned_to"), F("waiting_since"), F("id"), condition=Q(state="OPEN"), name="chats_waiting_of_agent"
            ),
            models.Index(
                F("waiting_since"),
                F("id"),
                condition=Q(state="OPEN", assigned_to=None, waiting_since__isnull=False),
                name="chats_to_deal",
            ),
            models.Index(
                F("last_message_at").desc(), F("id").desc(), condition=Q(state="SNOOZED"), name="chats_snoozed"
            ),
            models.Index(F("snoozed_until"), condition=Q(state="SNOOZED"), name="chats_waking"),
            models.Index(F("last_message_at").desc(), F("id").desc(), condition=Q(state="CLOSED"), name="chats_closed"),
            # When a channel last heard of anybody: the topmost entry.
            models.Index(
                F("channel"),
                F("last_incoming_at").desc(),
                condition=Q(last_incoming_at__isnull=False),
                name="chats_last_incoming",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity.shown_name} on {self.channel.name}"
