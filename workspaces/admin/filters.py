"""Filters over what a page's queryset annotates."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter


class YesNoFilter(admin.SimpleListFilter):
    annotation = ""
    words = ("Yes", "No")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(zip(("yes", "no"), self.words, strict=True))

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(**{self.annotation: self.value() == "yes"}) if self.value() in {"yes", "no"} else rows


class TwoFactorFilter(YesNoFilter):
    title = "two-factor"
    parameter_name = annotation = "two_factor"
    words = ("With", "Without")


class VerifiedFilter(YesNoFilter):
    title = "e-mail address"
    parameter_name = "verified"
    annotation = "is_verified"
    words = ("Verified", "Not verified")


class RecentValuesFilter(DropdownFilter):
    """What the newest rows hold: nobody waits until a log of millions has been read for its choices."""

    parameter_name = ""
    looked_at = 2000

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        newest = model_admin.model.objects.order_by(*model_admin.ordering)
        found = set(newest.values_list(self.parameter_name, flat=True)[: self.looked_at])
        return [(str(value), str(value)) for value in sorted(found - {None, ""})]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        known = {choice[0] for choice in self.lookup_choices}
        return rows.filter(**{self.parameter_name: self.value()}) if self.value() in known else rows
