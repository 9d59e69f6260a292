"""What people do: each act is kept, recorded, and told to the apps as Meta would tell it."""

from __future__ import annotations

from typing import Any

from pages.sandbox import receipts
from pages.sandbox.contents import messenger_message, whatsapp_message
from pages.sandbox.state import Message, State, Thread
from pages.sandbox.world import FACEBOOK, INSTAGRAM, WHATSAPP, Account, Customer

Json = dict[str, Any]
REACTIONS = {
    "❤": "love",
    "❤️": "love",
    "😂": "smile",
    "😮": "wow",
    "😢": "sad",
    "😡": "angry",
    "👍": "like",
    "👎": "dislike",
}


class Mistake(Exception):
    """The control API was asked for what makes no sense; says why."""


def thread_for(state: State, customer: Customer, wish: Json) -> Thread:
    account = state.accounts.get(str(wish.get("account", "")))
    if account is None:
        raise Mistake(f"account must be one of {', '.join(state.accounts)}")
    return state.thread(account, customer)


def message_of(state: State, thread: Thread, wish: Json) -> Message:
    found = state.messages.get(str(wish.get("message_id", "")))
    if found is None or found[0] is not thread:
        raise Mistake("message_id is not a message of this conversation")
    return found[1]


def write(state: State, customer: Customer, wish: Json) -> Json:
    """A message of any kind; `ago` puts it into the past, `quiet` tells nobody."""
    thread = thread_for(state, customer, wish)
    account = thread.account
    at = state.now() - int(float(wish.get("ago", 0)) * 1000)
    kind = str(wish.get("kind", "text"))
    message = Message(
        str(wish.get("id") or state.new_message_id(account.platform)),
        "in",
        kind,
        at,
        text=str(wish.get("text") or ""),
        reply_to=str(wish.get("reply_to") or ""),
    )
    if account.platform == WHATSAPP:
        told = whatsapp_message(state, thread, message, wish)
    else:
        told = messenger_message(state, thread, message, wish)
    if kind != "system":
        thread.last_inbound = max(thread.last_inbound, at)
    state.keep(thread, message)
    thread.customer_types_until = 0
    note(state, thread, "wrote", id=message.id, type=kind, text=message.text, reply_to=message.reply_to)
    if not wish.get("quiet"):
        for _ in range(1 + int(wish.get("duplicates", 0))):
            tell(state, thread, message, told, wish)
    return {"id": message.id, "at": at, "sender_id": sender_id(thread)}


def sender_id(thread: Thread) -> str:
    return thread.customer.id_on(thread.account)


def note(state: State, thread: Thread, act: str, **facts: Any) -> None:
    state.record.add(
        "customer",
        act=act,
        platform=thread.account.platform,
        account=thread.account.id,
        customer=thread.customer.key,
        sender_id=sender_id(thread),
        **facts,
    )


def tell(state: State, thread: Thread, message: Message, told: Json, wish: Json) -> None:
    if thread.account.platform == WHATSAPP:
        receipts.tell_whatsapp(state, thread, told, kind=message.kind, about=[message.id])
        return
    standby = bool(wish.get("standby"))
    subject = "messages"
    if "postback" in told:
        subject = "messaging_postbacks"
    elif "referral" in told:
        subject = "messaging_referrals" if thread.account.platform == FACEBOOK else "messaging_referral"
    state.tell(
        thread.account,
        {**receipts.item(state, thread, at=message.at), **told},
        subject="standby" if standby else subject,
        array="standby" if standby else "",
        kind=message.kind,
        about=[message.id],
        customer=thread.customer.key,
    )


def react(state: State, customer: Customer, wish: Json) -> Json:
    thread = thread_for(state, customer, wish)
    message = message_of(state, thread, wish)
    emoji = str(wish.get("emoji") or "")
    adds = wish.get("action", "react" if emoji else "unreact") == "react"
    message.reactions.pop("customer", None)
    if adds:
        message.reactions["customer"] = emoji
    thread.version += 1
    thread.last_inbound = max(thread.last_inbound, state.now())
    note(state, thread, "reacted", about=message.id, emoji=emoji if adds else "")
    if thread.account.platform == WHATSAPP:
        identity = state.new_message_id(WHATSAPP)
        told = whatsapp_message(
            state,
            thread,
            Message(identity, "in", "reaction", state.now()),
            {
                "kind": "reaction",
                "fields": {"reaction": {"message_id": message.id, **({"emoji": emoji} if adds else {})}},
            },
        )
        receipts.tell_whatsapp(state, thread, told, kind="reaction", about=[message.id])
        return {"id": identity}
    reaction: Json = {"mid": message.id, "action": "react" if adds else "unreact"}
    if adds:
        reaction |= {"reaction": REACTIONS.get(emoji, "other"), "emoji": emoji}
    receipts.tell(state, thread, {"reaction": reaction}, "message_reactions", "reaction", [message.id])
    return {"id": message.id}


def read(state: State, customer: Customer, wish: Json) -> Json:
    """One message and those before it; without `message_id`, everything."""
    return mark(state, customer, wish, "read")


def receive(state: State, customer: Customer, wish: Json) -> Json:
    return mark(state, customer, wish, "delivered")


def mark(state: State, customer: Customer, wish: Json, status: str) -> Json:
    thread = thread_for(state, customer, wish)
    ours = [message for message in thread.messages if message.way == "out" and message.status != "failed"]
    if wish.get("message_id"):
        ours = [message_of(state, thread, wish)]
    elif status == "read" and thread.account.platform == WHATSAPP:
        ours = [message for message in ours if message.status != "read"]
    else:
        ours = ours[-1:]
    for message in ours:
        if status == "read":
            receipts.tell_read(state, thread, message)
        else:
            receipts.tell_delivered(state, thread, message)
    note(state, thread, status, about=[message.id for message in ours])
    return {"ids": [message.id for message in ours]}


def fail(state: State, customer: Customer, wish: Json) -> Json:
    """WhatsApp says later that it could not deliver: a failed status with `code`."""
    thread = thread_for(state, customer, wish)
    if thread.account.platform != WHATSAPP:
        raise Mistake("only WhatsApp tells of failures afterwards")
    from pages.sandbox.whatsapp import fail as fail_message

    fail_message(state, thread, message_of(state, thread, wish), int(wish.get("code", 131026)))
    return {"success": True}


def type_(state: State, customer: Customer, wish: Json) -> Json:
    """Meta tells nobody that a customer types: only the page here shows it."""
    thread = thread_for(state, customer, wish)
    thread.customer_types_until = state.now() + 10_000 if wish.get("on", True) else 0
    thread.version += 1
    return {"success": True}


def edit(state: State, customer: Customer, wish: Json) -> Json:
    thread = thread_for(state, customer, wish)
    message = message_of(state, thread, wish)
    message.text, message.edits = str(wish.get("text", "")), message.edits + 1
    thread.version += 1
    note(state, thread, "edited", about=message.id, text=message.text)
    if thread.account.platform == WHATSAPP:
        edited = {"original_message_id": message.id, "message": {"type": "text", "text": {"body": message.text}}}
        return change_whatsapp(state, thread, message, "edit", {"edit": edited})
    fact = {"mid": message.id, "text": message.text, "num_edit": message.edits}
    subject = "message_edits" if thread.account.platform == FACEBOOK else "message_edit"
    receipts.tell(state, thread, {"message_edit": fact}, subject, "edit", [message.id])
    return {"id": message.id}


def delete(state: State, customer: Customer, wish: Json) -> Json:
    thread = thread_for(state, customer, wish)
    message = message_of(state, thread, wish)
    message.is_deleted = True
    thread.version += 1
    note(state, thread, "deleted", about=message.id)
    if thread.account.platform == WHATSAPP:
        return change_whatsapp(state, thread, message, "revoke", {"revoke": {"original_message_id": message.id}})
    if thread.account.platform == INSTAGRAM:
        fact = {"message": {"mid": message.id, "is_deleted": True}}
        receipts.tell(state, thread, fact, "messages", "delete", [message.id])
    # Messenger tells nobody.
    return {"id": message.id}


def change_whatsapp(state: State, thread: Thread, message: Message, kind: str, fields: Json) -> Json:
    identity = state.new_message_id(WHATSAPP)
    told = whatsapp_message(state, thread, Message(identity, "in", kind, state.now()), {"kind": kind, "fields": fields})
    receipts.tell_whatsapp(state, thread, told, kind=kind, about=[message.id])
    return {"id": identity}


def comment(state: State, customer: Customer, wish: Json) -> Json:
    """Under a post: what a private reply answers."""
    thread = thread_for(state, customer, wish)
    account, text = thread.account, str(wish.get("text", ""))
    if account.platform == WHATSAPP:
        raise Mistake("WhatsApp has no comments")
    number = len(state.comments) + 1
    identity = f"55_{900 + number}" if account.platform == FACEBOOK else str(18010000000000000 + number)
    state.comments[identity] = {
        "account": account.id,
        "customer": customer.key,
        "at": state.now() - int(wish.get("ago", 0)) * 1000,
        "answered": False,
        "text": text,
    }
    state.tell(
        account,
        comment_change(state, thread, identity, text),
        kind="comment",
        about=[identity],
        array="changes",
        subject="feed" if account.platform == FACEBOOK else "comments",
        customer=customer.key,
    )
    note(state, thread, "commented", id=identity, text=text)
    return {"id": identity}


def comment_change(state: State, thread: Thread, identity: str, text: str) -> Json:
    account, customer = thread.account, thread.customer
    if account.platform == INSTAGRAM:
        media = {"id": "18090000000000003", "media_product_type": "FEED"}
        writer = {"id": customer.id_on(account), "username": customer.username}
        return {"field": "comments", "value": {"id": identity, "text": text, "from": writer, "media": media}}
    post = f"{account.id}_55"
    value = {
        "item": "comment",
        "verb": "add",
        "from": {"id": customer.id_on(account), "name": customer.name},
        "post_id": post,
        "comment_id": identity,
        "parent_id": post,
        "created_time": state.now() // 1000,
        "message": text,
    }
    return {"field": "feed", "value": value}


def echo(state: State, account: Account, wish: Json) -> Json:
    """Another tool (or a phone in the shop) answered the customer."""
    customer = state.customers.get(str(wish.get("customer", "")))
    if customer is None:
        raise Mistake("customer is unknown")
    thread = state.thread(account, customer)
    text = str(wish.get("text", ""))
    message = Message(state.new_message_id(account.platform), "out", "text", state.now(), text=text, status="sent")
    state.keep(thread, message)
    note(state, thread, "echo", id=message.id, text=text)
    if account.platform == WHATSAPP:
        sent = {
            "from": account.display_phone_number,
            "to": customer.phone,
            "to_user_id": customer.id_on(account),
            "id": message.id,
            "timestamp": str(message.at // 1000),
            "type": "text",
            "text": {"body": text},
        }
        receipts.tell_whatsapp(
            state, thread, {"message_echoes": [sent]}, kind="echo", about=[message.id], subject="smb_message_echoes"
        )
    else:
        receipts.tell_echo(state, thread, message, app_id=int(wish.get("app_id", 263902037430900)))
    return {"id": message.id}
