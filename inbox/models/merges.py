"""Two contacts that an agent found to be one person, with what is needed to take them apart again."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from agents.models import Agent
from inbox.models.contacts import Contact
from workspaces.ids import uuid7


class ContactMergeQuerySet(models.QuerySet["ContactMerge"]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def touching(self, *contacts: Any) -> Self:
        return self.filter(Q(kept__in=contacts) | Q(gone__in=contacts))


class ContactMerge(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kept = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges_into_others")
    by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    # The identities that moved, and the kept contact's fields before and after. The other's row keeps its own.
    moved = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = ContactMergeQuerySet.as_manager()

    class Meta:
        db_table = "contact_merges"
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="contact_merged_away_once")
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"
