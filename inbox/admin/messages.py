"""Messages and their files, as they came and as they went."""

from django.contrib import admin
from django.contrib.admin import display as plain
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.text import Truncator
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from agents.admin.permissions import WorkspaceAdmin, WorkspaceInline
from agents.admin.site import workspace_admin
from inbox.admin.names import short
from inbox.models import Attachment, Message
from pages.admin.filters import ChannelFilter
from workspaces.admin.showing import BAD, FAIR, GOOD, NOTHING, PLAIN, link, moment, pretty

STATUSES = {"Failed": BAD, "Perhaps sent": FAIR, "Delivered": GOOD, "Read": GOOD, "Sent": GOOD}
STATUSES |= dict.fromkeys(["Received", "Waiting to be sent", "Being sent"], PLAIN)


class AttachmentInline(WorkspaceInline):
    model = Attachment
    view_code = "messages.view"
    verbose_name_plural = "Files"
    fields = readonly_fields = ["file_link", "kind", "mime_type", "length", "state", "error"]
    per_page = 20

    @plain(description="File")
    def file_link(self, attachment: Attachment) -> str:
        if attachment.state != Attachment.State.STORED:
            return attachment.name or NOTHING
        return link(reverse("inbox:attachment", args=[attachment.pk]), attachment)

    @plain(description="Size")
    def length(self, attachment: Attachment) -> str:
        return NOTHING if attachment.size is None else filesizeformat(attachment.size)


@admin.register(Message, site=workspace_admin)
class MessageAdmin(WorkspaceAdmin):
    title = "Messages"
    section = "Inbox"
    view_code = "messages.view"
    icon = "chat"
    inlines = [AttachmentInline]
    list_display = ["when", "who", "direction", "type", "standing", "channel_name", "start"]
    list_filter = ["direction", "type", "status", ChannelFilter]
    list_filter_submit = True
    search_fields = ["text", "=external_id"]
    ordering = ["-sent_at", "-id"]
    paginator = InfinitePaginator
    fields = [
        "chat_link", "channel_name", "direction", "sender", "by", "type", "text", "standing", "error", "error_code",
        "sent_at", "delivered_at", "read_at", "edited_at", "deleted_at", "external_id", "event_link", "content",
        "reacted", "before",
    ]  # fmt: skip
    readonly_fields = ["chat_link", "channel_name", "by", "standing", "event_link", "content", "reacted", "before"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        rows = super().get_queryset(request)
        rows = rows.select_related("chat__identity", "channel", "author__user")
        return rows.defer("channel__access_token")

    @plain(description="When", ordering="sent_at")
    def when(self, message: Message) -> str:
        return moment(message.sent_at)

    @plain(description="Customer", ordering="chat__identity__name")
    def who(self, message: Message) -> str:
        return short(message.chat.identity.shown_name)

    @plain(description="Text")
    def start(self, message: Message) -> str:
        if message.deleted_at:
            return "Unsent"
        return Truncator(message.text).chars(80) or NOTHING

    @display(description="Status", label=STATUSES, ordering="status")
    def standing(self, message: Message) -> str:
        return message.get_status_display()

    @plain(description="Channel", ordering="channel__name")
    def channel_name(self, message: Message) -> str:
        return message.channel.name

    @plain(description="Written by")
    def by(self, message: Message) -> str:
        return message.author.name if message.author else NOTHING

    @plain(description="Chat")
    def chat_link(self, message: Message) -> str:
        return link(workspace_admin.page_of(message.chat), message.chat.identity.shown_name)

    @plain(description="Came with")
    def event_link(self, message: Message) -> str:
        event = message.event
        return link(workspace_admin.page_of(event), event) if event else NOTHING

    @plain(description="Besides the text")
    def content(self, message: Message) -> str:
        return pretty(message.payload) if message.payload else NOTHING

    @plain(description="Reactions")
    def reacted(self, message: Message) -> str:
        return pretty(message.reactions) if message.reactions else NOTHING

    @plain(description="Earlier texts")
    def before(self, message: Message) -> str:
        return pretty(message.earlier_texts) if message.earlier_texts else NOTHING
