"""What a device is told: few words, in the direction they are written in, and where a click leads."""

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse

from agents.models import Agent
from inbox.mentions import as_read
from inbox.models import Chat, Message

# With what goes around it, far below the 4096 bytes that every push service takes.
LONGEST_NAME, LONGEST_TEXT = 80, 160
# How long a push service keeps it for a device that is away: later it is no news.
KEPT_SECONDS = 4 * 3600
TYPE_NAMES = {str(value): str(name) for value, name in Message.Type.choices}


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    body: str
    url: str
    # One on the device for each: the next takes its place.
    tag: str
    # Also while the page is in front.
    always: bool = False

    @property
    def payload(self) -> bytes:
        told = {
            "title": cut(self.title, LONGEST_NAME),
            "body": cut(self.body, LONGEST_TEXT),
            "dir": direction_of(self.body),
            "url": self.url,
            "tag": self.tag,
            "always": self.always,
        }
        return json.dumps(told, ensure_ascii=False).encode()


def of_message(message: Message, agent: Agent) -> Notice:
    chat = message.chat
    name = chat.identity.shown_name
    if agent.user.preferences.notices_show_words:
        return about(chat, agent, name, words_of(message))
    return about(chat, agent, "New message", f"From {name} on {chat.channel.name}")


def of_mention(note: Message, agent: Agent) -> Notice:
    chat = note.chat
    writer = note.author.name if note.author else "Switchboard"
    name = chat.identity.shown_name
    if agent.user.preferences.notices_show_words:
        return about(chat, agent, f"{writer} mentioned you: {name}", words_of(note))
    return about(chat, agent, f"{writer} mentioned you", f"In the chat with {name}")


def of_assignment(chat: Chat, agent: Agent, by: Agent | None) -> Notice:
    return about(chat, agent, chat.identity.shown_name, f"{by.name if by else 'Switchboard'} gave you this chat.")


def of_loss(chat: Chat, agent: Agent, by: Agent) -> Notice:
    """Who sees their own chats alone is led to the inbox: this one is not among them any more."""
    done = "put this chat back for anybody" if chat.assigned_to_id is None else "gave this chat to somebody else"
    done = "took this chat" if chat.assigned_to_id == by.pk else done
    found = about(chat, agent, chat.identity.shown_name, f"{by.name} {done}.")
    return found if agent.can("messages.view") else replace(found, url=reverse("inbox:home"))


def of_many(count: int) -> Notice:
    return Notice(f"News in {count} chats", "Open the inbox to see them.", reverse("inbox:home"), "many")


def of_waiting(count: int, minutes: int) -> Notice:
    text = "Nobody has taken them yet. Open them, the longest first."
    return Notice(waiting_words(count, minutes), text, longest_waiting(), "waiting")


def waiting_words(count: int, minutes: int) -> str:
    who = "1 customer has" if count == 1 else f"{count} customers have"
    return f"{who} waited for more than {minutes} {'minute' if minutes == 1 else 'minutes'}"


def longest_waiting() -> str:
    return f"{reverse('inbox:box', args=['unassigned'])}?sort=waiting"


def of_too_many() -> Notice:
    text = "More than a notification each: open the inbox to see them."
    return Notice("Many new messages", text, reverse("inbox:home"), "many")


def of_test(name: str) -> Notice:
    return Notice("It works", f"This device is told of {name}.", reverse("inbox:home"), "test", always=True)


def about(chat: Chat, agent: Agent, title: str, body: str) -> Notice:
    box = "mine" if chat.assigned_to_id == agent.pk else "all"
    return Notice(title, body, reverse("inbox:chat", args=[box, chat.pk]), tag_of(chat.pk))


def tag_of(chat: UUID) -> str:
    """As a push service takes it for a topic: 32 letters."""
    return chat.hex


def words_of(message: Message) -> str:
    text = as_read(message.text) if message.is_private else message.text
    return re.sub(r"\s+", " ", text).strip() or TYPE_NAMES[message.type]


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def direction_of(text: str) -> str:
    """Of the first letter that has one: what is left to itself takes the browser's."""
    for letter in text:
        if (direction := unicodedata.bidirectional(letter)) in {"L", "R", "AL"}:
            return "ltr" if direction == "L" else "rtl"
    return "auto"
