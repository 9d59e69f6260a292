"""The Send API of Messenger and Instagram."""

from __future__ import annotations

import time
from typing import Any

from pages.sandbox import receipts
from pages.sandbox.attachments import check_attachment, file_of, keep_attachment, shown
from pages.sandbox.errors import GraphError, invalid
from pages.sandbox.faults import closed_window
from pages.sandbox.requests import Request
from pages.sandbox.shapes import one_of, only, take
from pages.sandbox.state import Message, State, Thread
from pages.sandbox.world import FACEBOOK, INSTAGRAM, Account

Json = dict[str, Any]
DAY_MS = 24 * 3600 * 1000
ALWAYS = {"access_token", "appsecret_proof", "format", "pretty", "debug", "suppress_http_code"}
TOP = {
    "recipient",
    "message",
    "messaging_type",
    "tag",
    "notification_type",
    "reply_to",
    "persona_id",
    "thread_control",
    "sender_action",
    "payload",
    "platform",
    *ALWAYS,
}
RECIPIENT = {"id", "user_ref", "comment_id", "post_id", "notification_messages_token", "phone_number"}
MESSAGE = {"text", "attachment", "attachments", "quick_replies", "metadata", "sticker_id", "template"}
TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")
GONE_TAGS = {"CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"}


def send(state: State, account: Account, request: Request) -> Json:
    body = request.parameters
    only(body, TOP)
    recipient = take(body, "recipient", dict, required=True)
    only(recipient, RECIPIENT, "recipient")
    if len(recipient) != 1:
        raise invalid("The parameter recipient must name exactly one of id, user_ref, comment_id, post_id.")
    if "sender_action" in body:
        return act(state, account, body)
    message = read_message(state, account, body, request)
    thread = thread_of(state, account, recipient)
    if "comment_id" in recipient:
        answer_comment(state, account, recipient["comment_id"])
    else:
        check_window(state, account, thread, body)
    check_rate(state, account)
    return accept(state, thread, body, message, request)


def read_message(state: State, account: Account, body: Json, request: Request) -> Json:
    message: Json = take(body, "message", dict, required=True)
    only(message, MESSAGE, "message")
    take_type(body)
    text = take(message, "text", str, where="message")
    reply_to = take(body, "reply_to", dict)
    if reply_to is not None:
        only(reply_to, {"mid"}, "reply_to")
        take(reply_to, "mid", str, where="reply_to", required=True)
    metadata = take(message, "metadata", str, where="message")
    if metadata and len(metadata) > 1000:
        raise invalid("Param message[metadata] must be at most 1000 characters long.")
    contents = [name for name in ("text", "attachment", "attachments", "sticker_id", "template") if name in message]
    if not contents:
        raise invalid("Empty message: message must have text or an attachment.")
    if len(contents) > 1:
        raise invalid(f"Message cannot contain {contents[0]} and {contents[1]} at the same time.")
    check_text(account, text)
    check_quick_replies(take(message, "quick_replies", list, where="message"))
    check_attachments(state, account, message, request)
    return message


def take_type(body: Json) -> None:
    kind = take(body, "messaging_type", str)
    tag = take(body, "tag", str)
    if kind is not None:
        one_of(kind, TYPES, "messaging_type")
    if tag in GONE_TAGS:
        raise invalid(f"Message tag {tag} is no longer supported.")
    if tag is not None:
        one_of(tag, ("HUMAN_AGENT", "NON_PROMOTIONAL_SUBSCRIPTION"), "tag")
    if kind == "MESSAGE_TAG" and tag is None:
        raise invalid("Param tag is required when messaging_type is MESSAGE_TAG.")


def check_text(account: Account, text: str | None) -> None:
    if text is None:
        return
    if not text.strip():
        raise invalid("Param message[text] must not be empty.")
    if account.platform == INSTAGRAM and len(text.encode()) > 1000:
        raise invalid("Invalid message data: text must be at most 1000 bytes of UTF-8.", 2534015)
    if len(text) > 2000:
        raise invalid("Length of param message[text] must be less than or equal to 2000")


def check_quick_replies(replies: list[Any] | None) -> None:
    if replies is None:
        return
    if not 1 <= len(replies) <= 13:
        raise invalid("Param message[quick_replies] must have between 1 and 13 items.")
    for reply in replies:
        if not isinstance(reply, dict):
            raise invalid("Param message[quick_replies] must be an array of objects.")
        only(reply, {"content_type", "title", "payload", "image_url"}, "quick_replies")
        one_of(reply.get("content_type"), ("text", "user_phone_number", "user_email"), "quick_replies[content_type]")
        if reply["content_type"] == "text":
            title = take(reply, "title", str, where="quick_replies", required=True)
            payload = take(reply, "payload", str, where="quick_replies", required=True)
            if not 1 <= len(title) <= 20 or len(payload) > 1000:
                raise invalid("A quick reply's title has 1 to 20 characters, its payload at most 1000.")


def check_attachments(state: State, account: Account, message: Json, request: Request) -> None:
    single = take(message, "attachment", dict, where="message")
    several = take(message, "attachments", list, where="message")
    if several is not None:
        if account.platform != INSTAGRAM:
            raise invalid("Several attachments in one message are not supported.")
        if not 1 <= len(several) <= 10 or any(item.get("type") != "image" for item in several):
            raise invalid("Param message[attachments] must hold 1 to 10 images.", 2534068)
    for attachment in several or ([single] if single is not None else []):
        check_attachment(state, account, attachment, request)


def thread_of(state: State, account: Account, recipient: Json) -> Thread:
    identity = recipient.get("id")
    if "comment_id" in recipient:
        comment = state.comments.get(str(recipient["comment_id"]))
        if comment is None or comment["account"] != account.id:
            raise invalid("The comment is not valid for a private reply.", 2534025)
        return state.thread(account, state.customers[comment["customer"]])
    if identity is not None and not isinstance(identity, str):
        raise invalid("Param recipient[id] must be a string.")
    customer = state.scoped.get((account.scope, identity or ""))
    if customer is None or (account.id, customer.key) not in state.threads:
        if account.platform == FACEBOOK:
            raise invalid("No matching user found", 2018001)
        raise invalid("The requested user cannot be found.", 2534014)
    return state.thread(account, customer)


def answer_comment(state: State, account: Account, comment_id: str) -> None:
    comment = state.comments[comment_id]
    if comment["answered"] or state.now() - comment["at"] > 7 * DAY_MS:
        raise invalid("The comment was already answered, or is too old, for a private reply.", 2534025)
    comment["answered"] = True


def check_window(state: State, account: Account, thread: Thread, body: Json) -> None:
    age = state.now() - thread.last_inbound
    allowed = 7 * DAY_MS if body.get("tag") == "HUMAN_AGENT" else DAY_MS
    if age > allowed and body.get("messaging_type") != "UTILITY":
        raise closed_window(account.platform)


def check_rate(state: State, account: Account) -> None:
    if state.settings.limits and not within_rate(state, account.id, 300):
        subcode = 2018338 if account.platform == FACEBOOK else 2534040
        raise GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", subcode=subcode)


def within_rate(state: State, name: str, per_second: int) -> bool:
    """A bucket that holds one second's worth."""
    now = time.monotonic()
    left, at = state.rates.get(name, [per_second, now])
    left = min(per_second, left + (now - at) * per_second)
    state.rates[name] = [left - 1 if left >= 1 else left, now]
    return left >= 1


def accept(state: State, thread: Thread, body: Json, message: Json, request: Request) -> Json:
    account = thread.account
    metadata = message.get("metadata") or ""
    attachment = message.get("attachment") or {}
    kept = Message(
        state.new_message_id(account.platform),
        "out",
        attachment.get("type", "text"),
        state.now(),
        text=message.get("text", ""),
        body={**message, **shown(state, account, attachment, request)},
        metadata=metadata,
        status="sent",
        reply_to=(body.get("reply_to") or {}).get("mid", ""),
    )
    state.keep(thread, kept)
    thread.business_types_until = 0
    identity = thread.customer.id_on(account)
    state.record.add(
        "accepted",
        platform=account.platform,
        account=account.id,
        customer=thread.customer.key,
        id=kept.id,
        type=kept.kind,
        text=kept.text,
        metadata=metadata,
        tag=body.get("tag", ""),
        reply_to=kept.reply_to,
    )
    receipts.after_send(state, thread, kept)
    answer = {"recipient_id": identity, "message_id": kept.id}
    payload = attachment.get("payload")
    if isinstance(payload, dict) and payload.get("is_reusable"):
        answer["attachment_id"] = keep_attachment(state, account, attachment, file_of(attachment, request))
    return answer


def act(state: State, account: Account, body: Json) -> Json:
    if "message" in body:
        raise invalid("sender_action cannot be sent together with message.", 2018014)
    action = take(body, "sender_action", str)
    one_of(action, ACTIONS, "sender_action")
    thread = thread_of(state, account, body["recipient"])
    thread.version += 1
    if action in {"react", "unreact"}:
        react(state, thread, body, adds=action == "react")
    elif action == "mark_seen":
        thread.seen_by_business = state.now()
    else:
        thread.business_types_until = state.now() + 20_000 if action == "typing_on" else 0
    state.record.add(
        "action", platform=account.platform, account=account.id, customer=thread.customer.key, action=action
    )
    return {"recipient_id": thread.customer.id_on(account)}


def react(state: State, thread: Thread, body: Json, *, adds: bool) -> None:
    payload = take(body, "payload", dict, required=True)
    only(payload, {"message_id", "reaction"}, "payload")
    found = state.messages.get(take(payload, "message_id", str, where="payload", required=True))
    if found is None or found[0] is not thread:
        raise invalid("Param payload[message_id] must be a valid message id.")
    message = found[1]
    if adds:
        message.reactions["business"] = take(payload, "reaction", str, where="payload", required=True)
    else:
        message.reactions.pop("business", None)
