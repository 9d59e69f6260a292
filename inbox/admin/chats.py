"""Chats: one person on one channel."""

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from agents.admin.permissions import WorkspaceAdmin
from agents.admin.site import workspace_admin
from inbox.admin.names import short
from inbox.models import Chat
from pages.admin.filters import ChannelFilter
from workspaces.admin.showing import FAIR, GOOD, NOTHING, PLAIN, link, moment


@admin.register(Chat, site=workspace_admin)
class ChatAdmin(WorkspaceAdmin):
    title = "Chats"
    section = "Inbox"
    view_code = "messages.view"
    icon = "forum"
    list_display = ["who", "channel_name", "platform", "standing", "agent", "unread_count", "last"]
    list_filter = ["state", "platform", ChannelFilter]
    list_filter_submit = True
    search_fields = ["identity__name", "identity__username", "=identity__phone", "=identity__external_id"]
    ordering = ["-last_message_at", "-id"]
    paginator = InfinitePaginator
    fields = [
        "customer", "channel_name", "platform", "standing", "agent", "unread_count", "last_incoming_at",
        "last_outgoing_at", "window_expires_at", "delivered_until", "read_until", "snoozed_until", "created_at",
        "thread",
    ]  # fmt: skip
    readonly_fields = ["customer", "channel_name", "standing", "agent", "thread"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chat]:
        rows = super().get_queryset(request).select_related("identity", "channel", "assigned_to__user")
        return rows.defer("channel__access_token")

    @plain(description="Who", ordering="identity__name")
    def who(self, chat: Chat) -> str:
        return short(chat.identity.shown_name)

    @plain(description="Customer")
    def customer(self, chat: Chat) -> str:
        return link(workspace_admin.page_of(chat.identity), chat.identity.shown_name)

    @plain(description="Channel", ordering="channel__name")
    def channel_name(self, chat: Chat) -> str:
        return chat.channel.name

    @display(description="State", label={"Open": GOOD, "Snoozed": FAIR, "Closed": PLAIN}, ordering="state")
    def standing(self, chat: Chat) -> str:
        return chat.get_state_display()

    @plain(description="Assigned to")
    def agent(self, chat: Chat) -> str:
        return chat.assigned_to.name if chat.assigned_to else NOTHING

    @plain(description="Last message", ordering="last_message_at")
    def last(self, chat: Chat) -> str:
        return moment(chat.last_message_at)

    @plain(description="Messages")
    def thread(self, chat: Chat) -> str:
        rows = reverse("workspace_admin:inbox_message_changelist")
        return link(f"{rows}?chat__id__exact={chat.pk}", "What was written")
