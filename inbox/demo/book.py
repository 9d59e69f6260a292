"""The demo's rows, collected while its stories are told and written down together.

What the product's actions compute is computed by them here too: a chat is brought up to date from its messages.
"""

import os
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import F, Min, OuterRef, Subquery

from agents.models import Agent
from inbox.actions.chatting import News, bring_up_to_date
from inbox.actions.media import place_of
from inbox.demo.files import Sample
from inbox.mentions import MENTION
from inbox.models import Attachment, Chat, ChatEvent, ChatLabel, ChatRead, Contact, Identity, Label, Mention, Message
from pages.models import Channel, ChannelStatusLog
from pages.sandbox.world import Customer
from workspaces.models import Platform

Sender, Status, Type = Message.Sender, Message.Status, Message.Type
ID_PREFIX = {Platform.FACEBOOK: "m_demo", Platform.INSTAGRAM: "aWdfdemo", Platform.WHATSAPP: "wamid.demo"}
ON_THE_WAY = {Status.QUEUED, Status.SENDING, Status.UNCONFIRMED, Status.FAILED}


def id_at(moment: datetime) -> UUID:
    """As workspaces.ids.uuid7 would have made it then: the order of ids is that of time."""
    value = (int(moment.timestamp() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)


class Book:
    def __init__(self, channels: Mapping[str, Channel], team: Mapping[str, Agent], now: datetime) -> None:
        self.channels, self.team, self.now = channels, team, now
        # The same demo each time.
        self.random = Random(4)  # noqa: S311
        self.contacts: list[Contact] = []
        self.identities: list[Identity] = []
        self.stories: list[Story] = []
        self.attachments: list[Attachment] = []
        self.mentions: list[Mention] = []
        self.reads: list[ChatRead] = []
        self.labels: dict[str, Label] = {}
        # By identity, as the sandbox calls them.
        self.customers: dict[UUID, Customer] = {}
        self.answering = [agent for agent in team.values() if agent.answers]
        self.count = 0

    def ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    def mention(self, key: str) -> str:
        """As the composer writes it."""
        agent = self.team[key]
        return f"@[{agent.name}]({agent.pk})"

    def there_at(self, moment: datetime) -> list[Agent]:
        """Who takes no chats at the moment has taken none lately; an admin is dealt none, and takes some."""
        if moment < self.ago(days=14):
            return self.answering
        return [agent for agent in self.answering if agent.can_receive_new_chats or agent.role == Agent.Role.ADMIN]

    def face(self, channel: Channel, external_id: str, *, name: str, **fields: Any) -> Identity:
        shown = name or fields.get("username", "")
        contact = Contact(display_name=shown)
        identity = Identity(
            contact=contact,
            platform=channel.platform,
            scope=channel.scope,
            external_id=external_id,
            name=name,
            **fields,
        )
        self.contacts.append(contact)
        self.identities.append(identity)
        return identity

    def story(self, channel: Channel, identity: Identity, **fields: Any) -> "Story":
        story = Story(self, channel, identity, **fields)
        self.stories.append(story)
        return story

    def write(self) -> None:
        """Inside a transaction."""
        for story in self.stories:
            story.finish()
        messages = [message for story in self.stories for message in story.messages]
        Contact.objects.bulk_create(self.contacts)
        Identity.objects.bulk_create(self.identities)
        Chat.objects.bulk_create(story.chat for story in self.stories)
        # Those that quote come after what they quote.
        Message.objects.bulk_create(sorted(messages, key=lambda message: message.sent_at), batch_size=1000)
        Attachment.objects.bulk_create(self.attachments)
        ChatEvent.objects.bulk_create(event for story in self.stories for event in story.events)
        ChatLabel.objects.bulk_create(label for story in self.stories for label in story.labels)
        Mention.objects.bulk_create(self.mentions)
        bring_up_to_date({story.chat.pk: story.news for story in self.stories if story.messages})
        self._set_states()
        self._tell_channels(messages)
        backdate(self.now)

    def _tell_channels(self, messages: list[Message]) -> None:
        for channel in self.channels.values():
            taken = [m.sent_at for m in messages if m.channel_id == channel.pk and m.delivered_at]
            Channel.objects.filter(pk=channel.pk).update(last_sent_at=max(taken, default=None))

    def write_reads(self) -> None:
        ChatRead.objects.bulk_create(self.reads)
        unread: dict[int, list[UUID]] = defaultdict(list)
        for story in self.stories:
            unread[story.unread].append(story.chat.pk)
        for count, chats in unread.items():
            Chat.objects.filter(pk__in=chats).update(unread_count=count)

    def _set_states(self) -> None:
        """What somebody has done to the chat after the customer last wrote."""
        by_state: dict[str, list[Chat]] = defaultdict(list)
        for story in self.stories:
            by_state[story.state].append(story.chat)
        for state, chats in by_state.items():
            Chat.objects.filter(pk__in=[chat.pk for chat in chats]).update(state=state)
        for story in self.stories:
            if story.snoozed_until:
                Chat.objects.filter(pk=story.chat.pk).update(snoozed_until=story.snoozed_until)


def backdate(now: datetime) -> None:
    """What the database would call new is as old as what was said in it; the channels are there since before."""
    before = now - timedelta(days=40)
    Channel.objects.update(connected_at=before, created_at=before)
    ChannelStatusLog.objects.update(changed_at=before)
    Message.objects.update(created_at=F("sent_at"))
    first = Message.objects.filter(chat=OuterRef("pk")).order_by("sent_at").values("sent_at")[:1]
    Chat.objects.update(created_at=Subquery(first))
    faces = Identity.objects.filter(contact=OuterRef("pk")).values("contact")
    Contact.objects.update(created_at=Subquery(faces.annotate(first=Min("first_seen_at")).values("first")))
    Mention.objects.update(
        created_at=Subquery(Message.objects.filter(pk=OuterRef("message")).values("sent_at")[:1]),
    )


class Story:
    """One chat, told from its beginning."""

    def __init__(self, book: Book, channel: Channel, identity: Identity, **fields: Any) -> None:
        self.book, self.channel, self.identity = book, channel, identity
        self.state = fields.pop("state", Chat.State.OPEN)
        self.snoozed_until: datetime | None = None
        # By all of the team.
        self.unread = 0
        self.chat = Chat(identity=identity, channel=channel, platform=channel.platform, **fields)
        self.messages: list[Message] = []
        self.events: list[ChatEvent] = []
        self.labels: list[ChatLabel] = []
        self.news = News()

    @property
    def last(self) -> Message:
        return next(message for message in reversed(self.messages) if not message.is_private)

    def says(self, text: str, at: datetime, *, opens: bool = True, quiet: bool = False, **fields: Any) -> Message:
        """The customer."""
        made = {"direction": Message.Direction.IN, "sender": Sender.CONTACT, "status": Status.RECEIVED, **fields}
        message = self._message(text, at, **made)
        self.news.add(message, opens_window=opens, quiet=quiet)
        return message

    def answers(self, by: Agent | None, text: str, at: datetime, **fields: Any) -> Message:
        """Somebody of ours; without an agent, `sender` says who."""
        made = {"sender": Sender.AGENT, "status": Status.READ, "direction": Message.Direction.OUT, **fields}
        message = self._message(text, at, author=by, **made)
        self.news.add(message)
        return message

    def notes(self, by: Agent | None, text: str, at: datetime, *, seen: bool = False, **fields: Any) -> Message:
        made = {"direction": Message.Direction.OUT, "sender": Sender.AGENT, "status": Status.SENT, **fields}
        note = self._message(text, at, author=by, is_private=True, **made)
        for _, pk in MENTION.findall(text):
            mention = Mention(chat=self.chat, message=note, agent_id=UUID(pk), seen_at=at if seen else None)
            self.book.mentions.append(mention)
        return note

    def happens(self, kind: str, by: Agent | None, at: datetime, **data: Any) -> None:
        self.events.append(ChatEvent(id=id_at(at), chat=self.chat, kind=kind, by=by, at=at, data=data))

    def assign(self, to: Agent, by: Agent | None, at: datetime, why: str = "") -> None:
        before = self.chat.assigned_to
        self.chat.assigned_to = to
        names = {"to": to.name, "to_id": str(to.pk), "from": before.name if before else ""}
        self.happens(ChatEvent.Kind.ASSIGNED, by, at, why=why, **names)

    def label(self, name: str, by: Agent | None, at: datetime) -> None:
        label = self.book.labels[name]
        self.labels.append(ChatLabel(chat=self.chat, label=label, added_by=by))
        self.happens(ChatEvent.Kind.LABELLED, by, at, label=label.name, colour=label.colour)

    def prioritise(self, priority: int, by: Agent, at: datetime) -> None:
        before, self.chat.priority = self.chat.get_priority_display(), priority
        names = {"to": self.chat.get_priority_display(), "from": before}
        self.happens(ChatEvent.Kind.PRIORITY, by, at, **names)

    def close(self, by: Agent | None, at: datetime, why: str = "") -> None:
        self.state = Chat.State.CLOSED
        self.happens(ChatEvent.Kind.CLOSED, by, at, why=why)

    def snooze(self, by: Agent, at: datetime, until: datetime | None) -> None:
        self.state, self.snoozed_until = Chat.State.SNOOZED, until
        self.happens(ChatEvent.Kind.SNOOZED, by, at, stamp=until.isoformat() if until else "")

    def attach(self, message: Message, *samples: Sample, kind: str = "") -> None:
        for position, sample in enumerate(samples):
            file = Attachment(message=message, position=position, kind=kind or sample.kind, created_at=self.book.now)
            file.state, file.name, file.mime_type = Attachment.State.STORED, sample.name, sample.mime_type
            file.size, file.sha256 = len(sample.data), sha256(sample.data).hexdigest()
            place = place_of(file, sample.name)
            file.file.name = default_storage.save(place, ContentFile(sample.data), max_length=255)
            self.book.attachments.append(file)

    def miss(self, message: Message, state: str, **fields: Any) -> None:
        """A file that is not here."""
        self.book.attachments.append(Attachment(message=message, kind=message.type, state=state, **fields))

    def finish(self) -> None:
        self.messages.sort(key=lambda message: message.sent_at)
        said = [message for message in self.messages if message.direction == Message.Direction.IN]
        seen = [message.sent_at for message in said or self.messages]
        self.identity.first_seen_at = min(self.identity.first_seen_at, seen[0])
        self.identity.last_seen_at = seen[-1]
        self._settle(self.messages)

    def _settle(self, messages: list[Message]) -> None:
        """Who has read one message has read those before; the page's platforms say until when."""
        sent = [m for m in messages if m.direction == Message.Direction.OUT and not m.is_private]
        reached = Status.SENT
        for message in reversed(sent):
            if message.status in ON_THE_WAY:
                continue
            order = [Status.SENT, Status.DELIVERED, Status.READ]
            reached = max(reached, Status(message.status), key=order.index)
            message.status = reached
            if reached != Status.SENT:
                message.delivered_at = message.delivered_at or message.sent_at + timedelta(seconds=2)
            if reached == Status.READ:
                message.read_at = message.read_at or min(self.book.now, message.sent_at + timedelta(seconds=50))
        if self.chat.platform != Platform.WHATSAPP:
            delivered = [m.sent_at for m in sent if m.status in {Status.DELIVERED, Status.READ}]
            self.chat.delivered_until = max(delivered, default=None)
            self.chat.read_until = max((m.sent_at for m in sent if m.status == Status.READ), default=None)

    def _message(self, text: str, at: datetime, **fields: Any) -> Message:
        self.book.count += 1
        fields.setdefault("type", Type.TEXT)
        known = fields.get("status") not in ON_THE_WAY and not fields.get("is_private")
        if known:
            fields.setdefault("external_id", f"{ID_PREFIX[Platform(self.chat.platform)]}{self.book.count}")
        if quoted := fields.get("reply_to"):
            fields["reply_to_external_id"] = quoted.external_id or ""
        message = Message(id=id_at(at), chat=self.chat, channel=self.channel, text=text, sent_at=at, **fields)
        self.messages.append(message)
        return message


def schema() -> str:
    return str(connection.schema_name)  # type: ignore[attr-defined]
