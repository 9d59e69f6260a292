"""Brings webhooks: signed over their escaped form, again and again until they are taken."""

from __future__ import annotations

import hashlib
import heapq
import hmac
import itertools
import json
import random
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import urllib3

from pages.sandbox.record import Record
from pages.sandbox.settings import Settings

Json = dict[str, Any]
COURIERS = 8
WAITING, HELD, DELIVERED, GAVE_UP = "waiting", "held", "delivered", "gave up"
chance = random.Random(7)  # noqa: S311 - a game, not a secret


def escaped(payload: Any) -> bytes:
    """As Meta writes JSON: `ä` as \\u00e4 and `/` as \\/."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class Delivery:
    app_id: str
    url: str
    secret: str
    payload: Json
    kind: str
    # The ids of the messages that it tells of.
    about: list[str]
    # What has the same one keeps its order, as long as all goes well.
    thread: str
    id: int = 0
    state: str = WAITING
    attempts: int = 0
    status: int | None = None
    problem: str = ""
    created_at: float = field(default_factory=time.time)
    body: bytes = b""
    signature: str | None = None

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "app_id": self.app_id,
            "kind": self.kind,
            "about": self.about,
            "state": self.state,
            "attempts": self.attempts,
            "status": self.status,
            "problem": self.problem,
            "at": int(self.created_at * 1000),
            "body": self.body.decode("ascii", "replace"),
        }


class Courier:
    def __init__(self, settings: Settings, record: Record) -> None:
        self.settings, self.record = settings, record
        self.pool = urllib3.PoolManager(maxsize=COURIERS, num_pools=20, retries=False)
        self.numbers = itertools.count(1)
        self.holding = False
        self.held: list[Delivery] = []
        self.open: dict[int, Delivery] = {}
        self.recent: deque[Delivery] = deque(maxlen=500)
        self.lanes = [Lane(self) for _ in range(COURIERS)]

    def start(self) -> None:
        for lane in self.lanes:
            threading.Thread(target=lane.run, daemon=True).start()

    def send(self, delivery: Delivery, delay: float = 0) -> Delivery:
        delivery.id = next(self.numbers)
        delivery.body = delivery.body or escaped(delivery.payload)
        self.recent.append(delivery)
        if self.holding:
            delivery.state = HELD
            self.held.append(delivery)
            return delivery
        if self.settings.reorder_rate and chance.random() < self.settings.reorder_rate:
            delay += chance.uniform(0.05, 0.5)
        self._queue(delivery, delay)
        if self.settings.duplicate_rate and chance.random() < self.settings.duplicate_rate:
            self._queue(self._copy(delivery), delay + chance.uniform(0, 0.3))
        return delivery

    def release(self, *, order: str = "as it came", batch: bool = False, copies: int = 1) -> list[Delivery]:
        self.holding, held, self.held = False, self.held, []
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            chance.shuffle(held)
        chosen = merge(held) if batch else held
        for delivery in chosen:
            delivery.state = WAITING
            delivery.id = delivery.id or next(self.numbers)
            for turn in range(copies):
                # Out one after another, in exactly this order, whatever thread they belong to.
                delivery.thread = "released"
                self._queue(delivery if turn == 0 else self._copy(delivery), 0)
        return chosen

    def retry_now(self) -> int:
        again = [delivery for delivery in self.recent if delivery.state == GAVE_UP]
        for delivery in again:
            delivery.attempts = 0
            self._queue(delivery, 0)
        for lane in self.lanes:
            lane.hurry()
        return len(again)

    def waiting(self) -> list[Delivery]:
        return [*list(self.open.values()), *self.held]

    def forget(self) -> None:
        self.holding, self.held = False, []
        self.open.clear()
        self.recent.clear()
        for lane in self.lanes:
            lane.empty()

    def _copy(self, delivery: Delivery) -> Delivery:
        copy = Delivery(
            delivery.app_id,
            delivery.url,
            delivery.secret,
            delivery.payload,
            delivery.kind,
            delivery.about,
            delivery.thread,
            id=next(self.numbers),
            body=delivery.body,
            signature=delivery.signature,
        )
        self.recent.append(copy)
        return copy

    def _queue(self, delivery: Delivery, delay: float) -> None:
        delivery.state = WAITING
        self.open[delivery.id] = delivery
        self.lanes[hash(delivery.thread) % COURIERS].push(delivery, delay)

    def attempt(self, delivery: Delivery) -> None:
        if delivery.id not in self.open:
            return
        delivery.attempts += 1
        delivery.status, delivery.problem = self._post(delivery)
        taken = delivery.status == 200
        self.record.add(
            "webhook",
            id=delivery.id,
            app_id=delivery.app_id,
            event=delivery.kind,
            about=delivery.about,
            attempt=delivery.attempts,
            status=delivery.status,
            problem=delivery.problem,
        )
        if taken or delivery.attempts >= self.settings.webhook_tries:
            delivery.state = DELIVERED if taken else GAVE_UP
            self.open.pop(delivery.id, None)
        else:
            pause = min(self.settings.webhook_first_pause * 2 ** (delivery.attempts - 1), 30)
            self.lanes[hash(delivery.thread) % COURIERS].push(delivery, pause)

    def _post(self, delivery: Delivery) -> tuple[int | None, str]:
        proof = signature(delivery.secret, delivery.body) if delivery.signature is None else delivery.signature
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", "Accept": "*/*"}
        if proof:
            headers["X-Hub-Signature-256"] = proof
        try:
            answer = self.pool.request(
                "POST",
                delivery.url,
                body=delivery.body,
                headers=headers,
                redirect=False,
                timeout=self.settings.webhook_timeout,
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return None, type(error).__name__
        return answer.status, ""


class Lane:
    """One thread and what it still has to bring."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.heap: list[tuple[float, int, Delivery]] = []
        self.changed = threading.Condition()
        self.order = itertools.count()

    def push(self, delivery: Delivery, delay: float) -> None:
        with self.changed:
            heapq.heappush(self.heap, (time.monotonic() + delay if delay else 0, next(self.order), delivery))
            self.changed.notify()

    def hurry(self) -> None:
        with self.changed:
            self.heap = [(0, number, delivery) for _, number, delivery in self.heap]
            heapq.heapify(self.heap)
            self.changed.notify()

    def empty(self) -> None:
        with self.changed:
            self.heap = []

    def run(self) -> None:
        while True:
            self.courier.attempt(self._next())

    def _next(self) -> Delivery:
        with self.changed:
            while True:
                pause = self.heap[0][0] - time.monotonic() if self.heap else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self.heap)[2]
                self.changed.wait(pause)


def merge(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Of each app and object one POST with all their entries."""
    merged: dict[tuple[str, str], Delivery] = {}
    for delivery in deliveries:
        key = delivery.app_id, delivery.payload["object"]
        if first := merged.get(key):
            first.payload = {**first.payload, "entry": [*first.payload["entry"], *delivery.payload["entry"]]}
            first.about = [*first.about, *delivery.about]
            first.body = escaped(first.payload)
        else:
            merged[key] = delivery
    return list(merged.values())
