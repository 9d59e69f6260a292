"""Texts that are prepared ahead: so far the answers that agents give again and again."""

from typing import Self

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Lower

from agents.models import Agent
from templates_app.models.assets import SavedAsset
from workspaces.ids import uuid7
from workspaces.models import Platform
from workspaces.names import validate_name


class MessageTemplateQuerySet(models.QuerySet["MessageTemplate"]):
    def visible_to(self, agent: Agent) -> Self:
        return self.filter(Q(is_shared=True) | Q(created_by=agent))

    def beside(self, template: "MessageTemplate") -> Self:
        """Those whose shortcut has to differ from this one's: all shared ones, or one's own."""
        others = self.exclude(pk=template.pk).filter(is_shared=template.is_shared)
        return others if template.is_shared else others.filter(created_by=template.created_by_id)

    def for_platform(self, platform: str) -> Self:
        return self.filter(Q(platform="") | Q(platform=platform)) if platform else self

    def holding(self, words: str) -> Self:
        """Every word is in the name, the shortcut, the category or the text."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(shortcut__icontains=word)
                | Q(category__icontains=word)
                | Q(content__icontains=word)
            )
        return found

    def best_for(self, words: str) -> Self:
        """As they are picked: whose shortcut begins so, then by name, then by text; the most used first."""
        if not (words := words.strip()):
            return self.order_by("-used_count", Lower("name"))
        closeness = Case(
            When(shortcut__istartswith=words, then=Value(0)),
            When(Q(name__icontains=words) | Q(shortcut__icontains=words), then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.holding(words).annotate(closeness=closeness).order_by("closeness", "-used_count", Lower("name"))


class MessageTemplate(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, validators=[validate_name])
    # Typed after the slash; small letters.
    shortcut = models.CharField(max_length=40, blank=True)
    # As browsers call it, for screen readers and fonts; nobody is shut out by it.
    language = models.CharField(max_length=10, blank=True)
    content = models.TextField("text", blank=True, max_length=4096)
    category = models.CharField(max_length=50, blank=True)
    # None: on all of them.
    platform = models.CharField(max_length=10, blank=True, choices=Platform.choices)
    is_shared = models.BooleanField(default=False)
    assets = models.ManyToManyField(SavedAsset, blank=True, related_name="templates")
    used_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="message_templates")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        db_table = "message_templates"
        ordering = [Lower("name"), "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=Q(is_shared=True) & ~Q(shortcut=""),
                name="shortcut_once_of_all",
            ),
            models.UniqueConstraint(
                fields=["created_by", "shortcut"],
                condition=Q(is_shared=False) & ~Q(shortcut=""),
                name="shortcut_once_of_agent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, agent: Agent) -> bool:
        return agent.can("inbox.manage") if self.is_shared else self.created_by_id == agent.pk and agent.answers
