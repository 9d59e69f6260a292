"""Filters whose choices name nobody from outside this workspace."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from agents.guards import WorkspaceRequest
from agents.models import Agent
from workspaces.models import User, UserActivity


class AgentFilter(DropdownFilter):
    title = "agent"
    parameter_name = "agent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(agent.pk), agent.name) for agent in Agent.objects.select_related("user")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        known = {choice[0] for choice in self.lookup_choices}
        return rows.filter(agent=self.value()) if self.value() in known else rows


class PersonFilter(DropdownFilter):
    """Who did something here: members and former ones; operators who stepped in have no name here."""

    title = "person"
    parameter_name = "person"

    def lookups(self, request: WorkspaceRequest, model_admin: Any) -> list[tuple[str, str]]:
        here = UserActivity.objects.within(request.workspace).filter(user=OuterRef("pk"), by_operator=False)
        return [(str(person.pk), person.name) for person in User.objects.filter(Exists(here))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        known = {choice[0] for choice in self.lookup_choices}
        return rows.filter(user=self.value(), by_operator=False) if self.value() in known else rows


class InvitationStateFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in ("pending", "expired", "accepted", "withdrawn")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        pending: dict[str, Any] = {"accepted_at": None, "withdrawn_at": None}
        wanted: dict[str, dict[str, Any]] = {
            "pending": pending | {"expires_at__gt": now},
            "expired": pending | {"expires_at__lte": now},
            "accepted": {"accepted_at__isnull": False},
            "withdrawn": {"withdrawn_at__isnull": False},
        }
        return rows.filter(**wanted.get(self.value() or "", {}))
