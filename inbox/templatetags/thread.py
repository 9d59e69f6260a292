"""How messages are shown: what customers write stays text, and leads out by http(s), mail and phone alone."""

import re
import unicodedata
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, urlsplit

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from inbox.bubbles import Bubble, File, Quote
from inbox.finding import Sought, sought_by
from inbox.mentions import MENTION
from inbox.models import Attachment, Message
from inbox.rows import PLATFORM_ICONS
from inbox.snoozing import in_words, until
from workspaces.models import Platform

register = template.Library()

# Ends before what closes a sentence or hides where a link leads: brackets, quotes, invisible signs.
LINK = re.compile(
    r"""(?:https?://|www\.)[^\s<>"'`\u2018-\u201f\u200b-\u200f\u202a-\u202e\u2066-\u2069]{2,2000}""", re.I
)
TRAILING = ".,:;!?…)]}*_~'\""
PAIRS = {")": "(", "]": "[", "}": "{"}
LONG_LINES, LONG_SIGNS = 16, 1200
MOST_EMOJI = 4
# What an agent may react with; Instagram and WhatsApp take any, Messenger these.
EMOJI = ["❤️", "😆", "😮", "😢", "😠", "👍", "👎"]
PICTURES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
NAMES = {"IMAGE": "Photo", "VOICE": "Voice note", "SHARE": "Shared post", "STORY_MENTION": "Story"}
# What a message carries besides text and files, in the order in which it is drawn; each has its template in _parts/.
PARTS = ["referral", "story", "share", "product", "location", "contacts", "order", "interactive", "button", "link"]
PARTS += ["template", "quick_replies", "unsupported"]
SIGNS = {"QUEUED": "clock", "SENDING": "send", "UNCONFIRMED": "warning", "FAILED": "danger"}
SIGNS |= {"SENT": "check", "DELIVERED": "check-double", "READ": "check-double"}


@register.simple_tag(takes_context=True)
def sought(context: dict[str, Any]) -> Sought | None:
    return sought_by(context["request"])


@register.filter
def holds(text: str, sought: Sought | None) -> bool:
    return bool(sought and sought.places(text))


@register.filter
def said(text: str, sought: Sought | str | None = None) -> SafeString:
    """A text with its links, and what is sought in it marked; everything else is escaped."""
    places = sought.places(text) if isinstance(sought, Sought) else []
    parts, at = [], 0
    for match in LINK.finditer(text):
        address = trimmed(match[0])
        start, end = match.start(), match.start() + len(address)
        parts += [marked_between(text, at, start, places), link_to(address, marked_between(text, start, end, places))]
        at = end
    parts.append(marked_between(text, at, len(text), places))
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


def marked_between(text: str, at: int, end: int, places: list[tuple[int, int]]) -> SafeString:
    parts = []
    for begin, stop in ((max(begin, at), min(stop, end)) for begin, stop in places):
        if begin < stop:
            parts += [conditional_escape(text[at:begin]), format_html("<mark>{}</mark>", text[begin:stop])]
            at = stop
    parts.append(conditional_escape(text[at:end]))
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


def trimmed(address: str) -> str:
    """Without what belongs to the sentence: a full stop, a bracket that was opened before it."""
    while address and address[-1] in TRAILING:
        opening = PAIRS.get(address[-1])
        if opening and address.count(opening) >= address.count(address[-1]):
            break
        address = address[:-1]
    return address


def link_to(address: str, words: SafeString) -> SafeString:
    url = outside(address if "://" in address else f"https://{address}")
    if not url:
        return words
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{}</a>', url, words)


@register.filter
def outside(url: Any) -> str:
    """An address that a page may lead to; else nothing."""
    text = str(url or "").strip()
    try:
        found = urlsplit(text)
    except ValueError:
        return ""
    return text if found.scheme.lower() in {"http", "https"} and found.netloc and "\\" not in text else ""


@register.filter
def story_link(story: Any) -> str:
    """What it leads to, else the story itself."""
    return outside(story.get("link")) or outside(story.get("url")) if isinstance(story, dict) else ""


@register.filter
def host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def phone_link(number: Any) -> str:
    text = str(number or "")
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    return f"tel:{'+' if text.strip().startswith('+') else ''}{digits}" if len(digits) > 2 else ""


@register.filter
def mail_link(address: Any) -> str:
    text = str(address or "")
    return f"mailto:{quote(text, safe='@.+-_')}" if re.fullmatch(r"[^\s@]+@[^\s@]+", text) else ""


@register.simple_tag(takes_context=True)
def noted(context: dict[str, Any], text: str) -> SafeString:
    """A note: who is mentioned stands out, the reader (`me`) most."""
    me, wanted = str(context["me"]), context.get("sought")
    parts, at = [], 0
    for match in MENTION.finditer(text):
        own = " mention--me" if match[2] == me else ""
        parts += [
            said(text[at : match.start()], wanted),
            format_html('<bdi class="mention{}">@{}</bdi>', own, match[1]),
        ]
        at = match.end()
    return mark_safe("".join([*parts, said(text[at:], wanted)]))  # noqa: S308 - each part is escaped


@register.filter
def is_long(text: str) -> bool:
    return text.count("\n") >= LONG_LINES or len(text) > LONG_SIGNS


@register.filter
def only_emoji(text: str) -> bool:
    """A few emoji and nothing else are drawn large."""
    signs = [sign for sign in text if not sign.isspace()]
    joining = {"\u200d", "\ufe0f", "\u20e3"}
    drawn = [s for s in signs if s not in joining and not "\U0001f3fb" <= s <= "\U0001f3ff"]
    whole = all(unicodedata.category(s) == "So" for s in drawn)
    return bool(drawn) and whole and len(signs) <= 24 and len(drawn) - signs.count("\u200d") <= 2 * MOST_EMOJI


@register.filter
def platform_icon(platform: str) -> str:
    return PLATFORM_ICONS[Platform(platform)]


@register.filter
def moment(at: Any) -> str:
    """As an answer to "until when": today by the hour, else with its day; of no time, nothing."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    days = (local.date() - timezone.localdate()).days
    clock = date_format(local, "TIME_FORMAT")
    if days in (-1, 0, 1):
        return f"{('yesterday', 'today', 'tomorrow')[days + 1]} at {clock}"
    return f"{date_format(local, 'l') + ', ' if 1 < days < 7 else ''}{date_format(local, 'DATE_FORMAT')}, {clock}"


@register.simple_tag
def author(message: Message, chat: Any) -> str:
    if message.sender == Message.Sender.CONTACT:
        return str(chat.identity.shown_name)
    if message.sender == Message.Sender.AGENT:
        return message.author.name if message.author else "A former agent"
    return message.get_sender_display()


@register.simple_tag
def reaction_choices() -> list[str]:
    return EMOJI


@register.simple_tag
def snooze_choices() -> list[tuple[str, str, str]]:
    """What is offered, in words, and when that is."""
    now = timezone.now()
    found = [(value, name, until(value, now)) for value, name in in_words().items()]
    return [(value, name, moment(at) if at and value in {"hour", "hours"} else "") for value, name, at in found]


@register.filter
def last_digit(pk: Any) -> str:
    """For the hue of an avatar."""
    return str(pk)[-1:]


@register.filter
def sign(message: Bubble) -> str:
    return SIGNS.get(message.status, "check")


@register.filter
def parts(message: Bubble) -> list[tuple[str, Any]]:
    """The templates to draw it with, and what each is given."""
    payload = message.payload
    return [(f"inbox/_parts/{name}.html", payload[name]) for name in PARTS if payload.get(name)]


@register.filter
def own_text(message: Bubble) -> str:
    """What is not said by one of its parts already."""
    said_by = [part for part in message.payload.values() if isinstance(part, dict)]
    spoken = {str(part.get(key, "")) for part in said_by for key in ("title", "text")}
    return "" if message.text in spoken and message.type not in {"TEXT", "STORY_REPLY"} else message.text


@register.filter
def drawn(attachment: File) -> str:
    """As what it is drawn: by what is in it, whatever it was sent as."""
    if attachment.state != Attachment.State.STORED:
        return "missing"
    if attachment.mime_type in PICTURES:
        return "sticker" if attachment.kind == Message.Type.STICKER else "picture"
    kind = attachment.mime_type.split("/")[0]
    return kind if kind in {"video", "audio"} else "file"


@register.filter
def pictures(message: Bubble) -> list[File]:
    return [file for file in message.files if drawn(file) == "picture"]


@register.filter
def other_files(message: Bubble) -> list[File]:
    return [file for file in message.files if drawn(file) != "picture"]


@register.filter
def thing(kind: str) -> str:
    return NAMES.get(kind) or Message.Type(kind).label


@register.filter
def file_type(attachment: File) -> str:
    _, dot, suffix = attachment.name.rpartition(".")
    return (
        suffix.upper() if dot and 0 < len(suffix) <= 5 else attachment.mime_type.split("/")[-1].upper()[:12] or "FILE"
    )


@register.filter
def in_short(message: Message | Bubble | Quote) -> str:
    """One line of it, for a quote."""
    if message.deleted_at:
        return "Deleted message"
    return message.text[:300] or thing(message.type)


@register.filter
def words(key: Any) -> str:
    """A key of Meta's in words: payment_method is Payment method."""
    return capfirst(str(key).replace("_", " ").strip().lower())


@register.filter
def answers(data: Any) -> list[tuple[str, str]]:
    """What a form was filled with; Meta's own token of it says nothing."""
    if not isinstance(data, dict):
        return [("Answer", str(data))] if data else []
    shown = [(words(key), value) for key, value in data.items() if key not in {"flow_token", "id"}]
    return [(key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for key, value in shown]


@register.filter
def basket(order: dict[str, Any]) -> dict[str, Any]:
    """An order's lines with their sums, and what it comes to in each currency; a price that is no number counts not."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    rows, whole = [], True
    for item in order.get("items") or []:
        price, quantity = number(item.get("price")), number(item.get("quantity", 1))
        total = price * quantity if price is not None and quantity is not None else None
        currency = str(item.get("currency") or "")
        whole = whole and total is not None
        if total is not None:
            sums[currency] += total
        rows.append({**item, "price": money(price), "total": money(total), "currency": currency})
    return {"rows": rows, "sums": [(currency, money(total)) for currency, total in sums.items()], "whole": whole}


def number(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 12 else None


def money(value: Decimal | None) -> str:
    return f"{value:,.2f}" if value is not None else ""


@register.filter
def template_lines(content: Any) -> dict[str, Any]:
    """The words of a template, wherever Meta puts them: titles, texts, buttons."""
    found: dict[str, list[str]] = {"texts": [], "buttons": []}
    _collect(content, found, depth=0)
    return {name: list(dict.fromkeys(texts))[:30] for name, texts in found.items()}


def _collect(content: Any, found: dict[str, list[str]], depth: int, *, button: bool = False) -> None:
    if depth > 8:
        return
    if isinstance(content, list):
        for each in content:
            _collect(each, found, depth + 1, button=button)
    elif isinstance(content, dict):
        for key, value in content.items():
            if isinstance(value, str) and key in {"text", "title", "subtitle", "body", "name"} and value.strip():
                found["buttons" if button else "texts"].append(value[:1000])
            elif isinstance(value, dict | list):
                _collect(value, found, depth + 1, button=button or key == "buttons")


@register.filter
def map_link(place: dict[str, Any]) -> str:
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None:
        return ""
    at = f"{latitude:.6f}/{longitude:.6f}"
    return f"https://www.openstreetmap.org/?mlat={latitude:.6f}&mlon={longitude:.6f}#map=16/{at}"


@register.filter
def reactions(message: Bubble) -> list[dict[str, str]]:
    found = [{"who": who, **told} for who, told in message.reactions.items() if isinstance(told, dict)]
    return [told for told in found if told.get("emoji")]
