"""What holds for the whole inbox of a workspace: one row, or none while everything is as it comes."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from workspaces.ids import uuid7

# A day, in minutes.
LONGEST = 24 * 60


def minutes(least: int, default: int | None = None) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    validators = [MinValueValidator(least), MaxValueValidator(LONGEST)]
    return models.PositiveSmallIntegerField(null=True, blank=True, default=default, validators=validators)


class InboxRulesManager(models.Manager["InboxRules"]):
    def current(self) -> "InboxRules":
        return self.first() or InboxRules()


class InboxRules(models.Model):
    class Strategy(models.TextChoices):
        ROUND_ROBIN = "ROUND_ROBIN", "In turn"
        LEAST_LOADED = "LEAST_LOADED", "Who has the fewest"
        LAST_AGENT = "LAST_AGENT", "Who answered last"
        BY_HAND = "BY_HAND", "By hand"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Always true: there is one row at most.
    is_only = models.BooleanField(default=True, unique=True, editable=False)
    # Nothing: no chat is closed by itself.
    auto_close_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    strategy = models.CharField(max_length=12, choices=Strategy.choices, default=Strategy.ROUND_ROBIN)
    # What becomes of the chats of who is off. Nothing: they stay.
    reassign_after = minutes(0)
    # Of a chat that nobody has.
    tell_after = minutes(1, default=10)
    # Without a sign of life somebody counts as away. Nothing: never.
    idle_after = minutes(5)
    # To a customer who writes when nobody is there. Empty: none.
    away_message = models.TextField(blank=True, max_length=1000)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InboxRulesManager()

    class Meta:
        db_table = "inbox_rules"
        constraints = [models.CheckConstraint(condition=Q(is_only=True), name="inbox_rules_are_one")]

    def __str__(self) -> str:
        return "Rules of the inbox"
