"""The whole of Meta, as far as it matters here, in one process's memory."""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pages.sandbox import world
from pages.sandbox.courier import Courier, Delivery
from pages.sandbox.faults import Faults
from pages.sandbox.record import Record
from pages.sandbox.settings import Settings
from pages.sandbox.tokens import Token, seeded_tokens
from pages.sandbox.world import FACEBOOK, INSTAGRAM, WHATSAPP, Account, App, Customer

Json = dict[str, Any]
OBJECTS = {FACEBOOK: "page", INSTAGRAM: "instagram", WHATSAPP: "whatsapp_business_account"}


@dataclass(slots=True)
class Message:
    id: str
    # "in": the customer wrote it.
    way: str
    kind: str
    at: int
    text: str = ""
    # What a page needs to show it, and what Meta would know of it.
    body: Json = field(default_factory=dict)
    metadata: str = ""
    status: str = ""
    reply_to: str = ""
    reactions: dict[str, str] = field(default_factory=dict)
    edits: int = 0
    is_deleted: bool = False


@dataclass(slots=True)
class Thread:
    account: Account
    customer: Customer
    messages: list[Message] = field(default_factory=list)
    # Milliseconds; opens the window.
    last_inbound: int = 0
    business_types_until: int = 0
    customer_types_until: int = 0
    seen_by_business: int = 0
    allowance: float = 45
    allowance_at: float = 0
    version: int = 0


@dataclass(slots=True)
class Media:
    id: str
    mime_type: str
    data: bytes
    owner: str
    filename: str = ""
    at: int = 0


class State:
    def __init__(self, *, base_url: str, webhook_url: str = "", record: str = "", **settings: Any) -> None:
        self.base_url, self.webhook_url = base_url, webhook_url
        self.lock = threading.RLock()
        self.settings = Settings()
        self.settings.change(settings)
        self.settings_at_first = self.settings.as_json()
        self.record = Record(record)
        self.courier = Courier(self.settings, self.record)
        self.faults = Faults()
        # Grows with each call that may change something.
        self.happened = 0
        self.populate()

    def populate(self) -> None:
        self.apps: dict[str, App] = {app.id: app for app in world.apps(self.webhook_url)}
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.customers: dict[str, Customer] = {}
        self.scoped: dict[tuple[str, str], Customer] = {}
        self.phones: dict[str, Customer] = {}
        self.threads: dict[tuple[str, str], Thread] = {}
        self.messages: dict[str, tuple[Thread, Message]] = {}
        self.media: dict[str, Media] = {}
        self.codes: dict[str, Json] = {}
        self.comments: dict[str, Json] = {}
        self.rates: dict[str, list[float]] = {}
        for account in world.accounts():
            self.add_account(account)
        for customer in world.customers():
            self.add_customer(customer)
        self.tokens.update(seeded_tokens(self.accounts.values()))

    def reset(self) -> None:
        self.courier.forget()
        self.settings.change(self.settings_at_first)
        self.faults.clear()
        self.record.clear()
        self.populate()

    def now(self) -> int:
        return int(time.time() * 1000) + self.settings.clock_shift_seconds * 1000

    def add_account(self, account: Account) -> None:
        account.subscriptions = account.subscriptions or {world.APP_ID: ["*"]}
        self.accounts[account.id] = account
        for customer in self.customers.values():
            self.scoped[account.scope, customer.id_on(account)] = customer

    def add_customer(self, customer: Customer) -> None:
        self.customers[customer.key] = customer
        if customer.phone:
            self.phones[customer.phone] = customer
        for account in self.accounts.values():
            self.scoped[account.scope, customer.id_on(account)] = customer

    def thread(self, account: Account, customer: Customer) -> Thread:
        key = account.id, customer.key
        if key not in self.threads:
            self.threads[key] = Thread(account, customer)
        return self.threads[key]

    def keep(self, thread: Thread, message: Message) -> Message:
        thread.messages.append(message)
        thread.version += 1
        self.messages[message.id] = (thread, message)
        return message

    def new_message_id(self, platform: str) -> str:
        tail = base64.b64encode(os.urandom(24)).decode().replace("/", "_").replace("+", "-")
        prefix = {FACEBOOK: "m_", INSTAGRAM: "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE", WHATSAPP: "wamid.HBgL"}[platform]
        return f"{prefix}{tail}{'==' if platform == WHATSAPP else ''}"

    def numbers_of(self, waba_id: str) -> list[Account]:
        return [account for account in self.accounts.values() if account.waba_id == waba_id]

    def tell(
        self,
        account: Account,
        item: Json,
        *,
        subject: str,
        kind: str,
        about: Iterable[str] = (),
        array: str = "",
        customer: str = "",
        delay: float = 0,
    ) -> list[Delivery]:
        """One event to each app that subscribed to `subject`; `item` is an item of `array` (messaging, changes, …)."""
        deliveries = []
        for app_id, subjects in account.subscriptions.items():
            app = self.apps.get(app_id)
            if app is None or not app.webhook_url or not wants(account, subjects, subject):
                continue
            own = app.instagram_secret if account.platform == INSTAGRAM and not account.page_id else ""
            array = array or ("changes" if account.platform == WHATSAPP else "messaging")
            entry: Json = {"id": account.webhook_id, array: [item]}
            if array != "changes":
                entry["time"] = self.now()
            elif account.platform != WHATSAPP:
                entry["time"] = self.now() // 1000
            payload = {"object": OBJECTS[account.platform], "entry": [entry]}
            delivery = Delivery(
                app.id, app.webhook_url, own or app.secret, payload, kind, list(about), f"{account.id} {customer}"
            )
            deliveries.append(self.courier.send(delivery, delay))
        return deliveries


def wants(account: Account, subjects: list[str], subject: str) -> bool:
    if "*" in subjects or subject in subjects:
        return True
    # WhatsApp's fields, and those of Instagram through a page, are chosen at the app.
    return bool(subjects) and (account.platform == WHATSAPP or bool(account.page_id))
