"""A list of people from a file: how far it has come, and which of its rows were left out."""

from typing import Self

from django.db import models
from django.db.models import Q

from agents.models import Agent
from pages.models import Channel
from workspaces.ids import uuid7


class ContactImportQuerySet(models.QuerySet["ContactImport"]):
    def running(self) -> Self:
        return self.filter(state=ContactImport.State.RUNNING)

    def visible_to(self, agent: Agent) -> Self:
        """A file is full of people: who reads their own chats alone sees their own files alone."""
        return self if agent.can("messages.view") else self.filter(created_by=agent)


class ContactImport(models.Model):
    class State(models.TextChoices):
        UPLOADED = "UPLOADED", "Not started"
        RUNNING = "RUNNING", "Running"
        DONE = "DONE", "Finished"
        FAILED = "FAILED", "Stopped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Our own copy: UTF-8, commas, the head first.
    file = models.FileField(max_length=255)
    name = models.CharField(max_length=255)
    head = models.JSONField(default=list)
    row_count = models.PositiveIntegerField()
    # What each column is; "" is left out.
    columns = models.JSONField(default=list)
    # The number whose customers they are: a person's id means something within its portfolio alone.
    channel = models.ForeignKey(Channel, null=True, on_delete=models.SET_NULL, related_name="+")
    tags = models.JSONField(default=list)
    country_code = models.CharField(max_length=4, blank=True)
    consent = models.CharField(max_length=10, blank=True)
    consent_source = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    problem = models.CharField(max_length=255, blank=True)
    # How many rows are done, whatever became of them.
    position = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ContactImportQuerySet.as_manager()

    class Meta:
        db_table = "contact_imports"
        indexes = [models.Index(fields=["id"], condition=Q(state="RUNNING"), name="contact_imports_running")]

    def __str__(self) -> str:
        return self.name

    @property
    def repeated_count(self) -> int:
        """Rows of a person whom an earlier row brought."""
        return self.position - self.created_count - self.updated_count - self.failed_count


class FailedRow(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact_import = models.ForeignKey(
        ContactImport, on_delete=models.CASCADE, related_name="failed_rows", db_index=False
    )
    # As the file's reader counts: the head is line 1.
    line = models.PositiveIntegerField()
    values = models.JSONField(default=list)
    error = models.CharField(max_length=255)

    class Meta:
        db_table = "contact_import_failed_rows"
        constraints = [models.UniqueConstraint(fields=["contact_import", "line"], name="failed_row_once_per_line")]

    def __str__(self) -> str:
        return f"{self.line}: {self.error}"
