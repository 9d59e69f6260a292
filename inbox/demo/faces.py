"""Customers of the demo: each is one whom the sandbox knows, or can be told of."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from inbox.demo.book import Book, schema
from inbox.demo.files import portrait
from inbox.demo.people import ODD, TONGUES
from inbox.models import Identity
from pages.models import Channel
from pages.sandbox.world import Account, Customer
from workspaces.models import Platform

# Each so manieth has an odd name, none, or a picture.
ODD_ONE, NAMELESS, PICTURED = 33, 29, 3
SOURCES = ["checkout", "newsletter", "shop in Leeds", "website form"]


def account_of(channel: Channel) -> Account:
    """As the sandbox sees the channel, as far as its customers' ids depend on it."""
    portfolio = channel.scope if channel.platform == Platform.WHATSAPP else ""
    return Account(channel.platform, channel.external_id, channel.name, "", "", portfolio_id=portfolio)


def somebody(book: Book, channel: Channel, tongue: str, index: int) -> tuple[Identity, str]:
    """Somebody new, and by which name an agent would call them."""
    kind = TONGUES[tongue]
    first, last = book.random.choice(kind.first.split()), book.random.choice(kind.last.split())
    name = f"{last} {first}" if kind.country == "JP" else f"{first} {last}"
    if index % ODD_ONE == ODD_ONE - 1:
        name = first = ODD[index // ODD_ONE % len(ODD)]
    customer = Customer(
        f"demo-{index}",
        name,
        handle_of(name, index),
        f"{kind.prefix}{10**5 + index * 37}",
        kind.country,
        locale=kind.locale,
    )
    face = face_of(book, channel, customer, nameless=index % NAMELESS == NAMELESS - 1)
    if index % PICTURED == 0:
        face.picture = picture(index)
    if index % 5 == 0:
        consent(book, face, index)
    return face, first if face.name else last


def handle_of(name: str, index: int) -> str:
    plain = "".join(sign for sign in name.lower() if sign.isascii() and sign.isalnum())
    return f"{plain or 'climber'}.{index}"


def face_of(book: Book, channel: Channel, customer: Customer, *, nameless: bool = False) -> Identity:
    on_whatsapp = channel.platform == Platform.WHATSAPP
    # Messenger tells no username at all.
    username = "" if channel.platform == Platform.FACEBOOK or on_whatsapp else customer.username
    face = book.face(
        channel,
        customer.id_on(account_of(channel)),
        name="" if nameless else customer.name,
        username=username,
        phone=customer.phone if on_whatsapp and not customer.hides_phone else None,
        locale=customer.locale if channel.platform == Platform.FACEBOOK else "",
        profile_state=Identity.Profile.WITHHELD if nameless and not on_whatsapp else Identity.Profile.KNOWN,
        first_seen_at=book.now,
        last_seen_at=book.now,
    )
    book.customers[face.pk] = customer
    return face


def picture(index: int) -> str:
    name = f"{schema()}/pictures/demo-{index:04d}{index * 7919 % 10**8:08d}.webp"
    return str(default_storage.save(name, ContentFile(portrait(index)), max_length=255))


def consent(book: Book, face: Identity, index: int, at: datetime | None = None) -> None:
    face.opted_in = index % 20 != 15
    face.opted_in_source = SOURCES[index % len(SOURCES)]
    face.opted_in_at = at or book.ago(days=index % 29 + 1)
