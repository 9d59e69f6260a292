"""What we send, on three platforms: messages, reactions, the typing sign, read marks."""

import json
from typing import Any

from pages.graph import bodies
from pages.graph.client import PERHAPS, Answer, call
from pages.graph.content import Address, File, Outgoing, Sent
from pages.graph.errors import GraphError, Kind, never_left
from pages.graph.limits import problems_of
from pages.graph.line import Line
from pages.graph.uploads import form_with
from workspaces.models import Platform


def send_message(line: Line, to: Address, what: Outgoing) -> Sent:
    """Raises GraphError; AMBIGUOUS when it may have arrived all the same."""
    if problems := problems_of(line.platform, what):
        raise never_left(" ".join(problems), Kind.FINAL)
    if not reachable(line, to):
        raise never_left("It is not known under which id this customer can be written to.", Kind.RECIPIENT)
    if line.platform == Platform.WHATSAPP:
        return send_on_whatsapp(line, to, what)
    body = bodies.messenger_body(line.platform, to, what)
    return sent_by(post_message(line, body, what), body, "message_id")


def reachable(line: Line, to: Address) -> bool:
    return bool(to.external_id or (to.phone if line.platform == Platform.WHATSAPP else to.comment_id))


def post_message(line: Line, body: dict[str, Any], what: Outgoing) -> Answer:
    path, about = f"{line.node}/messages", f"message {what.our_id}"
    if not what.file:
        return call(line, "POST", path, type="messages.send", json=body, address=about)
    with form_with(bodies.as_form(body, json.dumps), "filedata", what.file) as form:
        return call(line, "POST", path, type="messages.send", files=form, address=about)


def send_on_whatsapp(line: Line, to: Address, what: Outgoing) -> Sent:
    about = f"message {what.our_id}"
    media_id = upload_media(line, what.file, address=about) if what.file else ""
    body = bodies.whatsapp_body(to, what, media_id)
    answer = call(line, "POST", f"{line.node}/messages", type="messages.send", json=body, address=about)
    return sent_by(answer, body, "id", first_of(answer.data.get("messages")))


def upload_media(line: Line, file: File, *, address: str = "") -> str:
    """WhatsApp keeps it for 30 days. Doing it twice does no harm."""
    fields = {"messaging_product": "whatsapp", "type": file.mime_type}
    with form_with(fields, "file", file) as form:
        answer = call(
            line, "POST", f"{line.node}/media", type="media.upload", files=form, address=address, repeatable=True
        )
    if not (media_id := answer.data.get("id")):
        raise GraphError(
            "WhatsApp did not say under which id it keeps the file.", kind=Kind.RETRY, status=answer.status
        )
    return str(media_id)


def sent_by(answer: Answer, body: dict[str, Any], name: str, data: dict[str, Any] | None = None) -> Sent:
    external_id = (answer.data if data is None else data).get(name)
    if not isinstance(external_id, str) or not external_id:
        raise GraphError(PERHAPS, kind=Kind.AMBIGUOUS, status=answer.status, trace_id=answer.trace_id)
    return Sent(external_id, body)


def first_of(items: Any) -> dict[str, Any]:
    first = items[0] if isinstance(items, list) and items else None
    return first if isinstance(first, dict) else {}


def send_reaction(line: Line, to: Address, external_id: str, emoji: str) -> None:
    """Without an emoji it is taken back."""
    if line.platform == Platform.WHATSAPP:
        reaction = {"type": "reaction", "reaction": {"message_id": external_id, "emoji": emoji}}
        post(line, {**bodies.whatsapp_recipient(to), **reaction}, "messages.react", external_id)
        return
    payload = {"message_id": external_id, **({"reaction": emoji} if emoji else {})}
    action = {"sender_action": "react" if emoji else "unreact", "payload": payload}
    post(line, {"recipient": bodies.recipient(to), **action}, "messages.react", external_id)


def send_typing(line: Line, to: Address, on: bool, last_incoming_id: str = "") -> None:
    """WhatsApp hangs it on the customer's last message, which then counts as read; it cannot be taken back there."""
    if line.platform != Platform.WHATSAPP:
        action = "typing_on" if on else "typing_off"
        post(line, {"recipient": bodies.recipient(to), "sender_action": action}, "messages.typing")
    elif on and last_incoming_id:
        post(line, {**read_mark(last_incoming_id), "typing_indicator": {"type": "text"}}, "messages.typing")


def mark_seen(line: Line, to: Address, last_incoming_id: str) -> None:
    if line.platform != Platform.WHATSAPP:
        post(line, {"recipient": bodies.recipient(to), "sender_action": "mark_seen"}, "messages.read")
    elif last_incoming_id:
        post(line, read_mark(last_incoming_id), "messages.read", last_incoming_id)


def read_mark(external_id: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}


def post(line: Line, body: dict[str, Any], kind: str, about: str = "") -> None:
    call(line, "POST", f"{line.node}/messages", type=kind, json=body, address=about, repeatable=True)
