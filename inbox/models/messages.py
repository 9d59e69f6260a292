"""A message: what the customer wrote, what was answered, and what became of it."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from agents.models import Agent
from inbox.models.chats import Chat
from pages.models import Channel, WebhookEvent
from workspaces.ids import uuid7
from workspaces.models import Platform, PlatformManager


class MessageQuerySet(models.QuerySet["Message"]):
    def in_order(self) -> Self:
        """By Meta's time, then in the order we wrote them down."""
        return self.order_by("sent_at", "id")

    def outgoing(self) -> Self:
        return self.filter(direction=Message.Direction.OUT, is_private=False)

    def unsettled(self) -> Self:
        return self.outgoing().filter(status__in=[Message.Status.QUEUED, Message.Status.SENDING])

    def quotable(self) -> Self:
        """As `Message.is_quotable` says it of one."""
        told = self.filter(external_id__gt="", deleted_at=None, is_private=False)
        return told.exclude(external_id__contains=":").exclude(type=Message.Type.SYSTEM)


class Message(models.Model):
    class Direction(models.TextChoices):
        IN = "IN", "From the customer"
        OUT = "OUT", "To the customer"

    class Sender(models.TextChoices):
        CONTACT = "CONTACT", "Customer"
        AGENT = "AGENT", "Agent"
        BOT = "BOT", "Automation"
        SYSTEM = "SYSTEM", "System"
        # Another tool on the same page, or Meta's own inbox.
        ELSEWHERE = "ELSEWHERE", "Another tool"

    class Type(models.TextChoices):
        TEXT = "TEXT", "Text"
        IMAGE = "IMAGE", "Image"
        VIDEO = "VIDEO", "Video"
        AUDIO = "AUDIO", "Audio"
        VOICE = "VOICE", "Voice note"
        FILE = "FILE", "File"
        STICKER = "STICKER", "Sticker"
        LOCATION = "LOCATION", "Location"
        CONTACTS = "CONTACTS", "Contact cards"
        STORY_REPLY = "STORY_REPLY", "Reply to a story"
        STORY_MENTION = "STORY_MENTION", "Mention in a story"
        SHARE = "SHARE", "Shared post"
        LINK = "LINK", "Link preview"
        POSTBACK = "POSTBACK", "Button pressed"
        QUICK_REPLY = "QUICK_REPLY", "Quick reply"
        INTERACTIVE = "INTERACTIVE", "Interactive answer"
        ORDER = "ORDER", "Order"
        TEMPLATE = "TEMPLATE", "Template"
        REFERRAL = "REFERRAL", "Came from a link or an ad"
        SYSTEM = "SYSTEM", "System"
        UNSUPPORTED = "UNSUPPORTED", "Not supported by Meta's API"

    class Status(models.TextChoices):
        RECEIVED = "RECEIVED", "Received"
        QUEUED = "QUEUED", "Waiting to be sent"
        SENDING = "SENDING", "Being sent"
        UNCONFIRMED = "UNCONFIRMED", "Perhaps sent"
        SENT = "SENT", "Sent"
        DELIVERED = "DELIVERED", "Delivered"
        READ = "READ", "Read"
        FAILED = "FAILED", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # An index and a constraint below begin with these two.
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages", db_index=False)
    # The chat's, so that Meta's id can be unique.
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    sender = models.CharField(max_length=10, choices=Sender.choices)
    author = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    type = models.CharField(max_length=20, choices=Type.choices, default=Type.TEXT)
    text = models.TextField(blank=True)
    # What is not text, parsed: a location, contact cards, an order, the button pressed, the ad, the story; of what we
    # sent, what was asked of Meta besides the text.
    payload = models.JSONField(default=dict, blank=True)
    event = models.ForeignKey(WebhookEvent, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages")
    external_id = models.CharField(max_length=255, null=True, blank=True)
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    # What it quotes may be older than our copy of the chat.
    reply_to_external_id = models.CharField(max_length=255, blank=True)
    # {who: {"emoji": "❤", "at": time}}; who is "contact" or "us"; a removed one stays without an emoji.
    reactions = models.JSONField(default=dict, blank=True)
    is_private = models.BooleanField(default=False)
    is_gif = models.BooleanField(default=False)
    is_ticklegram = models.BooleanField(default=False)
    edited_at = models.DateTimeField(null=True, blank=True)
    earlier_texts = models.JSONField(default=list, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices)
    # Why it failed or waits, in words for the agent; the code for who asks further.
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    # Given by the browser: a double click is one message.
    client_id = models.UUIDField(null=True, blank=True, unique=True)
    # Several attachments are several messages of one group.
    group_id = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    # A worker is sending it until then; afterwards nobody knows whether it left.
    lease_until = models.DateTimeField(null=True, blank=True)
    pricing = models.JSONField(null=True, blank=True)
    # Meta's time; of what we send, ours until Meta has answered.
    sent_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        db_table = "messages"
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="message_once_per_channel"),
            models.UniqueConstraint(fields=["chat"], condition=Q(status="SENDING"), name="one_sender_per_chat"),
        ]
        indexes = [
            models.Index(F("chat"), F("sent_at").desc(), F("id").desc(), name="messages_of_chat"),
            # What search walks through when a word is too common to collect all that has it.
            models.Index(
                F("sent_at").desc(), F("id").desc(), condition=Q(deleted_at__isnull=True), name="messages_by_time"
            ),
            GinIndex(
                OpClass(F("text"), name="gin_trgm_ops"),
                condition=Q(deleted_at__isnull=True) & ~Q(text=""),
                name="messages_by_words",
            ),
            # Those that quote what has not come yet.
            models.Index(
                F("chat"),
                F("reply_to_external_id"),
                condition=Q(reply_to=None) & ~Q(reply_to_external_id=""),
                name="messages_quoting_unknown",
            ),
            # The outbox. Not with IN, which PostgreSQL writes down in another way each time it is copied.
            models.Index(
                F("chat"), F("id"), condition=Q(status="QUEUED") | Q(status="SENDING"), name="messages_unsettled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()}: {self.chat.identity.shown_name} on {self.channel.name}"

    @property
    def is_quotable(self) -> bool:
        """Meta knows it by an id of its own, and both sides see it. One that the parser made up has a colon."""
        known = self.external_id and ":" not in self.external_id
        return bool(known and not self.deleted_at and not self.is_private and self.type != self.Type.SYSTEM)


class FacebookMessage(Message):
    objects: ClassVar[Any] = PlatformManager(Platform.FACEBOOK, "channel__platform")

    class Meta:
        proxy = True
        verbose_name = "Messenger message"


class InstagramMessage(Message):
    objects: ClassVar[Any] = PlatformManager(Platform.INSTAGRAM, "channel__platform")

    class Meta:
        proxy = True
        verbose_name = "Instagram message"


class WhatsAppMessage(Message):
    objects: ClassVar[Any] = PlatformManager(Platform.WHATSAPP, "channel__platform")

    class Meta:
        proxy = True
        verbose_name = "WhatsApp message"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def due(self) -> Self:
        """Those to be fetched from Meta now."""
        waiting = self.filter(state=Attachment.State.WAITING)
        return waiting.filter(Q(not_before=None) | Q(not_before__lte=now()))

    def visible_to(self, agent: Agent) -> Self:
        return self.filter(message__chat__in=Chat.objects.visible_to(agent))


class Attachment(models.Model):
    """A file of a message: Meta's link dies, so ours is the copy that counts."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Being fetched"
        STORED = "STORED", "Here"
        TOO_LARGE = "TOO_LARGE", "Larger than we keep"
        GONE = "GONE", "No longer at Meta"
        FAILED = "FAILED", "Could not be fetched"
        # There is nothing to fetch: view-once, or a story that must not be kept.
        WITHHELD = "WITHHELD", "Not given by Meta"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=Message.Type.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # Where it is at Meta: a link that expires, or a WhatsApp media id.
    remote_url = models.TextField(blank=True)
    remote_id = models.CharField(max_length=255, blank=True)
    file = models.FileField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    mime_type = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        db_table = "attachments"
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="attachment_once_per_place")]
        indexes = [models.Index(fields=["id"], condition=Q(state="WAITING"), name="attachments_waiting")]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
