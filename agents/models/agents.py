"""A workspace's people at work."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from agents.models.positions import Position
from agents.permissions import ALL_CODES, PERMISSIONS
from workspaces.ids import uuid7
from workspaces.models import User
from workspaces.models.memberships import person_named


class AgentQuerySet(models.QuerySet["Agent"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def receiving(self) -> Self:
        return self.active().filter(can_receive_new_chats=True)

    def with_person(self) -> Self:
        return self.select_related("user__profile", "position")

    def named(self, query: str) -> Self:
        return self.filter(person_named(query))


class Agent(models.Model):
    class Role(models.TextChoices):
        ADMIN = "ADMIN", "Admin"
        AGENT = "AGENT", "Agent"
        VIEWER = "VIEWER", "Viewer"

    class Availability(models.TextChoices):
        ONLINE = "ONLINE", "Online"
        AWAY = "AWAY", "Away"
        OFF = "OFF", "Off"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No constraint across the schemas: each one would hang a trigger on `users` for every workspace there is, and
    # lock that table whenever a workspace is made or dropped. People are never deleted.
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    emp_id = models.CharField("employee number", max_length=100, null=True, blank=True, unique=True)
    contact_number = models.CharField(max_length=50, null=True, blank=True, unique=True)
    country = models.CharField(max_length=100, blank=True)
    role = models.CharField(
        max_length=10,
        choices=Role.choices,
        default=Role.AGENT,
        help_text="Follows the role of the membership.",
    )
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="agents")
    is_active = models.BooleanField("works here", default=True)
    can_receive_new_chats = models.BooleanField("receives new chats", default=True)
    # What they have chosen; whether they are here is for their open page to say.
    availability = models.CharField(max_length=10, choices=Availability.choices, default=Availability.ONLINE)
    # Nothing was heard of them for a while, by which they count as away until they are back.
    is_idle = models.BooleanField(default=False)
    # Gone for the day, or for good: since when.
    off_since = models.DateTimeField(null=True, blank=True)
    # When they last said what becomes of their chats at the end of a shift.
    shift_settled_at = models.DateTimeField(null=True, blank=True)
    max_open_chats = models.PositiveSmallIntegerField("open chats at most", null=True, blank=True)
    states = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AgentQuerySet.as_manager()

    class Meta:
        db_table = "agents"
        ordering = ["user__first_name", "user__last_name"]

    def __str__(self) -> str:
        return self.user.name

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def reach(self) -> frozenset[str]:
        """What they may do as soon as nothing holds them back."""
        return ALL_CODES if self.role == self.Role.ADMIN else ALL_CODES.intersection(self.position.permissions)

    @property
    def codes(self) -> frozenset[str]:
        if not self.is_active:
            return frozenset()
        if self.role == self.Role.VIEWER:
            return frozenset(code for code in self.reach if not PERMISSIONS[code].changes)
        return self.reach

    @property
    def limit(self) -> int | None:
        """Of open chats; nothing is dealt to them beyond it."""
        return self.max_open_chats if self.max_open_chats is not None else self.position.max_open_chats

    @property
    def answers(self) -> bool:
        """Writes to customers; a viewer looks on."""
        return self.is_active and self.role != self.Role.VIEWER

    def can(self, code: str) -> bool:
        if code not in PERMISSIONS:
            raise KeyError(f"no such permission: {code}")
        return code in self.codes


class AgentStatusLog(models.Model):
    """Each turn of one of an agent's switches: who turned it, to what, and why."""

    class Switch(models.TextChoices):
        IS_ACTIVE = "is_active", "works here"
        RECEIVES = "can_receive_new_chats", "receives new chats"
        AVAILABILITY = "availability", "availability"

    class Turn(models.TextChoices):
        ON = "ON", "On"
        OFF = "OFF", "Off"
        ONLINE = "ONLINE", "Online"
        AWAY = "AWAY", "Away"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="status_logs", db_index=False)
    switch = models.CharField(max_length=30, choices=Switch.choices)
    changed_to = models.CharField(max_length=10, choices=Turn.choices)
    # Nobody: the system, or a platform operator, as the note says.
    changed_by = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True, max_length=500)

    class Meta:
        db_table = "user_status_logs"
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["agent", "-changed_at"], name="status_log_of_agent")]

    def __str__(self) -> str:
        return f"{self.get_switch_display()}: {self.get_changed_to_display().lower()}"
