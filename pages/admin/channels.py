"""Pages, accounts and numbers in the workspace's admin: how they are, and the switch. Their tokens are nowhere here."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import display as plain
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display

from agents.admin.permissions import WorkspaceAdmin, acting, may
from agents.admin.site import workspace_admin
from agents.admin.status_logs import StatusLogInline
from agents.guards import WorkspaceRequest
from pages.actions.channels import switch_channel
from pages.actions.checking import check_channel
from pages.graph.calls import acting_as
from pages.health import dies_at, health_of, quality_of
from pages.logins import reconnect_door
from pages.models import ChannelStatusLog, FacebookPage, InstagramAccount, PhoneNumber
from pages.models.channels import Channel, last_activity
from workspaces.admin.doors import dialog
from workspaces.admin.forms import ConfirmDialog
from workspaces.admin.showing import BAD, FAIR, GOOD, NOTHING, moment

CONNECTIONS = {"Connected": GOOD, "Needs reconnecting": BAD, "Disconnected": ""}


class ChannelStatusLogInline(StatusLogInline):
    model = ChannelStatusLog
    fk_name = "channel"
    view_code = "channels.view"
    fields = readonly_fields = ["when", "changed_to", "by", "note"]


class ChannelAdmin(WorkspaceAdmin):
    section = "Channels"
    view_code = "channels.view"
    icon = "hub"
    in_search = True
    inlines = [ChannelStatusLogInline]
    list_display = ["name", "handle", "connection", "on", "last_in", "last_out", "ends"]
    list_filter = ["connection_status", "is_active", "login"]
    search_fields = ["name", "username", "=external_id"]
    quick_dialogs = {"check_now": "Check now"}
    quick_permission = "manage"
    actions_detail = ["check_now", "switch_off", "switch_on", "reconnect"]
    state = ["connection", "on", "advice", "last_in", "last_out", "ends", "quality", "checked"]
    fieldsets = [
        (None, {"fields": ["name", "handle", "external_id", "login", "by"]}),
        ("How it is", {"fields": state}),
    ]
    readonly_fields = ["name", "handle", "external_id", "login", "by", *state]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        channels: QuerySet[Channel] = super().get_queryset(request)
        return channels.select_related("connected_by__user").annotate(**last_activity())

    def has_manage_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "channels.manage")

    @plain(description="Known as", ordering="username")
    def handle(self, channel: Channel) -> str:
        return channel.handle

    @display(description="Status", label=CONNECTIONS, ordering="connection_status")
    def connection(self, channel: Channel) -> str:
        return channel.get_connection_status_display()

    @display(description="Switched", label={"On": GOOD, "Off": FAIR}, ordering="is_active")
    def on(self, channel: Channel) -> str:
        return "On" if channel.is_active else "Off"

    @plain(description="Last inbound", ordering="last_incoming_at")
    def last_in(self, channel: Any) -> str:
        return moment(channel.last_incoming_at)

    @plain(description="Last outbound", ordering="last_outgoing_at")
    def last_out(self, channel: Any) -> str:
        return moment(channel.last_outgoing_at)

    @plain(description="Token ends", ordering="token_expires_at")
    def ends(self, channel: Channel) -> str:
        return moment(dies_at(channel))

    @plain(description="Quality")
    def quality(self, channel: Channel) -> str:
        return quality_of(channel) or NOTHING

    @plain(description="What to do")
    def advice(self, channel: Channel) -> str:
        return health_of(channel).advice or "Nothing: it works."

    @plain(description="Checked", ordering="checked_at")
    def checked(self, channel: Channel) -> str:
        return moment(channel.checked_at)

    @plain(description="Connected by")
    def by(self, channel: Channel) -> str:
        return channel.connected_by.name if channel.connected_by else NOTHING

    # Doors.
    def fitting(self, row: Channel) -> set[str]:
        if row.connection_status == Channel.Connection.DISCONNECTED:
            return {"reconnect"}
        return {"check_now", "reconnect", "switch_off" if row.is_active else "switch_on"}

    @dialog(
        "Check now",
        may="manage",
        icon="sync",
        submit="Check",
        form=ConfirmDialog,
        text="Meta is asked whether the token still works, and whether its messages come here.",
    )
    def check_now(self, request: WorkspaceRequest, channel: Channel, note: str) -> str:
        # Meta is not asked within a transaction, and what it answers stays whatever it is.
        transaction.on_commit(lambda: say(request, channel))
        return ""

    @dialog(
        "Switch off",
        may="manage",
        icon="toggle_off",
        submit="Switch off",
        danger=True,
        text="Messages still come in. Nobody can answer until it is switched on.",
    )
    def switch_off(self, request: HttpRequest, channel: Channel, note: str) -> str:
        switch_channel(channel, False, note=note, **acting(request))
        return f"{channel.name} is switched off."

    @dialog("Switch on", may="manage", icon="toggle_on", submit="Switch on", text="Answers that wait are sent now.")
    def switch_on(self, request: HttpRequest, channel: Channel, note: str) -> str:
        switch_channel(channel, True, note=note, **acting(request))
        return f"{channel.name} is switched on."

    @action(description="Reconnect", permissions=["manage"], icon="link")
    def reconnect(self, request: HttpRequest, object_id: str) -> HttpResponse:
        channel = self.get_object(request, object_id)
        if channel is None:
            raise Http404
        return redirect(reconnect_door(channel)[0])


def say(request: WorkspaceRequest, channel: Channel) -> None:
    with acting_as(request.user.email):
        problem = check_channel(channel, request.workspace)
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, f"{channel.name} works.")


@admin.register(FacebookPage, site=workspace_admin)
class FacebookPageAdmin(ChannelAdmin):
    title = "Facebook pages"


@admin.register(InstagramAccount, site=workspace_admin)
class InstagramAccountAdmin(ChannelAdmin):
    title = "Instagram accounts"
    icon = "photo_camera"


@admin.register(PhoneNumber, site=workspace_admin)
class PhoneNumberAdmin(ChannelAdmin):
    title = "WhatsApp numbers"
    icon = "call"
    list_display = [*ChannelAdmin.list_display, "quality"]
