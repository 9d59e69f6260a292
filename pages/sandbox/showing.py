"""Accounts, customers and conversations as the control API and the page see them."""

from __future__ import annotations

from typing import Any

from pages.sandbox.state import Message, State, Thread
from pages.sandbox.world import WHATSAPP, Account, Customer

Json = dict[str, Any]


def account(state: State, one: Account) -> Json:
    return {
        "platform": one.platform,
        "id": one.id,
        "name": one.name,
        "username": one.username,
        "business": one.business,
        "token": one.token,
        "page_id": one.page_id,
        "waba_id": one.waba_id,
        "subscriptions": one.subscriptions,
        "display_phone_number": one.display_phone_number,
        "portfolio_id": one.portfolio_id,
        "quality": one.quality,
    }


def customer(state: State, one: Customer) -> Json:
    return {
        "key": one.key,
        "name": one.name,
        "username": one.username,
        "phone": one.phone,
        "hides_phone": one.hides_phone,
        "picture": f"{state.base_url}/_sandbox/pictures/{one.key}.png",
        "ids": {account.id: one.id_on(account) for account in state.accounts.values()},
    }


def threads(state: State, path: list[str], wish: Json) -> Any:
    """All, or one with its messages: ?account=&customer=; `version` says that nothing changed since."""
    if not wish.get("account"):
        return [summary(state, thread) for thread in list(state.threads.values())]
    with state.lock:
        found = state.threads.get((wish["account"], wish.get("customer", "")))
        if found is None:
            return {"version": 0, "messages": []}
        now = state.now()
        states = {
            "business_types": found.business_types_until > now,
            "seen_by_business": found.seen_by_business,
            "customer_types": found.customer_types_until > now,
            "version": found.version,
        }
        if str(found.version) == wish.get("version"):
            return states
        newest = found.messages[-int(wish.get("limit", 200)) :]
        return {**summary(state, found), **states, "messages": [message(one) for one in newest]}


def summary(state: State, thread: Thread) -> Json:
    is_open = state.now() - thread.last_inbound < 24 * 3600 * 1000
    return {
        "account": thread.account.id,
        "platform": thread.account.platform,
        "customer": thread.customer.key,
        "sender_id": thread.customer.id_on(thread.account),
        "window_open": is_open,
        "version": thread.version,
        "phone": thread.customer.phone if thread.account.platform == WHATSAPP else "",
        "count": len(thread.messages),
    }


def message(one: Message) -> Json:
    return {
        "id": one.id,
        "way": one.way,
        "kind": one.kind,
        "at": one.at,
        "text": one.text,
        "status": one.status,
        "reply_to": one.reply_to,
        "reactions": one.reactions,
        "edits": one.edits,
        "is_deleted": one.is_deleted,
        "metadata": one.metadata,
        "body": one.body,
    }
