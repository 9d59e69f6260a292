"""Views of the list that somebody has named: a filter and an order."""

from typing import Self

from django.db import models
from django.db.models import Q

from agents.models import Agent
from workspaces.ids import uuid7
from workspaces.names import validate_name


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, agent: Agent) -> Self:
        return self.filter(Q(is_shared=True) | Q(owner=agent))


class SavedView(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60, validators=[validate_name])
    owner = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(default=False)
    # What inbox.forms.filters.FilterForm takes, and what it has checked.
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=10, default="newest")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        db_table = "saved_views"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
