"""Filters by channel: names alone are read, never a token."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from pages.models import Channel


class ChannelFilter(DropdownFilter):
    title = parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Channel.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        known = {choice[0] for choice in self.lookup_choices}
        return rows.filter(channel=self.value()) if self.value() in known else rows
