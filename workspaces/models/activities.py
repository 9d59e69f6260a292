"""The audit log: what was done, by whom, from where. The database refuses to change or delete a row."""

from typing import Self

from django.db import models

from workspaces.ids import uuid7
from workspaces.models.users import User
from workspaces.models.workspaces import Workspace


class UserActivityQuerySet(models.QuerySet["UserActivity"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def within(self, workspace: Workspace) -> Self:
        return self.filter(workspace=workspace)


class UserActivity(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Nobody: the system did it. DO_NOTHING: a log that lost its rows with a person would be none.
    user = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="activities", db_index=False
    )
    workspace = models.ForeignKey(
        Workspace, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="activities", db_index=False
    )
    # Who acted as an operator from outside has no name and no address for the workspace's people.
    by_operator = models.BooleanField(default=False)
    activity_type = models.CharField("what", max_length=50, db_index=True)
    description = models.TextField()
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True)
    user_agent = models.TextField("browser", blank=True)
    metadata = models.JSONField("details", default=dict)
    created_at = models.DateTimeField("when", auto_now_add=True)

    objects = UserActivityQuerySet.as_manager()

    class Meta:
        db_table = "user_activities"
        verbose_name_plural = "user activities"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="activity_of_workspace"),
            models.Index(fields=["user", "-created_at", "-id"], name="activity_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_type}: {self.description}"

    @property
    def actor(self) -> str:
        """As the people of the workspace read it."""
        if self.by_operator:
            return "Switchboard's operators"
        return self.user.name if self.user else "The system"
