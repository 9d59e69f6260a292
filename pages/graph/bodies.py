"""The shapes in which the platforms want what is sent. Pure: nothing is asked, nothing is kept."""

from typing import Any

from pages.graph.content import Address, Outgoing, QuickReply
from pages.graph.limits import MOST_BUTTONS
from pages.webhooks.events import OUR_ID_PREFIX
from workspaces.models import Platform

Body = dict[str, Any]

# inbox.Message.Type, as Messenger and Instagram say it, and as WhatsApp does.
ATTACHMENT_TYPES = {"IMAGE": "image", "VIDEO": "video", "AUDIO": "audio", "VOICE": "audio", "FILE": "file"}
WHATSAPP_TYPES = {
    "IMAGE": "image",
    "VIDEO": "video",
    "AUDIO": "audio",
    "VOICE": "audio",
    "FILE": "document",
    "STICKER": "sticker",
}
WITH_CAPTION = {"image", "video", "document"}
LIST_BUTTON = "Options"


def recipient(to: Address) -> Body:
    """Of Messenger and Instagram."""
    return {"comment_id": to.comment_id} if to.comment_id else {"id": to.external_id}


def messenger_body(platform: str, to: Address, what: Outgoing) -> Body:
    """Instagram's is the same, and needs no messaging_type without a tag."""
    body: Body = {"recipient": recipient(to)}
    if what.tag:
        body |= {"messaging_type": "MESSAGE_TAG", "tag": what.tag}
    elif platform == Platform.FACEBOOK:
        body["messaging_type"] = "RESPONSE"
    body["message"] = messenger_message(what)
    if what.reply_to:
        body["reply_to"] = {"mid": what.reply_to}
    return body


def messenger_message(what: Outgoing) -> Body:
    message: Body = {}
    if what.file:
        message["attachment"] = {"type": ATTACHMENT_TYPES[what.type], "payload": {}}
    else:
        message["text"] = what.text
    if what.quick_replies:
        message["quick_replies"] = [quick_reply(reply) for reply in what.quick_replies]
    message["metadata"] = OUR_ID_PREFIX + what.our_id
    return message


def quick_reply(reply: QuickReply) -> Body:
    return {"content_type": "text", "title": reply.title, "payload": reply.payload or reply.title}


def whatsapp_body(to: Address, what: Outgoing, media_id: str = "") -> Body:
    body = {**whatsapp_recipient(to), **whatsapp_content(what, media_id)}
    if what.reply_to:
        body["context"] = {"message_id": what.reply_to}
    body["biz_opaque_callback_data"] = OUR_ID_PREFIX + what.our_id
    return body


def whatsapp_recipient(to: Address) -> Body:
    person = {"to": f"+{to.phone.lstrip('+')}"} if to.phone else {"recipient": to.external_id}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **person}


def whatsapp_content(what: Outgoing, media_id: str) -> Body:
    if what.type == "TEMPLATE":
        return {"type": "template", "template": template(what.template)}
    if what.file:
        return whatsapp_media(what, media_id)
    if what.quick_replies:
        return {"type": "interactive", "interactive": interactive(what)}
    return {"type": "text", "text": {"body": what.text, "preview_url": "://" in what.text}}


def template(chosen: dict[str, Any]) -> Body:
    language = chosen.get("language")
    shaped: Body = {
        "name": chosen.get("name"),
        "language": language if isinstance(language, dict) else {"code": language},
    }
    if components := chosen.get("components"):
        shaped["components"] = components
    return shaped


def whatsapp_media(what: Outgoing, media_id: str) -> Body:
    kind = WHATSAPP_TYPES[what.type]
    media: Body = {"id": media_id}
    if what.text and kind in WITH_CAPTION:
        media["caption"] = what.text
    if kind == "document" and what.file:
        media["filename"] = what.file.name
    if what.type == "VOICE":
        media["voice"] = True
    return {"type": kind, kind: media}


def interactive(what: Outgoing) -> Body:
    """Buttons while they are enough, else a list."""
    replies = [{"id": reply.payload or reply.title, "title": reply.title} for reply in what.quick_replies]
    body = {"text": what.text}
    if len(replies) <= MOST_BUTTONS:
        return {
            "type": "button",
            "body": body,
            "action": {"buttons": [{"type": "reply", "reply": reply} for reply in replies]},
        }
    return {"type": "list", "body": body, "action": {"button": LIST_BUTTON, "sections": [{"rows": replies}]}}


def as_form(body: Body, dumps: Any) -> dict[str, str]:
    """Beside a file each key is a field of its own."""
    return {name: value if isinstance(value, str) else dumps(value) for name, value in body.items()}
