"""What was asked of Meta and what it answered; no secret is in it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from agents.admin.permissions import WorkspaceAdmin
from agents.admin.site import workspace_admin
from pages.admin.filters import ChannelFilter, SinceFilter
from pages.models import GraphCall
from workspaces.admin.filters import RecentValuesFilter
from workspaces.admin.showing import BAD, FAIR, GOOD, NOTHING, moment, pretty

RESULTS = {"done": ("Done", GOOD), "refused": ("Refused", BAD), "none": ("No answer", FAIR)}


class ResultFilter(admin.SimpleListFilter):
    title = "result"
    parameter_name = "result"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in RESULTS.items()]

    def queryset(self, request: HttpRequest, rows: QuerySet[GraphCall]) -> QuerySet[GraphCall]:
        wanted = {
            "done": Q(status__lt=400, error_code=""),
            "refused": Q(status__gte=400) | ~Q(error_code=""),
            "none": Q(status=None),
        }
        return rows.filter(wanted.get(self.value() or "", Q()))


class CalledFilter(SinceFilter):
    title = "called"
    moment = "created_at"


class TypeFilter(RecentValuesFilter):
    title = parameter_name = "type"


class StatusFilter(RecentValuesFilter):
    title = parameter_name = "status"


class ErrorFilter(RecentValuesFilter):
    title = "error"
    parameter_name = "error_code"


@admin.register(GraphCall, site=workspace_admin)
class GraphCallAdmin(WorkspaceAdmin):
    title = "Calls to Meta"
    section = "Meta"
    view_code = "messages.view"
    icon = "outbound"
    list_display = ["when", "type", "result", "status", "error_code", "channel_name", "actor", "took"]
    list_filter = [
        CalledFilter,
        ResultFilter,
        TypeFilter,
        StatusFilter,
        ErrorFilter,
        ChannelFilter,
    ]
    list_filter_submit = True
    search_fields = ["=address", "=trace_id", "=actor"]
    ordering = ["-created_at", "-id"]
    paginator = InfinitePaginator
    fields = [
        "created_at", "type", "result", "status", "error_code", "channel_name", "actor", "ip_address", "address",
        "trace_id", "milliseconds", "asked", "answered",
    ]  # fmt: skip
    readonly_fields = ["result", "channel_name", "asked", "answered"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GraphCall]:
        return super().get_queryset(request).select_related("channel").defer("channel__access_token")

    @plain(description="When", ordering="created_at")
    def when(self, call: GraphCall) -> str:
        return moment(call.created_at)

    @display(description="Result", label=dict(RESULTS.values()))
    def result(self, call: GraphCall) -> str:
        if call.status is None:
            return RESULTS["none"][0]
        return RESULTS["refused" if call.status >= 400 or call.error_code else "done"][0]

    @plain(description="Channel")
    def channel_name(self, call: GraphCall) -> str:
        return call.channel.name if call.channel else NOTHING

    @plain(description="Took", ordering="milliseconds")
    def took(self, call: GraphCall) -> str:
        return f"{call.milliseconds} ms"

    @plain(description="Asked")
    def asked(self, call: GraphCall) -> str:
        return pretty(call.request)

    @plain(description="Answered")
    def answered(self, call: GraphCall) -> str:
        return pretty(call.response)
