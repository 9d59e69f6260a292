"""What holds for the whole inbox of a workspace: one row, or none while everything is as it comes."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from workspaces.ids import uuid7


class InboxRulesManager(models.Manager["InboxRules"]):
    def current(self) -> "InboxRules":
        return self.first() or InboxRules()


class InboxRules(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Always true: there is one row at most.
    is_only = models.BooleanField(default=True, unique=True, editable=False)
    # Nothing: no chat is closed by itself.
    auto_close_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = InboxRulesManager()

    class Meta:
        db_table = "inbox_rules"
        constraints = [models.CheckConstraint(condition=Q(is_only=True), name="inbox_rules_are_one")]

    def __str__(self) -> str:
        return "Rules of the inbox"
