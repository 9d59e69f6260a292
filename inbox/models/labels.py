"""Labels: what a chat is about, in the workspace's own words."""

from django.db import models
from django.db.models.functions import Lower

from agents.models import Agent
from inbox.models.chats import Chat
from workspaces.ids import uuid7
from workspaces.names import validate_name


class Label(models.Model):
    class Colour(models.TextChoices):
        GREY = "grey", "Grey"
        PETROL = "petrol", "Petrol"
        BLUE = "blue", "Blue"
        GREEN = "green", "Green"
        AMBER = "amber", "Amber"
        RED = "red", "Red"
        VIOLET = "violet", "Violet"
        PINK = "pink", "Pink"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=50, validators=[validate_name])
    colour = models.CharField(max_length=10, choices=Colour.choices, default=Colour.GREY)
    description = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "labels"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="label_once_by_name", violation_error_message="There is a label of this name."
            )
        ]

    def __str__(self) -> str:
        return self.name


class ChatLabel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="chat_labels")
    # The constraint begins with it.
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="chat_labels", db_index=False)
    added_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "chat_labels"
        constraints = [models.UniqueConstraint(fields=["label", "chat"], name="label_once_per_chat")]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.chat_id}"
