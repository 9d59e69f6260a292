"""A position: what the people who hold it may do."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models

from agents.permissions import ALL_CODES
from workspaces.hours import validate_hours
from workspaces.ids import uuid7
from workspaces.names import validate_name


def validate_codes(codes: object) -> None:
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise ValidationError("Permissions are a list of codes.")
    if unknown := sorted(set(codes) - ALL_CODES):
        raise ValidationError("Unknown permission: %(codes)s.", params={"codes": ", ".join(unknown)})


class PositionQuerySet(models.QuerySet["Position"]):
    def custom(self) -> Self:
        return self.filter(is_system=False)


class Position(models.Model):
    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    AGENT = "agent"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=255, validators=[validate_name])
    slug = models.SlugField(max_length=255, unique=True)
    description = models.TextField(blank=True, max_length=1000)
    permissions = models.JSONField(default=list, blank=True, validators=[validate_codes])
    is_system = models.BooleanField(default=False, editable=False)
    # When who holds it is at work, in the workspace's time; empty: in its business hours.
    hours = models.JSONField(default=dict, blank=True, validators=[validate_hours])
    # Of one agent; their own number goes before.
    max_open_chats = models.PositiveSmallIntegerField("open chats at most", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        db_table = "positions"
        ordering = ["-is_system", "name"]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which nobody is at work, whatever the hours say."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    date = models.DateField(unique=True, error_messages={"unique": "There is a holiday on this day."})
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "holidays"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.name or 'Holiday'}, {self.date:%d %B %Y}"
