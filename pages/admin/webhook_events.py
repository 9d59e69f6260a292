"""What Meta told this workspace, as it said it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from agents.admin.permissions import WorkspaceAdmin, acting, may
from agents.admin.site import workspace_admin
from pages.actions.webhook_events import run_event_again
from pages.admin.filters import ChannelFilter, SinceFilter
from pages.models import WebhookEvent
from workspaces.admin.doors import act_on_each, dialog
from workspaces.admin.filters import RecentValuesFilter, YesNoFilter
from workspaces.admin.forms import ConfirmDialog
from workspaces.admin.showing import FAIR, GOOD, NOTHING, moment, pretty


class ReceivedFilter(SinceFilter):
    title = "received"
    moment = "received_at"


class KnownFilter(YesNoFilter):
    title = "shape"
    parameter_name = "known"
    annotation = "is_known"
    words = ("Known", "Unknown")


class KindFilter(RecentValuesFilter):
    title = parameter_name = "kind"


class ProcessedFilter(admin.SimpleListFilter):
    title = "processed"
    parameter_name = "processed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "Not yet")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(processed_at__isnull=self.value() == "no") if self.value() in {"yes", "no"} else rows


@admin.register(WebhookEvent, site=workspace_admin)
class WebhookEventAdmin(WorkspaceAdmin):
    title = "Webhook events"
    section = "Meta"
    view_code = "messages.view"
    icon = "webhook"
    quick_permission = "run"
    list_display = ["when", "platform", "kind", "known", "channel_name", "done"]
    list_filter = [
        ReceivedFilter,
        "platform",
        KnownFilter,
        ProcessedFilter,
        KindFilter,
        ChannelFilter,
    ]
    list_filter_submit = True
    search_fields = ["=about", "=sender_id", "=account_id"]
    ordering = ["-received_at", "-id"]
    paginator = InfinitePaginator
    fields = [
        "received_at", "processed_at", "platform", "object", "kind", "known", "channel_name", "account_id",
        "sender_id", "about", "said",
    ]  # fmt: skip
    readonly_fields = ["known", "channel_name", "said"]
    quick_dialogs = {"run": "Run again"}
    actions = ["run_all"]
    actions_detail = ["run"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        return super().get_queryset(request).select_related("channel").defer("channel__access_token")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A page at a time: nobody counts the rest, nor runs all of it within one request."""
        rows = super().get_changelist_instance(request)
        rows.result_count = len(rows.result_list)
        return rows

    def has_run_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "channels.manage")

    # Columns.
    @plain(description="Received", ordering="received_at")
    def when(self, event: WebhookEvent) -> str:
        return moment(event.received_at)

    @display(description="Shape", label={"Known": GOOD, "Unknown": FAIR}, ordering="is_known")
    def known(self, event: WebhookEvent) -> str:
        return "Known" if event.is_known else "Unknown"

    @plain(description="Channel")
    def channel_name(self, event: WebhookEvent) -> str:
        return event.channel.name if event.channel else NOTHING

    @plain(description="Processed", ordering="processed_at")
    def done(self, event: WebhookEvent) -> str:
        return moment(event.processed_at)

    @plain(description="What Meta said")
    def said(self, event: WebhookEvent) -> str:
        return pretty(event.payload)

    # Doors.
    @dialog(
        "Run again",
        may="run",
        icon="replay",
        submit="Run again",
        form=ConfirmDialog,
        text="What it brought stays as it is; what is missing is filled in.",
    )
    def run(self, request: HttpRequest, event: WebhookEvent, note: str) -> str:
        run_event_again(event, **acting(request))
        return f"{event} has been run again."

    @action(description="Run again", permissions=["run"])
    def run_all(self, request: HttpRequest, rows: QuerySet[WebhookEvent]) -> None:
        rows = rows.order_by("received_at", "id")
        act_on_each(request, rows, lambda row: run_event_again(row, **acting(request)), done="Run again")
