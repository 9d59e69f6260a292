"""The Cloud API: messages of a WhatsApp number."""

from __future__ import annotations

import re
import time
from typing import Any

from pages.sandbox import receipts
from pages.sandbox.errors import WHATSAPP_TITLES, whatsapp_error
from pages.sandbox.faults import closed_window
from pages.sandbox.requests import Request
from pages.sandbox.sends import ALWAYS, DAY_MS, within_rate
from pages.sandbox.shapes import wa_object, wa_only, wa_take
from pages.sandbox.state import Message, State, Thread
from pages.sandbox.whatsapp_contents import CONTENTS
from pages.sandbox.world import Account, Customer

Json = dict[str, Any]
COMMON = {
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "status",
    "message_id",
    "typing_indicator",
    *ALWAYS,
}
PAIR_BURST, PAIR_SECONDS = 45, 6


def send(state: State, account: Account, request: Request, failure: int = 0) -> Json:
    body = request.parameters
    if body.get("messaging_product") != "whatsapp":
        raise whatsapp_error(131008, "The parameter messaging_product is required and must be whatsapp.")
    if "status" in body:
        return mark_read(state, account, body)
    kind = wa_take(body, "type", str) or "text"
    if kind not in CONTENTS:
        raise whatsapp_error(131051, f"Message type {kind} is not supported.")
    wa_only(body, {*COMMON, kind})
    if body.get("recipient_type", "individual") != "individual":
        raise whatsapp_error(131009, "recipient_type must be individual.")
    wa_take(body, "biz_opaque_callback_data", str, most=512)
    context = wa_take(body, "context", dict)
    if context is not None:
        wa_only(context, {"message_id"}, "context")
        wa_take(context, "message_id", str, required=True, where="context")
    content: Any = body.get(kind)
    if kind != "contacts":
        content = wa_object(body, kind)
    CONTENTS[kind](state, account, content)
    return accept(state, account, body, kind, content, failure)


def accept(state: State, account: Account, body: Json, kind: str, content: Any, failure: int) -> Json:
    customer, given = find_customer(state, account, body)
    thread = state.thread(account, customer)
    unknown = customer.key not in state.customers
    if not unknown and kind != "template" and state.now() - thread.last_inbound > DAY_MS:
        raise closed_window(account.platform)
    if state.settings.limits:
        check_rates(state, account, thread)
    message = Message(
        state.new_message_id(account.platform),
        "out",
        kind,
        state.now(),
        text=text_of(kind, content),
        body={"content": content, **shown(state, content)},
        metadata=body.get("biz_opaque_callback_data") or "",
        status="sent",
        reply_to=(body.get("context") or {}).get("message_id", ""),
    )
    if kind == "template":
        message.body["category"] = "utility"
    keep(state, thread, message, content)
    contact: Json = {"input": given, "wa_id": customer.phone}
    if not unknown:
        contact["user_id"] = customer.id_on(account)
    if failure or unknown:
        fail(state, thread, message, failure or 131026)
    else:
        receipts.after_send(state, thread, message)
    answer: Json = {"id": message.id}
    if kind == "template":
        answer["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [answer]}


def shown(state: State, content: Any) -> Json:
    media = state.media.get(str(content.get("id", ""))) if isinstance(content, dict) else None
    return {"url": f"{state.base_url}/_sandbox/shown/{media.id}", "mime": media.mime_type} if media else {}


def keep(state: State, thread: Thread, message: Message, content: Any) -> None:
    if message.kind == "reaction":
        target = state.messages.get(content["message_id"])
        if target is None or target[0] is not thread:
            raise whatsapp_error(131009, "The message to react to is not part of this conversation.")
        target[1].reactions.pop("business", None)
        if content.get("emoji"):
            target[1].reactions["business"] = content["emoji"]
        state.messages[message.id] = (thread, message)
        thread.version += 1
    else:
        state.keep(thread, message)
        thread.business_types_until = 0
    state.record.add(
        "accepted",
        platform=thread.account.platform,
        account=thread.account.id,
        customer=thread.customer.key,
        id=message.id,
        type=message.kind,
        text=message.text,
        metadata=message.metadata,
        reply_to=message.reply_to,
    )


def fail(state: State, thread: Thread, message: Message, code: int) -> None:
    title = WHATSAPP_TITLES.get(code, "Something went wrong")
    message.status = "failed"
    error = {"code": code, "title": title, "message": title, "error_data": {"details": title}}
    receipts.tell_status(state, thread, message, "failed", errors=[error])


def find_customer(state: State, account: Account, body: Json) -> tuple[Customer, str]:
    to = wa_take(body, "to", str)
    if to:
        phone = re.sub(r"\D", "", to)
        if not 7 <= len(phone) <= 15 or not re.fullmatch(r"\+?[\d\s().-]+", to):
            raise whatsapp_error(131009, "The parameter to is not a phone number.")
        if phone == account.display_phone_number:
            raise whatsapp_error(131021)
        return state.phones.get(phone) or Customer(f"+{phone}", "", phone=phone), to
    identity = wa_take(body, "recipient", str)
    if not identity:
        raise whatsapp_error(131008, "The parameter to is required.")
    customer = state.scoped.get((account.scope, identity))
    if customer is None:
        raise whatsapp_error(131009, "The parameter recipient is not a user id of this business.")
    return customer, identity


def check_rates(state: State, account: Account, thread: Thread) -> None:
    if not within_rate(state, account.id, account.throughput):
        raise whatsapp_error(130429, "Cloud API message throughput has been reached.")
    now = time.monotonic()
    thread.allowance = min(PAIR_BURST, thread.allowance + (now - thread.allowance_at) / PAIR_SECONDS)
    thread.allowance_at = now
    if thread.allowance < 1:
        raise whatsapp_error(131056, "Too many messages sent from this number to the same person in a short time.")
    thread.allowance -= 1


def text_of(kind: str, content: Any) -> str:
    if kind == "text":
        return str(content["body"])
    if kind == "template":
        return f"[{content['name']}]"
    if kind == "interactive":
        return str((content.get("body") or {}).get("text", ""))
    return str(content.get("caption", "")) if isinstance(content, dict) else ""


def mark_read(state: State, account: Account, body: Json) -> Json:
    wa_only(body, {"messaging_product", "status", "message_id", "typing_indicator", *ALWAYS})
    if body["status"] != "read":
        raise whatsapp_error(131009, "status must be read.")
    identity = wa_take(body, "message_id", str, required=True)
    typing = wa_take(body, "typing_indicator", dict)
    if typing is not None and typing != {"type": "text"}:
        raise whatsapp_error(131009, 'typing_indicator must be {"type": "text"}.')
    found = state.messages.get(identity)
    if found is None or found[0].account is not account or found[1].way != "in":
        raise whatsapp_error(131009, "The message_id is not that of a message received by this number.")
    thread = found[0]
    thread.seen_by_business = max(thread.seen_by_business, found[1].at)
    thread.version += 1
    if typing:
        thread.business_types_until = state.now() + 25_000
    state.record.add(
        "action",
        platform=account.platform,
        account=account.id,
        customer=thread.customer.key,
        action="typing_on" if typing else "mark_seen",
        about=identity,
    )
    return {"success": True}
