"""Messenger and Instagram: what one item of messaging or standby says. The kind is the key that is there."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pages.webhooks.events import (
    ChannelTroubled,
    ConsentChanged,
    Delivered,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Person,
    ReactionChanged,
    Read,
    ThreadControlChanged,
)
from pages.webhooks.parsers.attachments import contents
from pages.webhooks.parsers.parts import Found
from pages.webhooks.parsers.referrals import cart, our_id, referral
from pages.webhooks.parsers.values import (
    ACCOUNT_ID,
    MESSAGE_ID,
    NAME,
    PERSON_ID,
    Malformed,
    as_count,
    as_id,
    as_time,
    filled,
    may_dict,
    may_dicts,
    may_id,
    may_text,
    need_id,
    word,
)


@dataclass(frozen=True, slots=True)
class Item:
    platform: str
    account_id: str
    data: dict[str, Any]
    at: datetime
    is_standby: bool

    def end(self, name: str) -> str:
        side = self.data.get(name)
        return as_id(side.get("id"), PERSON_ID) if isinstance(side, dict) else ""

    @property
    def is_ours(self) -> bool:
        """On Instagram an account may write to itself: that comes in."""
        return self.end("sender") == self.account_id != self.end("recipient")

    @property
    def customer(self) -> str:
        return self.end("recipient" if self.is_ours else "sender")

    def person(self, name: str = "") -> Person:
        found = self.end(name) if name else self.customer
        if not found:
            raise Malformed(name or "sender")
        return Person(found)

    def made_up_id(self, name: str, said: str) -> str:
        """For what Meta gives no id: the same again when it is delivered again."""
        digest = hashlib.sha256(said.encode()).hexdigest()[:8]
        return f"{name}:{self.customer}:{int(self.at.timestamp() * 1000)}:{digest}"


def message(item: Item, said: dict[str, Any]) -> Found:
    external_id = need_id(said, "mid")
    if said.get("is_deleted") is True:
        gone = MessageDeleted(item.at, external_id)
        return Found("message.delete", (gone,), item.customer, about=external_id)
    got = contents(said)
    common = (got.type, got.text, got.media, got.content, may_id(may_dict(said, "reply_to"), "mid"))
    if said.get("is_echo") is True or item.is_ours:
        person = item.person("recipient")
        app_id = may_id(said, "app_id", ACCOUNT_ID)
        echo = MessageEchoed(item.at, person, external_id, *common, app_id, our_id(said.get("metadata")))
        return Found(kind_of("message.echo", got.type, got.unknown), (echo,), person.external_id, "", not got.unknown)
    person = item.person("sender")
    received = MessageReceived(item.at, person, external_id, *common)
    kind = "quick_reply" if got.type == "QUICK_REPLY" else kind_of("message", got.type, got.unknown)
    return Found(kind, (received,), person.external_id, "", not got.unknown)


def kind_of(prefix: str, type_: str, unknown: str) -> str:
    return f"unknown.{prefix}.{word(unknown) or 'attachment'}" if unknown else f"{prefix}.{type_.lower()}"


def message_edit(item: Item, said: dict[str, Any]) -> Found:
    external_id, number = need_id(said, "mid"), as_count(said.get("num_edit"))
    if not number and not said.get("text"):
        return Found("message.edit", (), item.customer, external_id)
    if not isinstance(said.get("text"), str):
        raise Malformed("text")
    return Found(
        "message.edit", (MessageEdited(item.at, external_id, said["text"], number),), item.customer, external_id
    )


EMOJI = {"smile": "😆", "angry": "😠", "sad": "😢", "wow": "😮", "love": "❤", "like": "👍", "dislike": "👎"}


def reaction(item: Item, said: dict[str, Any]) -> Found:
    external_id, person, action = need_id(said, "mid"), item.person(), said.get("action")
    if action not in ("react", "unreact"):
        raise Malformed("action")
    shown = may_text(said, "emoji") or EMOJI.get(may_text(said, "reaction"), "❔")
    emoji = shown if action == "react" else ""
    changed = ReactionChanged(item.at, person, external_id, emoji, item.is_ours)
    return Found("reaction.add" if emoji else "reaction.remove", (changed,), person.external_id, external_id)


def read(item: Item, said: dict[str, Any]) -> Found:
    person, one = item.person(), may_id(said, "mid")
    until = as_time(said.get("watermark"))
    if not one and until is None:
        raise Malformed("watermark")
    seen = Read(item.at, person, until, (one,) if one else ())
    return Found("read", () if item.is_ours else (seen,), person.external_id, one)


def delivery(item: Item, said: dict[str, Any]) -> Found:
    person, until, mids = item.person(), as_time(said.get("watermark")), said.get("mids") or []
    if not isinstance(mids, list) or (until is None and not mids):
        raise Malformed("mids")
    ids = tuple(as_id(mid) for mid in mids)
    if not all(ids):
        raise Malformed("mids")
    return Found("delivery", () if item.is_ours else (Delivered(item.at, person, until, ids),), person.external_id)


def postback(item: Item, said: dict[str, Any]) -> Found:
    title, payload = may_text(said, "title"), may_text(said, "payload")
    if not item.customer or (item.is_standby and not payload):
        return Found("postback", (), item.customer)
    if not title and not payload:
        raise Malformed("payload")
    content = {"button": filled(title=title, payload=payload)} | referral(may_dict(said, "referral"))
    external_id = may_id(said, "mid") or item.made_up_id("postback", payload or title)
    return came(item, "postback", external_id, "POSTBACK", title, content)


def came(item: Item, kind: str, external_id: str, type_: str, text: str, content: dict[str, Any]) -> Found:
    person = item.person()
    event = MessageReceived(item.at, person, external_id, type_, text, (), content)
    return Found(kind, (event,), person.external_id)


def referred(item: Item, said: dict[str, Any]) -> Found:
    content = referral(said)
    if not content:
        raise Malformed("referral")
    return came(item, "referral", item.made_up_id("referral", sorted_json(said)), "REFERRAL", "", content)


def order(item: Item, said: dict[str, Any]) -> Found:
    content = cart(said)
    return came(item, "order", item.made_up_id("order", sorted_json(said)), "ORDER", may_text(said, "note"), content)


def sorted_json(said: dict[str, Any]) -> str:
    return json.dumps(said, sort_keys=True)


def optin(item: Item, said: dict[str, Any]) -> Found:
    if not item.customer:
        return Found("optin")
    person, type_ = item.person(), may_text(said, "type")[:NAME]
    source = type_ or ("checkbox" if "user_ref" in said else "send_to_messenger")
    opted_in = said.get("notification_messages_status") != "STOP NOTIFICATIONS"
    referrer = (may_text(said, "ref") or may_text(said, "payload"))[:NAME]
    return Found("optin", (ConsentChanged(item.at, person, opted_in, source, referrer),), person.external_id)


def thread_control(name: str, change: str, key: str) -> Callable[[Item, dict[str, Any]], Found]:
    def found(item: Item, said: dict[str, Any]) -> Found:
        if not item.customer:
            return Found(f"thread.{name}")
        owner = may_id(said, key, MESSAGE_ID) if key else ""
        changed = ThreadControlChanged(item.at, item.person(), change, owner)
        return Found(f"thread.{name}", (changed,), item.customer)

    return found


POLICY = {"warning": "warned", "block": "blocked", "unblock": "restored"}


def policy(item: Item, said: dict[str, Any]) -> Found:
    action = said.get("action")
    if not isinstance(action, str) or action not in POLICY:
        raise Malformed("action")
    return Found(f"policy.{action}", (ChannelTroubled(item.at, POLICY[action], may_text(said, "reason")),))


INTEGRITY = {"ok": "restored", "warning": "warned", "restricted": "blocked", "suspended": "blocked"}


def integrity(said: dict[str, Any], at: datetime) -> Found:
    status = said.get("status")
    if not isinstance(status, str) or status not in INTEGRITY:
        raise Malformed("status")
    reason = ", ".join(filter(None, (as_id(each.get("type")) for each in may_dicts(said, "violations"))))
    return Found(f"account.integrity.{status}", (ChannelTroubled(at, INTEGRITY[status], reason),))


def integrity_item(item: Item, said: dict[str, Any]) -> Found:
    return integrity(said, item.at)


ITEMS: dict[str, Callable[[Item, dict[str, Any]], Found]] = {
    "message": message,
    "delivery": delivery,
    "read": read,
    "reaction": reaction,
    "postback": postback,
    "message_edit": message_edit,
    "optin": optin,
    "referral": referred,
    "pass_thread_control": thread_control("pass", "passed", "new_owner_app_id"),
    "take_thread_control": thread_control("take", "taken", "new_owner_app_id"),
    "request_thread_control": thread_control("request", "requested", "requested_owner_app_id"),
    "app_roles": thread_control("roles", "roles", ""),
    "policy_enforcement": policy,
    "policy-enforcement": policy,
    "business_integrity": integrity_item,
    "messaging_integrity": integrity_item,
    "order": order,
}

# Known, and nothing follows from them yet.
QUIET_ITEMS = {
    "account_linking": "account_linking",
    "response_feedback": "feedback",
    "messaging_feedback": "feedback.form",
    "messaging_customer_information": "customer_information",
    "game_play": "game_play",
    "message_template_status_update": "template.status",
    "messenger_template_status_update": "template.status",
    "calls": "calls",
    "call_permission_reply": "calls.permission",
    "call_settings_update": "calls.settings",
    "payment": "payment",
    "message_context": "message_context",
    "message_mention": "message_mention",
    "messaging_optouts": "optout",
    "messaging_appointments": "appointment",
    "messaging_in_thread_lead_form_submit": "lead_form",
    "story_reactions": "story_reaction",
}
