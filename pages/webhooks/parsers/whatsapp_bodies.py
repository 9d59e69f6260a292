"""WhatsApp: what a message holds, by its type."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pages.webhooks.events import Media
from pages.webhooks.parsers.referrals import ad_referral, ordered
from pages.webhooks.parsers.values import (
    NAME,
    as_count,
    as_id,
    as_label,
    clean,
    filled,
    may_dict,
    may_dicts,
    may_id,
    may_text,
    need_dict,
    need_number,
    need_text,
    word,
)


@dataclass(frozen=True, slots=True)
class Body:
    type: str
    text: str = ""
    media: tuple[Media, ...] = ()
    content: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    opens_window: bool = True
    is_known: bool = True


def read_body(said: dict[str, Any]) -> Body:
    kind = said["type"]
    read = BODIES.get(kind)
    if read and said.get(kind) is not None:
        return read(said)
    if read and kind not in ("request_welcome", "unsupported"):
        # Meta itself sends the type without its object, when it could not make one.
        return Body("UNSUPPORTED", content={"unsupported": {"kind": kind} | trouble(said)})
    if read:
        return read(said)
    content = {"unsupported": {"kind": as_label(kind)} | trouble(said)}
    return Body("UNSUPPORTED", content=content, kind=f"unknown.message.{word(kind) or 'other'}", is_known=False)


def context(said: dict[str, Any]) -> dict[str, Any]:
    """What surrounds a message: how it got here, what it asks about."""
    around, content = may_dict(said, "context"), ad_referral(may_dict(said, "referral"))
    for flag in ("forwarded", "frequently_forwarded"):
        if around.get(flag) is True:
            content |= {"forwarded": True, flag: True}
    product = may_dict(around, "referred_product")
    if product:
        catalog, item = as_id(product.get("catalog_id")), as_id(product.get("product_retailer_id"))
        content["product"] = filled(catalog_id=catalog, retailer_id=item)
    return content


def text(said: dict[str, Any]) -> Body:
    return Body("TEXT", need_text(need_dict(said, "text"), "body"))


def file(key: str, type_: str) -> Callable[[dict[str, Any]], Body]:
    def read(said: dict[str, Any]) -> Body:
        sent = need_dict(said, key)
        kind = "VOICE" if type_ == "AUDIO" and sent.get("voice") is True else type_
        url, remote_id = may_text(sent, "url") or may_text(sent, "link"), may_id(sent, "id")
        name, mime = as_label(sent.get("filename")), may_text(sent, "mime_type")[:NAME]
        media = Media(kind, url, remote_id, mime, name, withheld=not (url or remote_id))
        return Body(kind, may_text(sent, "caption"), (media,))

    return read


def location(said: dict[str, Any]) -> Body:
    where = need_dict(said, "location")
    found = filled(
        latitude=need_number(where, "latitude"),
        longitude=need_number(where, "longitude"),
        name=may_text(where, "name"),
        address=may_text(where, "address"),
        url=may_text(where, "url"),
    )
    return Body("LOCATION", content={"location": found})


def contacts(said: dict[str, Any]) -> Body:
    return Body("CONTACTS", content={"contacts": [card(each) for each in may_dicts(said, "contacts")]})


def card(given: dict[str, Any]) -> dict[str, Any]:
    name = may_dict(given, "name")
    phones = [
        filled(phone=may_text(each, "phone") or as_id(each.get("wa_id")), type=may_text(each, "type"))
        for each in may_dicts(given, "phones")
    ]
    return filled(
        name=as_label(name.get("formatted_name")) or as_label(name.get("first_name")),
        phones=phones,
        emails=[each["email"] for each in may_dicts(given, "emails") if may_text(each, "email")],
        organization=may_text(may_dict(given, "org"), "company"),
    )


def interactive(said: dict[str, Any]) -> Body:
    answer = need_dict(said, "interactive")
    kind = need_text(answer, "type")
    given = may_dict(answer, kind)
    if kind == "nfm_reply":
        found = filled(kind=kind, id=may_id(given, "name"), data=flow_data(given))
        return Body("INTERACTIVE", may_text(given, "body"), content={"interactive": found})
    title = may_text(given, "title")
    named = filled(id=may_id(given, "id"), title=title, description=may_text(given, "description"))
    data = {key: value for key, value in given.items() if key not in ("id", "title", "description")}
    return Body("INTERACTIVE", title, content={"interactive": {"kind": kind} | named | filled(data=data)})


def flow_data(given: dict[str, Any]) -> Any:
    """A form's answers are JSON in a text."""
    raw = may_text(given, "response_json")
    try:
        data = json.loads(raw) if raw else {}
    except (ValueError, RecursionError):
        return raw
    return clean(data)


def button(said: dict[str, Any]) -> Body:
    pressed = need_dict(said, "button")
    title = may_text(pressed, "text")
    content = {"button": filled(title=title, payload=may_text(pressed, "payload"))}
    return Body("QUICK_REPLY", title, content=content, kind="quick_reply")


def order(said: dict[str, Any]) -> Body:
    sent = need_dict(said, "order")
    return Body("ORDER", may_text(sent, "text"), content=ordered(sent), kind="order")


def system(said: dict[str, Any]) -> Body:
    notice = need_dict(said, "system")
    kind = may_text(notice, "type")
    return Body(
        "SYSTEM",
        may_text(notice, "body"),
        content={"system": filled(kind=kind)},
        kind=f"system.{word(kind) or 'notice'}",
        opens_window=False,
    )


def request_welcome(said: dict[str, Any]) -> Body:
    return Body("SYSTEM", content={"system": {"kind": "request_welcome"}}, kind="system.request_welcome")


def unsupported(said: dict[str, Any]) -> Body:
    kind = may_text(may_dict(said, "unsupported"), "type")
    return Body("UNSUPPORTED", content={"unsupported": filled(kind=kind) | trouble(said)})


def template(said: dict[str, Any]) -> Body:
    return Body("TEMPLATE", content={"template": need_dict(said, "template")})


def trouble(said: dict[str, Any]) -> dict[str, Any]:
    errors = may_dicts(said, "errors")
    if not errors:
        return {}
    details = may_text(may_dict(errors[0], "error_data"), "details")
    return filled(code=as_count(errors[0].get("code")) or None, title=may_text(errors[0], "title"), details=details)


BODIES: dict[str, Callable[[dict[str, Any]], Body]] = {
    "text": text,
    "image": file("image", "IMAGE"),
    "video": file("video", "VIDEO"),
    "audio": file("audio", "AUDIO"),
    "document": file("document", "FILE"),
    "sticker": file("sticker", "STICKER"),
    "location": location,
    "contacts": contacts,
    "interactive": interactive,
    "button": button,
    "order": order,
    "system": system,
    "request_welcome": request_welcome,
    "unsupported": unsupported,
    "template": template,
}
