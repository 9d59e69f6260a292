"""Messenger and Instagram: what a message carries, under the names of our own types."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pages.webhooks.events import Media
from pages.webhooks.parsers.referrals import referral
from pages.webhooks.parsers.values import (
    as_id,
    as_label,
    filled,
    may_dict,
    may_dicts,
    may_id,
    may_text,
    need_dict,
    need_number,
    need_text,
)


@dataclass(frozen=True, slots=True)
class Contents:
    type: str
    text: str = ""
    media: tuple[Media, ...] = ()
    content: dict[str, Any] = field(default_factory=dict)
    # The name of an attachment that nobody has told us about.
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    type: str
    media: Media | None = None
    content: dict[str, Any] = field(default_factory=dict)
    unknown: str = ""


# The attachment itself and its payload: the keys are sometimes in the one, sometimes in the other.
Reader = Callable[[dict[str, Any], dict[str, Any]], Attached]


def contents(said: dict[str, Any]) -> Contents:
    text = may_text(said, "text")
    attached = [read_attachment(each) for each in may_dicts(said, "attachments")]
    content = around(said)
    for each in reversed(attached):
        content |= each.content
    media = tuple(each.media for each in attached if each.media)
    first = attached[0] if attached else None
    type_, more = type_of(said, text, first, content)
    unknown = first.unknown if first and type_ == "UNSUPPORTED" and not more else ""
    return Contents(type_, text, media, content | more, unknown)


def around(said: dict[str, Any]) -> dict[str, Any]:
    """What surrounds the text: a story, where the person came from, the button pressed."""
    content = referral(may_dict(said, "referral"))
    story = may_dict(may_dict(said, "reply_to"), "story")
    if story:
        content["story"] = filled(
            id=may_id(story, "id"), url=may_text(story, "url"), link=may_text(story, "link_sticker_url")
        )
    if said.get("quick_reply") is not None:
        pressed = need_dict(said, "quick_reply")
        content["button"] = filled(title=may_text(said, "text"), payload=may_text(pressed, "payload"))
    return content


def type_of(
    said: dict[str, Any], text: str, first: Attached | None, content: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    if said.get("is_unsupported") is True:
        return "UNSUPPORTED", {"unsupported": filled(kind=first.unknown if first else "") or {"kind": "message"}}
    if "button" in content:
        return "QUICK_REPLY", {}
    if "story" in content and (first is None or first.type != "STORY_MENTION"):
        return "STORY_REPLY", {}
    if first and not (text and first.type in ("LINK", "UNSUPPORTED")):
        return first.type, {}
    if text:
        return "TEXT", {}
    return ("REFERRAL", {}) if "referral" in content else ("UNSUPPORTED", {"unsupported": {"kind": "empty"}})


def read_attachment(attachment: dict[str, Any]) -> Attached:
    kind = need_text(attachment, "type")
    read = ATTACHMENTS.get(kind)
    if read is None:
        return Attached("UNSUPPORTED", content={"unsupported": {"kind": as_label(kind)}}, unknown=kind)
    return read(attachment, may_dict(attachment, "payload"))


def file(type_: str) -> Reader:
    def read(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
        kind = "STICKER" if type_ == "IMAGE" and payload.get("sticker_id") else type_
        url = may_text(payload, "url") or may_text(attachment, "url")
        name = as_label(payload.get("title")) or as_label(payload.get("name"))
        return Attached(kind, Media(kind, url, name=name, withheld=not url))

    return read


def shared(kind: str) -> Reader:
    def read(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
        url = may_text(payload, "url") or may_text(attachment, "url")
        share = filled(
            kind=kind,
            id=may_id(payload, "id") or may_id(payload, "reel_video_id") or may_id(payload, "ig_post_media_id"),
            url=url,
            title=may_text(payload, "title") or may_text(attachment, "title"),
        )
        return Attached("SHARE", Media("SHARE", url) if url else None, {"share": share})

    return read


def link(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
    found = filled(
        url=may_text(payload, "url") or may_text(attachment, "url"),
        title=may_text(payload, "title") or may_text(attachment, "title"),
    )
    if not found:
        return Attached("UNSUPPORTED", content={"unsupported": {"kind": "fallback"}})
    return Attached("LINK", content={"link": found})


def location(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
    where = need_dict(payload, "coordinates")
    found = filled(
        latitude=need_number(where, "lat"),
        longitude=need_number(where, "long"),
        name=may_text(attachment, "title"),
        url=may_text(attachment, "url"),
    )
    return Attached("LOCATION", content={"location": found})


def template(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
    elements = may_dicts(may_dict(payload, "product"), "elements")
    if not elements:
        return Attached("TEMPLATE", content={"template": payload or attachment})
    first = elements[0]
    product = filled(
        id=may_id(first, "id"),
        retailer_id=may_id(first, "retailer_id"),
        title=may_text(first, "title"),
        subtitle=may_text(first, "subtitle"),
        image_url=may_text(first, "image_url"),
    )
    return Attached("SHARE", content={"product": product})


def story_mention(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
    url = may_text(payload, "url")
    story = filled(id=may_id(payload, "id"), url=url)
    return Attached("STORY_MENTION", Media("STORY_MENTION", url, withheld=True), {"story": story})


def ephemeral(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
    return Attached("IMAGE", Media("IMAGE", withheld=True))


def booking(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
    data = {key: payload[key] for key in ("status", "start_time", "end_time", "timezone") if key in payload}
    answer = filled(kind="appointment_booking", id=as_id(payload.get("booking_id")), data=data)
    return Attached("INTERACTIVE", content={"interactive": answer})


def unsupported(attachment: dict[str, Any], payload: dict[str, Any]) -> Attached:
    return Attached("UNSUPPORTED", content={"unsupported": {"kind": "unsupported_type"}})


ATTACHMENTS: dict[str, Reader] = {
    "image": file("IMAGE"),
    "video": file("VIDEO"),
    "audio": file("AUDIO"),
    "file": file("FILE"),
    "sticker": file("STICKER"),
    **{kind: shared(kind) for kind in ("share", "post", "reel", "ig_post", "ig_reel", "ig_story")},
    "fallback": link,
    "location": location,
    "template": template,
    "story_mention": story_mention,
    "ephemeral": ephemeral,
    "appointment_booking": booking,
    "unsupported_type": unsupported,
}
