"""WhatsApp's messages and statuses: what comes, and what is to be made of it."""

from typing import Any

from pages.webhooks.events import (
    Media,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Person,
    ReactionChanged,
    StatusChanged,
    Trouble,
)
from tests.pages.webhooks.envelopes import (
    AT,
    BSUID,
    PHONE,
    whatsapp_echo,
    whatsapp_message,
    whatsapp_status,
)

WHO = Person(BSUID, PHONE, "rosa.demo", "Rosa T.")
BARE = Person(BSUID, PHONE)
OUR_ID = "0197b2c4-0000-7000-8000-0000000000aa"
URL = "https://lookaside.example.test/wa/1"


def received(type_: str = "TEXT", text: str = "", *media: Media, **rest: Any) -> MessageReceived:
    return MessageReceived(AT, WHO, "wamid.DEMO1", type_, text, media, **rest)


def answer(kind: str, **given: Any) -> dict[str, Any]:
    return whatsapp_message("interactive", {"type": kind, kind: given})


def answered(text: str, **given: Any) -> MessageReceived:
    return received("INTERACTIVE", text, content={"interactive": given})


PHOTO = {"id": "135", "mime_type": "image/jpeg", "sha256": "ZGVt", "caption": "Receipt", "url": URL}
FLOW = {"name": "flow", "body": "Sent", "response_json": '{"size": "M", "n\\u0000": 2}'}
ERRORS = [{"code": 131051, "title": "Message type unknown", "error_data": {"details": "Not supported"}}]
WHERE = {"latitude": 4.6, "longitude": -74.1, "name": "Shop", "address": "Calle 1", "url": URL}
FRIEND = {
    "name": {"formatted_name": "Ana", "first_name": "Ana"},
    "phones": [{"phone": "+57 300", "wa_id": "57300", "type": "CELL"}],
    "emails": [{"email": "ana@example.test"}],
    "org": {"company": "Demo"},
}
BASKET = {
    "catalog_id": 88,
    "text": "Soon please",
    "product_items": [{"product_retailer_id": "sku1", "quantity": "2", "item_price": 4.5, "currency": "USD"}],
}
AD = {
    "source_url": "https://fb.me/demo",
    "source_id": 6050000000001,
    "source_type": "ad",
    "headline": "Spring",
    "body": "Chat",
    "media_type": "image",
    "image_url": URL,
    "ctwa_clid": "ARdemo",
}
AD_FOUND = {
    "source": "ADS",
    "type": "image",
    "ad_id": "6050000000001",
    "title": "Spring",
    "body": "Chat",
    "url": "https://fb.me/demo",
    "image_url": URL,
    "click_id": "ARdemo",
}
HOLA = {"body": "Hola"}


def file(key: str, kind: str, **more: Any) -> tuple[dict[str, Any], str, MessageReceived]:
    sent = {"id": "135", "mime_type": "a/b", "sha256": "x"} | more
    name = more.get("filename", "")
    return (
        whatsapp_message(key, sent),
        f"message.{kind.lower()}",
        received(kind, "", Media(kind, "", "135", "a/b", name)),
    )


MESSAGES = [
    (whatsapp_message("text", HOLA), "message.text", received(text="Hola")),
    (
        whatsapp_message("text", HOLA, context={"from": "15550100001", "id": "wamid.OUT1"}),
        "message.text",
        received(text="Hola", reply_to="wamid.OUT1"),
    ),
    (
        whatsapp_message("text", HOLA, context={"frequently_forwarded": True}),
        "message.text",
        received(text="Hola", content={"forwarded": True, "frequently_forwarded": True}),
    ),
    (
        whatsapp_message("text", HOLA, context={"referred_product": {"catalog_id": 8, "product_retailer_id": "sku"}}),
        "message.text",
        received(text="Hola", content={"product": {"catalog_id": "8", "retailer_id": "sku"}}),
    ),
    (
        whatsapp_message("text", HOLA, referral=AD),
        "message.text",
        received(text="Hola", content={"referral": AD_FOUND}),
    ),
    (
        whatsapp_message("image", PHOTO),
        "message.image",
        received("IMAGE", "Receipt", Media("IMAGE", URL, "135", "image/jpeg")),
    ),
    file("video", "VIDEO"),
    file("audio", "AUDIO", voice=False),
    file("audio", "VOICE", voice=True),
    file("document", "FILE", filename="list.pdf"),
    file("sticker", "STICKER", animated=False),
    (whatsapp_message("location", WHERE), "message.location", received("LOCATION", content={"location": WHERE})),
    (
        whatsapp_message("contacts", [FRIEND]),
        "message.contacts",
        received(
            "CONTACTS",
            content={
                "contacts": [
                    {
                        "name": "Ana",
                        "phones": [{"phone": "+57 300", "type": "CELL"}],
                        "emails": ["ana@example.test"],
                        "organization": "Demo",
                    }
                ]
            },
        ),
    ),
    (
        answer("button_reply", id="yes", title="Yes"),
        "message.interactive",
        answered("Yes", kind="button_reply", id="yes", title="Yes"),
    ),
    (
        answer("list_reply", id="slot-3", title="Tue", description="Room B"),
        "message.interactive",
        answered("Tue", kind="list_reply", id="slot-3", title="Tue", description="Room B"),
    ),
    (
        answer("nfm_reply", **FLOW),
        "message.interactive",
        answered("Sent", kind="nfm_reply", id="flow", data={"size": "M", "n\ufffd": 2}),
    ),
    (
        answer("call_permission_reply", response="accept", is_permanent=True),
        "message.interactive",
        answered("", kind="call_permission_reply", data={"response": "accept", "is_permanent": True}),
    ),
    (
        whatsapp_message("button", {"payload": "CONFIRM", "text": "Confirm"}),
        "quick_reply",
        received("QUICK_REPLY", "Confirm", content={"button": {"title": "Confirm", "payload": "CONFIRM"}}),
    ),
    (
        whatsapp_message("order", BASKET),
        "order",
        received(
            "ORDER",
            "Soon please",
            content={
                "order": {
                    "catalog_id": "88",
                    "text": "Soon please",
                    "items": [{"id": "sku1", "quantity": "2", "price": 4.5, "currency": "USD"}],
                }
            },
        ),
    ),
    (
        whatsapp_message("unsupported", {"type": "poll_creation"}, errors=ERRORS),
        "message.unsupported",
        received(
            "UNSUPPORTED",
            content={
                "unsupported": {
                    "kind": "poll_creation",
                    "code": 131051,
                    "title": "Message type unknown",
                    "details": "Not supported",
                }
            },
        ),
    ),
    (
        whatsapp_message("interactive"),
        "message.unsupported",
        received("UNSUPPORTED", content={"unsupported": {"kind": "interactive"}}),
    ),
    (
        whatsapp_message("request_welcome"),
        "system.request_welcome",
        received("SYSTEM", content={"system": {"kind": "request_welcome"}}),
    ),
    (
        whatsapp_message("system", {"type": "customer_identity_changed", "body": "New phone"}),
        "system.customer_identity_changed",
        received("SYSTEM", "New phone", content={"system": {"kind": "customer_identity_changed"}}, opens_window=False),
    ),
    (
        whatsapp_message("reaction", {"message_id": "wamid.OUT1", "emoji": "👍"}),
        "reaction.add",
        ReactionChanged(AT, WHO, "wamid.OUT1", "👍"),
    ),
    (
        whatsapp_message("reaction", {"message_id": "wamid.OUT1"}),
        "reaction.remove",
        ReactionChanged(AT, WHO, "wamid.OUT1", ""),
    ),
    (
        whatsapp_message("edit", {"original_message_id": "wamid.D0", "message": {"type": "text", "text": HOLA}}),
        "message.edit",
        MessageEdited(AT, "wamid.D0", "Hola"),
    ),
    (whatsapp_message("revoke", {"original_message_id": "wamid.D0"}), "message.delete", MessageDeleted(AT, "wamid.D0")),
    (whatsapp_echo("text", HOLA), "message.echo.text", MessageEchoed(AT, WHO, "wamid.ECHO1", "TEXT", "Hola")),
    (
        whatsapp_echo("revoke", {"original_message_id": "wamid.D0"}),
        "message.delete",
        MessageDeleted(AT, "wamid.D0"),
    ),
    (
        whatsapp_echo("reaction", {"message_id": "wamid.D0", "emoji": "👍"}),
        "reaction.add",
        ReactionChanged(AT, WHO, "wamid.D0", "👍", by_us=True),
    ),
]

PRICE = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
CLOSED = [{"code": "131047", "title": "Re-engagement message", "error_data": {"details": "Window closed"}}]
STATUSES = [
    (
        whatsapp_status("sent", biz_opaque_callback_data=f"sb:{OUR_ID}", pricing=PRICE),
        StatusChanged(AT, BARE, "wamid.OUT1", "SENT", OUR_ID, None, PRICE),
    ),
    (whatsapp_status("sent", biz_opaque_callback_data="job:1"), StatusChanged(AT, BARE, "wamid.OUT1", "SENT")),
    (whatsapp_status("delivered"), StatusChanged(AT, BARE, "wamid.OUT1", "DELIVERED")),
    (whatsapp_status("read"), StatusChanged(AT, BARE, "wamid.OUT1", "READ")),
    (whatsapp_status("played"), StatusChanged(AT, BARE, "wamid.OUT1", "READ")),
    (
        whatsapp_status("failed", errors=CLOSED),
        StatusChanged(AT, BARE, "wamid.OUT1", "FAILED", "", Trouble(131047, "Re-engagement message", "Window closed")),
    ),
]
