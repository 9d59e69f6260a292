"""What a customer's message looks like inside a webhook."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from pages.sandbox import files, media
from pages.sandbox.state import Message, State, Thread
from pages.sandbox.world import FACEBOOK, Account

Json = dict[str, Any]
FILE_KINDS = {"image", "video", "audio", "voice", "file", "document", "sticker"}
AD = {
    "ref": "spring",
    "source": "ADS",
    "type": "OPEN_THREAD",
    "ad_id": "6050000000001",
    "ads_context_data": {
        "ad_title": "Spring sale",
        "photo_url": "https://img.example.test/a.jpg",
        "video_url": None,
        "post_id": "104200000000001_55",
        "product_id": None,
        "flow_id": None,
    },
}
WHATSAPP_AD = {
    "source_url": "https://fb.me/demo",
    "source_id": "6050000000001",
    "source_type": "ad",
    "headline": "Spring sale",
    "body": "Chat with us",
    "media_type": "image",
    "image_url": "https://img.example.test/a.jpg",
    "thumbnail_url": "https://img.example.test/t.jpg",
    "ctwa_clid": "ARdemoClickId",
}
CARD = {
    "name": {"formatted_name": "Omar Vidal", "first_name": "Omar", "last_name": "Vidal"},
    "phones": [{"phone": "+57 300 000 0099", "wa_id": "573000000099", "type": "CELL"}],
}


def file_for(state: State, wish: Json, kind: str) -> tuple[str, str, bytes]:
    """Name, type and content: the wish's own file, or a sample of the kind."""
    if data := wish.get("data_base64"):
        name = str(wish.get("filename") or f"upload-{hashlib.sha256(data.encode()).hexdigest()[:12]}")
        return name, str(wish.get("mime") or "application/octet-stream"), base64.b64decode(data)
    return files.sample("file" if kind == "document" else kind)


def messenger_message(state: State, thread: Thread, message: Message, wish: Json) -> Json:
    """What stands beside sender, recipient and timestamp: `message`, `postback` or `referral`."""
    kind = message.kind
    if kind == "postback":
        title, payload = str(wish.get("title") or message.text or "Get started"), str(wish.get("payload") or "START")
        message.text = title
        return {"postback": {"mid": message.id, "title": title, "payload": payload, **referral_of(wish)}}
    if kind == "referral":
        ref = str(wish.get("ref") or "summer")
        source = "SHORTLINK" if thread.account.platform == FACEBOOK else "IGME-SOURCE-LINK"
        return {"referral": {"ref": ref, "source": source, "type": "OPEN_THREAD"}}
    told: Json = {"mid": message.id}
    if message.text:
        told["text"] = message.text
    if message.reply_to:
        told["reply_to"] = {"mid": message.reply_to}
    told |= messenger_extra(state, thread.account, message, wish)
    told |= wish.get("fields") or {}
    return {"message": told}


def referral_of(wish: Json) -> Json:
    return {"referral": {"ref": wish["ref"], "source": "SHORTLINK", "type": "OPEN_THREAD"}} if wish.get("ref") else {}


def messenger_extra(state: State, account: Account, message: Message, wish: Json) -> Json:
    kind = message.kind
    if kind in FILE_KINDS:
        return {"attachments": [messenger_file(state, message, wish)]}
    if kind == "quick_reply":
        message.text = message.text or str(wish.get("title") or "Yes")
        return {"text": message.text, "quick_reply": {"payload": str(wish.get("payload") or message.text.upper())}}
    if kind == "story_reply":
        story = {"id": "18100000000000001", "url": f"{state.base_url}/_sandbox/files/story.png"}
        return {"reply_to": {"story": story}}
    if kind in {"story_mention", "share", "ig_post", "ig_reel", "reel", "post", "fallback", "ephemeral"}:
        payload: Json = {"url": f"{state.base_url}/_sandbox/files/story.png"}
        if kind not in {"story_mention", "ephemeral"}:
            payload["title"] = "Spring collection"
        return {"attachments": [{"type": kind, "payload": {} if kind == "ephemeral" else payload}]}
    if kind == "location":
        coordinates = {"lat": float(wish.get("latitude", 4.6097)), "long": float(wish.get("longitude", -74.0817))}
        return {"attachments": [{"type": "location", "payload": {"coordinates": coordinates}}]}
    if kind == "ad":
        return {"text": message.text or "I saw your ad", "referral": AD}
    if kind == "unsupported":
        return {"is_unsupported": True}
    return {}


def messenger_file(state: State, message: Message, wish: Json) -> Json:
    name, mime_type, data = file_for(state, wish, message.kind)
    if wish.get("data_base64"):
        name = files.keep(name, mime_type, data)
    url = str(wish.get("url") or f"{state.base_url}/_sandbox/files/{name}")
    message.body = {"url": url, "mime": mime_type}
    kinds = {"voice": "audio", "document": "file"}
    payload: Json = {"url": url}
    if message.kind == "sticker":
        payload["sticker_id"] = 369239263222822
    return {"type": kinds.get(message.kind, message.kind), "payload": payload}


def whatsapp_message(state: State, thread: Thread, message: Message, wish: Json) -> Json:
    """What stands beside metadata in a change's value: `contacts` and `messages`."""
    account, customer = thread.account, thread.customer
    hides = bool(wish.get("without_phone", customer.hides_phone))
    contact: Json = {"profile": {"name": customer.name}, "user_id": customer.id_on(account)}
    told: Json = {"id": message.id, "timestamp": str(message.at // 1000), "from_user_id": customer.id_on(account)}
    if hides:
        contact["profile"]["username"] = customer.username
    else:
        contact["wa_id"] = told["from"] = customer.phone
    if wish.get("without_user_id"):
        del contact["user_id"], told["from_user_id"]
    if message.reply_to:
        told["context"] = {"from": account.display_phone_number, "id": message.reply_to}
    told |= WHATSAPP_KINDS.get(message.kind, raw)(state, account, message, wish)
    told |= wish.get("fields") or {}
    if message.kind == "system":
        return {"messages": [told]}
    return {"contacts": [contact], "messages": [told]}


def text(state: State, account: Account, message: Message, wish: Json) -> Json:
    return {"type": "text", "text": {"body": message.text}}


def raw(state: State, account: Account, message: Message, wish: Json) -> Json:
    return {"type": message.kind}


def file(state: State, account: Account, message: Message, wish: Json) -> Json:
    name, mime_type, data = file_for(state, wish, message.kind)
    kept = media.keep(state, account, mime_type, data, name)
    kept.at = state.now()
    url = media.url(state, kept)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    kind = {"voice": "audio", "file": "document"}.get(message.kind, message.kind)
    content: Json = {"id": kept.id, "mime_type": mime_type, "sha256": digest, "url": url}
    if message.text and kind not in {"audio", "sticker"}:
        content["caption"] = message.text
    if kind == "audio":
        content["voice"] = message.kind == "voice"
    elif kind == "document":
        content["filename"] = name
    elif kind == "sticker":
        content["animated"] = False
    message.body = {"url": f"{state.base_url}/_sandbox/shown/{kept.id}", "mime": mime_type}
    return {"type": kind, kind: content}


def location(state: State, account: Account, message: Message, wish: Json) -> Json:
    place = {"latitude": float(wish.get("latitude", 4.6097)), "longitude": float(wish.get("longitude", -74.0817))}
    return {"type": "location", "location": {**place, "name": "Plaza de Bolívar", "address": "Bogotá"}}


def contacts(state: State, account: Account, message: Message, wish: Json) -> Json:
    return {"type": "contacts", "contacts": [CARD]}


def interactive(state: State, account: Account, message: Message, wish: Json) -> Json:
    title = str(wish.get("title") or message.text or "Yes")
    reply = {"id": str(wish.get("payload") or title.lower()), "title": title}
    message.text = title
    kind = "list_reply" if wish.get("list") else "button_reply"
    return {"type": "interactive", "interactive": {"type": kind, kind: reply}}


def flow(state: State, account: Account, message: Message, wish: Json) -> Json:
    reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(wish.get("answers") or {"size": "M"})}
    return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}


def button(state: State, account: Account, message: Message, wish: Json) -> Json:
    message.text = message.text or str(wish.get("title") or "Confirm")
    return {"type": "button", "button": {"text": message.text, "payload": str(wish.get("payload") or message.text)}}


def order(state: State, account: Account, message: Message, wish: Json) -> Json:
    items = [{"product_retailer_id": "tent-2p", "quantity": 1, "item_price": 189.5, "currency": "USD"}]
    return {"type": "order", "order": {"catalog_id": "194836987003835", "text": message.text, "product_items": items}}


def system(state: State, account: Account, message: Message, wish: Json) -> Json:
    what = str(wish.get("system") or "user_changed_number")
    facts: Json = {"body": message.text or "Details changed", "type": what}
    if what == "user_changed_number":
        facts["wa_id"] = str(wish.get("new_phone") or "573000000777")
    if what == "user_changed_user_id":
        facts["user_id"] = str(wish.get("new_user_id") or "CO.1999999999999999")
    return {"type": "system", "system": facts}


def unsupported(state: State, account: Account, message: Message, wish: Json) -> Json:
    title = "Message type unknown"
    error = {"code": 131051, "title": title, "message": title, "error_data": {"details": "Not supported"}}
    return {"type": "unsupported", "errors": [error], "unsupported": {"type": "poll_creation"}}


def ad(state: State, account: Account, message: Message, wish: Json) -> Json:
    message.text = message.text or "I saw your ad"
    return {"type": "text", "text": {"body": message.text}, "referral": WHATSAPP_AD}


WHATSAPP_KINDS: dict[str, Callable[[State, Account, Message, Json], Json]] = {
    "text": text,
    **dict.fromkeys(FILE_KINDS, file),
    "location": location,
    "contacts": contacts,
    "interactive": interactive,
    "quick_reply": interactive,
    "flow": flow,
    "button": button,
    "order": order,
    "system": system,
    "unsupported": unsupported,
    "ad": ad,
    "referral": ad,
}
