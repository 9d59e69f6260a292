"""One vocabulary for three platforms: what may happen, as the parsers say it and the actions hear it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# What we send carries our own id behind this, so that echoes and statuses can be told from other tools'.
OUR_ID_PREFIX = "sb:"


@dataclass(frozen=True, slots=True)
class Person:
    """The customer. WhatsApp may give either id, or both; the others give `external_id` alone."""

    # PSID, IGSID, or WhatsApp's business-scoped user id.
    external_id: str = ""
    # WhatsApp, digits only.
    phone: str = ""
    username: str = ""
    name: str = ""

    @property
    def is_somebody(self) -> bool:
        return bool(self.external_id or self.phone)


@dataclass(frozen=True, slots=True)
class Media:
    """A file at Meta. `kind` is one of inbox.Message.Type: IMAGE, VIDEO, AUDIO, VOICE, FILE, STICKER, SHARE, …"""

    kind: str
    url: str = ""
    # WhatsApp's media id.
    remote_id: str = ""
    mime_type: str = ""
    name: str = ""
    # View-once, or a story that may not be kept: there is nothing to fetch.
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Meta's error as a status or an account webhook carries it."""

    code: int
    title: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """`at` is Meta's time; where an item has none, its entry's."""

    at: datetime


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """The keys of `content`; in each, and of each, only what Meta gave:

    button       {title, payload}: a quick reply, a postback, a template's button
    interactive  {kind, id, title, description, data}: an answer to a list, buttons, a form, a booking
    location     {latitude, longitude, name, address, url}
    contacts     [{name, phones: [{phone, type}], emails: [text], organization}]
    order        {catalog_id, text, items: [{id, name, quantity, price, currency}]}
    product      {id, retailer_id, catalog_id, title, subtitle, image_url}: shared, or asked about
    link         {url, title}: a preview
    share        {kind, id, url, title}: a post or a reel
    story        {id, url, link}: answered or mentioned in
    referral     {source, type, ref, ad_id, title, body, url, image_url, click_id}: an ad or a link led here
    template     what Meta shows of a template, as it came
    forwarded, frequently_forwarded  true
    system       {kind}: a notice's
    unsupported  {kind, code, title, details}
    """

    person: Person
    external_id: str
    # One of inbox.Message.Type.
    type: str
    text: str = ""
    media: tuple[Media, ...] = ()
    content: dict[str, Any] = field(default_factory=dict)
    # Meta's id of the message that this one quotes.
    reply_to: str = ""
    # A system notice, say, opens no window.
    opens_window: bool = True


@dataclass(frozen=True, slots=True)
class MessageEchoed(Event):
    """Sent from our side: by us, or by another tool on the same account."""

    person: Person
    external_id: str
    type: str
    text: str = ""
    media: tuple[Media, ...] = ()
    content: dict[str, Any] = field(default_factory=dict)
    reply_to: str = ""
    app_id: str = ""
    # What we gave Meta with the message: our own id of it.
    our_id: str = ""


@dataclass(frozen=True, slots=True)
class MessageEdited(Event):
    external_id: str
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class MessageDeleted(Event):
    external_id: str


@dataclass(frozen=True, slots=True)
class ReactionChanged(Event):
    """Without an emoji: taken back."""

    person: Person
    about: str
    emoji: str
    # Ours, where the reaction came from our side.
    by_us: bool = False


@dataclass(frozen=True, slots=True)
class Delivered(Event):
    """Everything sent until `until` has arrived, and each that is named."""

    person: Person
    until: datetime | None = None
    external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read(Event):
    person: Person
    until: datetime | None = None
    external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusChanged(Event):
    """WhatsApp's word on one message of ours. `status`: one of inbox.Message.Status SENT, DELIVERED, READ, FAILED."""

    person: Person
    external_id: str
    status: str
    our_id: str = ""
    trouble: Trouble | None = None
    pricing: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ConsentChanged(Event):
    person: Person
    opted_in: bool
    # "notification_messages", "checkbox", "marketing_messages", …
    source: str
    referrer: str = ""


@dataclass(frozen=True, slots=True)
class IdentityChanged(Event):
    """WhatsApp: the same person under another id or number. Only what is known is filled in."""

    before: Person
    after: Person


@dataclass(frozen=True, slots=True)
class ThreadControlChanged(Event):
    """`change`: passed, taken, requested, roles."""

    person: Person
    change: str
    owner_app_id: str = ""


@dataclass(frozen=True, slots=True)
class ChannelTroubled(Event):
    """Meta warns, restricts or blocks the account, or takes that back."""

    # "warned", "blocked", "restored", "failed"
    change: str
    reason: str = ""
    code: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelChanged(Event):
    """What Meta says of a number: fields of pages.Channel.metadata, such as quality and messaging_tier."""

    # WhatsApp names the number, digits only, not its id.
    phone: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that happened, in an envelope of its own: `payload` can be parsed again alone."""

    platform: str
    object: str
    # The page, Instagram account or phone number id; empty where the shape names none.
    account_id: str
    kind: str
    payload: dict[str, Any]
    at: datetime
    # The WhatsApp business account whose every number it concerns; account_id is then empty.
    waba_id: str = ""
    sender_id: str = ""
    # Meta's id of an earlier message that this is about.
    about: str = ""
    events: tuple[Event, ...] = ()
    # An unknown one may still have an event: a message of a type that Meta has added since.
    is_known: bool = True
