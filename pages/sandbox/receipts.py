"""What follows a message of ours: its echo, and what the customer's device says of it."""

from __future__ import annotations

from typing import Any

from pages.sandbox.state import Message, State, Thread
from pages.sandbox.world import FACEBOOK, WHATSAPP

Json = dict[str, Any]


def after_send(state: State, thread: Thread, message: Message) -> None:
    mode, pause = state.settings.receipts, state.settings.receipt_delay_ms / 1000
    if thread.account.platform == WHATSAPP:
        tell_status(state, thread, message, "sent")
        if message.kind == "reaction":
            return
    else:
        tell_echo(state, thread, message, app_id=int(next(iter(state.apps))))
    if mode in {"delivered", "read"}:
        tell_delivered(state, thread, message, delay=pause)
    if mode == "read":
        tell_read(state, thread, message, delay=pause * 2)


def item(state: State, thread: Thread, *, from_business: bool = False, at: int = 0) -> Json:
    person, business = {"id": thread.customer.id_on(thread.account)}, {"id": thread.account.id}
    sender, recipient = (business, person) if from_business else (person, business)
    return {"sender": sender, "recipient": recipient, "timestamp": at or state.now()}


def tell_echo(state: State, thread: Thread, message: Message, *, app_id: int) -> None:
    account = thread.account
    echo: Json = {"mid": message.id, "is_echo": True, "app_id": app_id}
    if message.metadata:
        echo["metadata"] = message.metadata
    if message.text:
        echo["text"] = message.text
    if message.reply_to:
        echo["reply_to"] = {"mid": message.reply_to}
    if attachment := message.body.get("attachment"):
        url = (attachment.get("payload") or {}).get("url") or f"{state.base_url}/_sandbox/files/photo.png"
        payload = attachment["payload"] if attachment["type"] == "template" else {"url": url}
        echo["attachments"] = [{"type": attachment["type"], "payload": payload}]
    state.tell(
        account,
        {**item(state, thread, from_business=True, at=message.at), "message": echo},
        subject="message_echoes" if account.platform == FACEBOOK else "messages",
        kind="echo",
        about=[message.id],
        customer=thread.customer.key,
    )


def tell_delivered(state: State, thread: Thread, message: Message, delay: float = 0) -> None:
    if message.status == "sent":
        message.status = "delivered"
        thread.version += 1
    if thread.account.platform == WHATSAPP:
        tell_status(state, thread, message, "delivered", delay=delay)
    elif thread.account.platform == FACEBOOK:
        delivery = {"mids": [message.id], "watermark": message.at}
        tell(state, thread, {"delivery": delivery}, "message_deliveries", "delivery", [message.id], delay)


def tell_read(state: State, thread: Thread, message: Message, delay: float = 0) -> None:
    """All that the business wrote until then is read."""
    for older in thread.messages:
        if older.way == "out" and older.at <= message.at and older.status in {"sent", "delivered"}:
            older.status = "read"
    message.status = "read"
    thread.version += 1
    if thread.account.platform == WHATSAPP:
        tell_status(state, thread, message, "read", delay=delay)
    elif thread.account.platform == FACEBOOK:
        tell(state, thread, {"read": {"watermark": message.at}}, "message_reads", "read", [message.id], delay)
    else:
        tell(state, thread, {"read": {"mid": message.id}}, "messaging_seen", "read", [message.id], delay)


def tell(
    state: State, thread: Thread, facts: Json, subject: str, kind: str, about: list[str], delay: float = 0
) -> None:
    state.tell(
        thread.account,
        {**item(state, thread), **facts},
        subject=subject,
        kind=kind,
        about=about,
        customer=thread.customer.key,
        delay=delay,
    )


def tell_status(
    state: State, thread: Thread, message: Message, status: str, *, delay: float = 0, errors: list[Json] | None = None
) -> None:
    customer, account = thread.customer, thread.account
    fact: Json = {"id": message.id, "status": status, "timestamp": str(state.now() // 1000)}
    if not customer.hides_phone and customer.phone:
        fact["recipient_id"] = customer.phone
    if customer.name:
        fact["recipient_user_id"] = customer.id_on(account)
    if message.metadata:
        fact["biz_opaque_callback_data"] = message.metadata
    if errors:
        fact["errors"] = errors
    elif status in {"sent", "delivered"} and message.kind != "reaction":
        category = message.body.get("category", "service")
        fact["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category}
    tell_whatsapp(state, thread, {"statuses": [fact]}, kind=status, about=[message.id], delay=delay)


def tell_whatsapp(
    state: State,
    thread: Thread,
    value: Json,
    *,
    kind: str,
    about: list[str],
    delay: float = 0,
    subject: str = "messages",
) -> None:
    account = thread.account
    metadata = {"display_phone_number": account.display_phone_number, "phone_number_id": account.id}
    change = {"field": subject, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    state.tell(account, change, subject=subject, kind=kind, about=about, customer=thread.customer.key, delay=delay)
