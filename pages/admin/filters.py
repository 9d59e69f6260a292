"""Filters by channel (names alone are read, never a token) and by how long ago."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from pages.models import Channel


class ChannelFilter(DropdownFilter):
    title = parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Channel.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        known = {choice[0] for choice in self.lookup_choices}
        return rows.filter(channel=self.value()) if self.value() in known else rows


class SinceFilter(admin.SimpleListFilter):
    parameter_name = "since"
    moment = ""
    spans = {
        "hour": ("In the last hour", timedelta(hours=1)),
        "day": ("In the last 24 hours", timedelta(days=1)),
        "week": ("In the last 7 days", timedelta(days=7)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in self.spans.items()]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if (asked := self.value()) not in self.spans:
            return rows
        return rows.filter(**{f"{self.moment}__gte": timezone.now() - self.spans[asked][1]})
