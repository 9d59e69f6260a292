"""Files that are kept to be sent again."""

from typing import Self

from django.db import models
from django.db.models import Q

from agents.models import Agent
from workspaces.ids import uuid7


class SavedAssetQuerySet(models.QuerySet["SavedAsset"]):
    def visible_to(self, agent: Agent) -> Self:
        """One's own, and those of texts that are shared."""
        return self.filter(Q(created_by=agent) | Q(templates__is_shared=True)).distinct()

    def unused(self) -> Self:
        return self.filter(templates=None)


class SavedAsset(models.Model):
    class Type(models.TextChoices):
        IMAGE = "IMAGE", "Image"
        VIDEO = "VIDEO", "Video"
        AUDIO = "AUDIO", "Audio"
        FILE = "FILE", "File"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=10, choices=Type.choices)
    file = models.FileField(max_length=255)
    mime_type = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="saved_assets")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedAssetQuerySet.as_manager()

    class Meta:
        db_table = "saved_assets"
        # As they were added; ids of one moment have no order.
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name
