"""A scripted crowd: so many acts a second, of mixed kinds, on three platforms; the same seed, the same acts."""

from __future__ import annotations

import collections
import random
import threading
import time
from typing import Any, ClassVar

from pages.sandbox import customers
from pages.sandbox.state import State
from pages.sandbox.world import FACEBOOK, INSTAGRAM, WHATSAPP, Account, Customer

Json = dict[str, Any]
WORDS = (
    "hello is my order coming today blue jacket size medium please thanks when do you open what does shipping cost to"
    " Bogotá señor grüße مرحبا 你好 great love it returned broken zip number seven tomorrow"
).split()
COMMON = (("text", 70), ("image", 6), ("voice", 4), ("file", 2), ("sticker", 3), ("reaction", 6), ("quick_reply", 3))
KINDS = {
    FACEBOOK: (*COMMON, ("postback", 3), ("edit", 3), ("ad", 2), ("referral", 1)),
    INSTAGRAM: (*COMMON, ("story_reply", 3), ("story_mention", 1), ("share", 2), ("delete", 2)),
    WHATSAPP: (*COMMON, ("location", 2), ("contacts", 1), ("interactive", 3), ("order", 1), ("unsupported", 1)),
}


class Crowd:
    standing: ClassVar[Crowd | None] = None

    def __init__(
        self,
        state: State,
        *,
        rate: float,
        duration: float,
        people: int = 200,
        seed: int = 1,
        reply: bool = False,
        accounts: list[str] | None = None,
    ) -> None:
        if rate <= 0 or duration <= 0 or people <= 0:
            raise ValueError("rate, duration and people must be more than nothing")
        self.state, self.rate, self.total, self.reply = state, rate, int(rate * duration), reply
        self.chance = random.Random(seed)  # noqa: S311 - a game, not a secret
        self.accounts = [state.accounts[name] for name in accounts or connected(state) or state.accounts]
        self.people = [Customer(f"crowd-{n:05d}", name_of(n), f"crowd.{n}", f"57310{n:07d}") for n in range(people)]
        self.wrote: collections.Counter[str] = collections.Counter()
        self.platforms: collections.Counter[str] = collections.Counter()
        self.messages = self.done = 0
        self.first_record = len(state.record.entries)
        self.seconds = 0.0
        self.running = True

    def start(self) -> None:
        with self.state.lock:
            for person in self.people:
                if person.key not in self.state.customers:
                    self.state.add_customer(person)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        begun = time.monotonic()
        last: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
        try:
            for number in range(self.total):
                pause = begun + number / self.rate - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                with self.state.lock:
                    self._act(last)
                self.done = number + 1
        finally:
            self.seconds = time.monotonic() - begun
            self.running = False

    def _act(self, last: dict[tuple[str, str], list[str]]) -> None:
        person, account = self.chance.choice(self.people), self.chance.choice(self.accounts)
        kinds = KINDS[account.platform]
        kind = self.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        text = " ".join(self.chance.choices(WORDS, k=self.chance.randint(1, 12)))
        written = last[account.id, person.key]
        if kind in {"reaction", "edit", "delete"} and not written:
            kind = "text"
        wish: Json = {"account": account.id, "text": text}
        if kind == "reaction":
            customers.react(self.state, person, {**wish, "message_id": written[-1], "emoji": "❤"})
        elif kind == "edit":
            customers.edit(self.state, person, {**wish, "message_id": written[-1]})
        elif kind == "delete":
            customers.delete(self.state, person, {**wish, "message_id": written.pop()})
        else:
            if kind not in {"text", "ad"}:
                wish["text"] = ""
            answer = customers.write(self.state, person, {**wish, "kind": kind})
            self.messages += kind not in {"postback", "referral"}
            if kind == "text":
                written.append(answer["id"])
        if self.reply:
            self._answer(account, person)
        self.wrote[kind] += 1
        self.platforms[account.platform] += 1

    def _answer(self, account: Account, person: Customer) -> None:
        """Reads what has come from the business."""
        thread = self.state.thread(account, person)
        if any(one.way == "out" and one.status in {"sent", "delivered"} for one in thread.messages[-5:]):
            customers.read(self.state, person, {"account": account.id})

    def report(self) -> Json:
        entries = self.state.record.since(self.first_record)
        kinds = collections.Counter(entry["kind"] for entry in entries)
        taken = sum(1 for entry in entries if entry["kind"] == "webhook" and entry["status"] == 200)
        return {
            "running": self.running,
            "acts": self.done,
            "of": self.total,
            "messages": self.messages,
            "kinds": dict(sorted(self.wrote.items())),
            "platforms": dict(sorted(self.platforms.items())),
            "seconds": round(self.seconds, 2),
            "accepted": kinds["accepted"],
            "refused": kinds["refused"],
            "attempts": kinds["webhook"],
            "taken": taken,
            "waiting": len(self.state.courier.waiting()),
        }


def connected(state: State) -> list[str]:
    return [account.id for account in state.accounts.values() if account.is_connected]


def name_of(number: int) -> str:
    return f"{('Ada', 'Omar', 'Lucía', 'Chen', 'Noor')[number % 5]} {number}"
