"""Messenger's messages: what comes, and what is to be made of it."""

from datetime import UTC, datetime
from typing import Any

from pages.webhooks.events import (
    Media,
    MessageEchoed,
    MessageReceived,
    Person,
)
from tests.pages.webhooks.envelopes import (
    AT,
    ROSA,
    attached,
    page_echo,
    page_message,
)

WHO = Person(ROSA)
OUR_ID = "0197b2c4-0000-7000-8000-0000000000aa"
CDN = "https://scontent.example.test/p/1.jpg"
LATER = datetime(2026, 6, 18, 9, 0, tzinfo=UTC)
LATER_MS = int(LATER.timestamp() * 1000)


def received(type_: str = "TEXT", text: str = "", *media: Media, **rest: Any) -> MessageReceived:
    return MessageReceived(AT, WHO, rest.pop("external_id", "m_demo1"), type_, text, media, **rest)


def echoed(type_: str = "TEXT", text: str = "", *media: Media, **rest: Any) -> MessageEchoed:
    return MessageEchoed(AT, WHO, "m_demo1", type_, text, media, **rest)


AD = {
    "ref": "spring",
    "source": "ADS",
    "type": "OPEN_THREAD",
    "ad_id": 6050000000001,
    "ads_context_data": {"ad_title": "Spring sale", "photo_url": CDN, "video_url": None},
}
AD_FOUND = {
    "source": "ADS",
    "type": "OPEN_THREAD",
    "ref": "spring",
    "ad_id": "6050000000001",
    "title": "Spring sale",
    "image_url": CDN,
}
CART = {
    "products": [{"id": "1", "retailer_id": "sku1", "name": "Mug", "unit_price": 4.5, "currency": "USD", "quantity": 2}]
}
BUTTONS = {"template_type": "button", "buttons": [{"type": "postback", "title": "Yes"}]}
NOTIFIED = {"type": "notification_messages", "payload": "NEWS", "notification_messages_status": "STOP NOTIFICATIONS"}
BOOKED = {"booking_id": "b1", "status": "confirmed", "start_time": 1, "timezone": "America/Bogota"}

MESSAGES = [
    (page_message(text="Hi"), "message.text", received(text="Hi")),
    (
        page_message(text="Blue", quick_reply={"payload": "BLUE"}),
        "quick_reply",
        received("QUICK_REPLY", "Blue", content={"button": {"title": "Blue", "payload": "BLUE"}}),
    ),
    (
        page_message(text="Hi", reply_to={"mid": "m_demo0", "is_self_reply": False}),
        "message.text",
        received(text="Hi", reply_to="m_demo0"),
    ),
    (page_message(text="Hi", referral=AD), "message.text", received(text="Hi", content={"referral": AD_FOUND})),
    (
        page_message(text="?", referral={"product": {"id": 77}}),
        "message.text",
        received(text="?", content={"product": {"id": "77"}}),
    ),
    (attached("image", {"url": CDN}), "message.image", received("IMAGE", "", Media("IMAGE", CDN))),
    (attached("video", {"url": CDN}), "message.video", received("VIDEO", "", Media("VIDEO", CDN))),
    (attached("audio", {"url": CDN}), "message.audio", received("AUDIO", "", Media("AUDIO", CDN))),
    (attached("file", {"url": CDN}), "message.file", received("FILE", "", Media("FILE", CDN))),
    (
        attached("sticker", {"url": CDN, "sticker_id": 369230000000001}),
        "message.sticker",
        received("STICKER", "", Media("STICKER", CDN)),
    ),
    (
        attached("image", {"url": CDN, "sticker_id": 369230000000001}),
        "message.sticker",
        received("STICKER", "", Media("STICKER", CDN)),
    ),
    (
        page_message(
            text="Both",
            attachments=[{"type": "image", "payload": {"url": CDN}}, {"type": "video", "payload": {"url": CDN}}],
        ),
        "message.image",
        received("IMAGE", "Both", Media("IMAGE", CDN), Media("VIDEO", CDN)),
    ),
    (
        attached("reel", {"url": CDN, "title": "Ours", "reel_video_id": 9}),
        "message.share",
        received(
            "SHARE",
            "",
            Media("SHARE", CDN),
            content={"share": {"kind": "reel", "id": "9", "url": CDN, "title": "Ours"}},
        ),
    ),
    (
        attached("post", {"title": "Ours", "id": "1_2"}),
        "message.share",
        received("SHARE", content={"share": {"kind": "post", "id": "1_2", "title": "Ours"}}),
    ),
    (
        attached("fallback", None, url=CDN, title="Look"),
        "message.link",
        received("LINK", content={"link": {"url": CDN, "title": "Look"}}),
    ),
    (
        page_message(text="Look", attachments=[{"type": "fallback", "payload": {"url": CDN, "title": None}}]),
        "message.text",
        received(text="Look", content={"link": {"url": CDN}}),
    ),
    (
        attached("fallback", {"url": None}),
        "message.unsupported",
        received("UNSUPPORTED", content={"unsupported": {"kind": "fallback"}}),
    ),
    (
        attached("location", {"coordinates": {"lat": 4.6, "long": -74}}, title="Here"),
        "message.location",
        received("LOCATION", content={"location": {"latitude": 4.6, "longitude": -74, "name": "Here"}}),
    ),
    (attached("template", BUTTONS), "message.template", received("TEMPLATE", content={"template": BUTTONS})),
    (
        attached("template", {"product": {"elements": [{"id": 5, "retailer_id": "sku5", "title": "Mug"}]}}),
        "message.share",
        received("SHARE", content={"product": {"id": "5", "retailer_id": "sku5", "title": "Mug"}}),
    ),
    (
        attached("appointment_booking", BOOKED),
        "message.interactive",
        received(
            "INTERACTIVE",
            content={
                "interactive": {
                    "kind": "appointment_booking",
                    "id": "b1",
                    "data": {"status": "confirmed", "start_time": 1, "timezone": "America/Bogota"},
                }
            },
        ),
    ),
    (page_message(), "message.unsupported", received("UNSUPPORTED", content={"unsupported": {"kind": "empty"}})),
    (
        page_echo(text="Two left.", app_id=263902037430900),
        "message.echo.text",
        echoed(text="Two left.", app_id="263902037430900"),
    ),
    (page_echo(text="Ok", metadata=f"sb:{OUR_ID}"), "message.echo.text", echoed(text="Ok", our_id=OUR_ID)),
    (page_echo(text="Ok", metadata="conv:42"), "message.echo.text", echoed(text="Ok")),
    (
        page_echo(attachments=[{"type": "image", "payload": {"attachment_id": 99}}]),
        "message.echo.image",
        echoed("IMAGE", "", Media("IMAGE", withheld=True)),
    ),
]
