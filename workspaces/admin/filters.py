"""Filters over what a page's queryset annotates."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest


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
