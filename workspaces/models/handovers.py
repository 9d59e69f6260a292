"""The single-use link that carries a log-in from the public host to a workspace's host."""

from datetime import timedelta

from django.db import models

from workspaces.ids import uuid7
from workspaces.models.users import User
from workspaces.models.workspaces import Workspace


class Handover(models.Model):
    LIFETIME = timedelta(seconds=60)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    # Ties the link to the browser that asked for it: a link that leaks, or is planted, opens nothing.
    state_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    login_id = models.UUIDField(help_text="The log-in on the public host; ending it ends what it opened.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "handovers"

    def __str__(self) -> str:
        return f"{self.user_id} to {self.workspace_id}"
