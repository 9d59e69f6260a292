"""What we asked Meta and what it answered, for a while, without a secret in it."""

from django.db import models

from pages.models.channels import Channel
from workspaces.ids import uuid7


class GraphCall(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # Who caused it: an agent's e-mail address, or the name of a job.
    actor = models.CharField(max_length=255, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    # Dotted camelCase: messages.send, profile.read, …
    type = models.CharField(max_length=80)
    # What it was for: "message 0198…", "channel 0198…".
    address = models.CharField(max_length=255, blank=True, db_index=True)
    request = models.JSONField()
    response = models.JSONField(null=True, blank=True)
    # Nothing: no answer came.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    trace_id = models.CharField(max_length=80, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        db_table = "graph_calls"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.type} {self.status or 'no answer'}"
