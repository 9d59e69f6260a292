"""Answers while Meta falters and workers die: each goes once or says that it did not, in the order of its chat."""

import random
import time
from collections import Counter

from inbox.claims import PERHAPS
from pages.sandbox import world
from tests.product import eventually
from tests.wire.wire import PATIENCE, Status, Wire

SEED = 20_262
CUSTOMERS = ("rosa", "liam", "mei", "yusuf")
ACCOUNTS = (world.ACME_PAGE, world.ACME_INSTAGRAM, world.ACME_NUMBER)
EACH = 5
FAULTS = {"429": 0.06, "500": 0.06, "502": 0.03, "timeout_after": 0.05, "reset_after": 0.05, "reset_before": 0.04}
WENT = {Status.SENT, Status.DELIVERED, Status.READ}

STATES = "SELECT id::text, chat_id::text, status, coalesce(external_id, ''), error FROM messages WHERE id = ANY(%s)"
AGED = [
    "UPDATE messages SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL",
    "UPDATE messages SET not_before = NULL WHERE not_before IS NOT NULL",
    "UPDATE channels SET held_until = NULL WHERE held_until IS NOT NULL",
]


def test_each_answer_goes_once_or_says_that_it_did_not(wire: Wire) -> None:
    print(f"seed {SEED}")  # noqa: T201
    chance = random.Random(SEED)
    chats = {wire.chat_with(customer, account): [] for customer in CUSTOMERS for account in ACCOUNTS}
    since = wire.last_record()
    wire.meta.post("settings", latency_ms=120)
    for do, rate in FAULTS.items():
        wire.meta.fault(do, rate=rate, seconds=0.3, path="/messages$")
    wire.spawn("send-2", like="send")

    composed = [(chat, f"{number}") for number in range(EACH) for chat in chats]
    ids = wire.answer(composed)
    for (chat, _), identity in zip(composed, ids, strict=True):
        chats[chat].append(identity)
    for _ in range(3):
        for name in ("send", "send-2"):
            eventually(lambda name=name: is_sending(wire, name), within=PATIENCE, what=f"{name} is at work")
            time.sleep(chance.uniform(0, 0.4))
            wire.kill(name)
            wire.spawn(name, like="send" if name != "send" else "")
    hours_pass(wire)
    rows = eventually(lambda: settled(wire, ids), within=PATIENCE, what=f"each is settled: {counted(wire, ids)}")
    wire.drain()

    rows = wire.rows("acme", STATES, ids)
    took = [one for one in wire.accepted(since) if one["ours"] in ids]
    times = Counter(one["ours"] for one in took)
    assert [identity for identity, number in times.items() if number > 1] == []
    statuses = {row[0]: row[2] for row in rows}
    assert {identity for identity, status in statuses.items() if status in WENT} == times.keys(), counted(wire, ids)
    assert set(statuses.values()) <= {*WENT, Status.FAILED, Status.UNCONFIRMED}
    assert {row[0]: row[3] for row in rows if row[3]} == {one["ours"]: one["id"] for one in took}
    assert [row for row in rows if row[2] not in WENT and not row[4]] == []
    for chat in chats.values():
        assert [one["ours"] for one in took if one["ours"] in chat] == [one for one in chat if one in times]
