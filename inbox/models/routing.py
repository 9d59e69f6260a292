"""Whose turn it is, and what decides who gets which chat."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models

from agents.models import Agent
from workspaces.ids import uuid7
from workspaces.names import validate_name


class AssignmentCursor(models.Model):
    """Who had the last turn among those who share one. Whoever deals holds the row."""

    name = models.CharField(max_length=100, primary_key=True)
    last_agent = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    # How many turns there have been: the traces are counted by it.
    turns = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "assignment_cursors"

    def __str__(self) -> str:
        return self.name


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    def acting(self) -> Self:
        """In the order in which they are asked: the first that fits decides."""
        return self.filter(is_active=True).order_by("priority", "id")


class RoutingRule(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, validators=[validate_name])
    # The smallest first.
    priority = models.PositiveSmallIntegerField(default=100, validators=[MaxValueValidator(10_000)])
    # What is not named does not matter.
    conditions = models.JSONField(default=dict, blank=True)
    actions = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField("acts", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        db_table = "routing_rules"
        ordering = ["priority", "id"]

    def __str__(self) -> str:
        return self.name
