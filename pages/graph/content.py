"""What is sent and to whom, before it has taken any platform's shape."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class Address:
    """WhatsApp takes the phone where it is known, else the business-scoped user id."""

    external_id: str = ""
    phone: str = ""
    # A private reply: the person who wrote this comment.
    comment_id: str = ""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    mime_type: str
    size: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class QuickReply:
    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    # One of inbox.Message.Type: TEXT, IMAGE, VIDEO, AUDIO, VOICE, FILE, TEMPLATE.
    type: str
    # Our id of the message: comes back in Messenger's echo and WhatsApp's statuses.
    our_id: str
    text: str = ""
    file: File | None = None
    quick_replies: tuple[QuickReply, ...] = ()
    # Meta's id of the message that is quoted.
    reply_to: str = ""
    # HUMAN_AGENT, outside the window.
    tag: str = ""
    # WhatsApp: {"name", "language", "components"}.
    template: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    external_id: str
    # The body that Meta took, without the token.
    body: dict[str, Any] = field(default_factory=dict)
