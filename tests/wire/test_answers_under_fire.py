"""Answers while Meta falters and workers die: each goes once or says that it did not, in the order of its chat."""

import random
import time
from collections import Counter

from pages.sandbox import world
from tests.product import eventually
from tests.wire.wire import Status, Wire

SEED = 20_262
CUSTOMERS = ("rosa", "liam", "mei", "yusuf")
ACCOUNTS = (world.ACME_PAGE, world.ACME_INSTAGRAM, world.ACME_NUMBER)
EACH = 6
# Each is killed once. The last has a lane of its own.
SENDERS = {"send": "send", "send-2": "send", "bulk": "bulk"}
FAULTS = {
    "429": 0.06,
    "500": 0.06,
    "502": 0.03,
    "timeout_after": 0.05,
    "reset_after": 0.05,
    "reset_before": 0.04,
    "timeout_before": 0.04,
}
HEARD = {"accepted", "refused", "cut"}
WENT = {Status.SENT, Status.DELIVERED, Status.READ}

STATES = "SELECT id::text, chat_id::text, status, coalesce(external_id, ''), error FROM messages WHERE id = ANY(%s)"
STATE = "SELECT connection_status FROM channels WHERE external_id = %s"
AGED = {
    "SELECT id FROM messages WHERE lease_until IS NOT NULL": "UPDATE messages"
    " SET lease_until = now() - interval '1 second' WHERE id = %s AND lease_until IS NOT NULL",
    "SELECT id FROM messages WHERE not_before IS NOT NULL": "UPDATE messages SET not_before = NULL WHERE id = %s",
    "SELECT id FROM channels WHERE held_until IS NOT NULL": "UPDATE channels SET held_until = NULL WHERE id = %s",
}


def test_each_answer_goes_once_or_says_that_it_did_not(wire: Wire) -> None:
    print(f"seed {SEED}")  # noqa: T201
    chance = random.Random(SEED)  # noqa: S311
    chats = {wire.chat_with(customer, account): [] for customer in CUSTOMERS for account in ACCOUNTS}
    since = wire.last_record()
    wire.meta.post("settings", latency_ms=400)
    for do, rate in FAULTS.items():
        wire.meta.fault(do, rate=rate, seconds=0.3, path="/messages$")
    for name in SENDERS.keys() - wire.processes.keys():
        wire.spawn(name, like=SENDERS[name])

    ids: list[str] = []
    for lane, part in (("send", list(chats)[::2]), ("bulk", list(chats)[1::2])):
        composed = [(chat, f"{number}") for number in range(EACH) for chat in part]
        ids += (made := wire.answer(composed, lane=lane))
        for (chat, _), identity in zip(composed, made, strict=True):
            chats[chat].append(identity)
    for name in chance.sample(list(SENDERS), len(SENDERS)):
        wait_for_work(wire, chance)
        wire.kill(name)
        if name == "bulk":
            wire.stop_valkey()
            wire.servers.valkey.start()
        wire.spawn(name, like=SENDERS[name])
        wait_for_work(wire, chance)
        hours_pass(wire)
    wire.meta.delete("faults")
    hours_pass(wire)
    eventually(lambda: settled(wire, ids), what=f"each is settled: {counted(wire, ids)}")
    wire.drain()

    rows = wire.rows("acme", STATES, ids)
    took = [one for one in wire.accepted(since) if one["ours"] in ids]
    times = Counter(one["ours"] for one in took)
    assert [identity for identity, number in times.items() if number > 1] == []
    statuses = {row[0]: row[2] for row in rows}
    assert {identity for identity, status in statuses.items() if status in WENT} == times.keys(), counted(wire, ids)
    assert set(statuses.values()) <= {*WENT, Status.FAILED, Status.UNCONFIRMED}
    assert {row[0]: row[3] for row in rows if row[3]} == {one["ours"]: one["id"] for one in took}
    # What did not go says why.
    assert [row for row in rows if row[2] not in WENT and not row[4]] == []
    for chat in chats.values():
        assert [one["ours"] for one in took if one["ours"] in chat] == [one for one in chat if one in times]


def wait_for_work(wire: Wire, chance: random.Random) -> None:
    """Until Meta has heard of us again, and a moment more; not for long, as all may be waiting for a pause to end."""
    since, until = wire.last_record(), time.monotonic() + 6
    while time.monotonic() < until and not any(one["kind"] in HEARD for one in wire.meta.record("", since)):
        time.sleep(0.02)
    time.sleep(chance.uniform(0, 0.5))


def hours_pass(wire: Wire) -> None:
    """Nobody was at work, and whatever had to be waited for is over. Row by row: whoever holds one alone is in no
    circle with those who still write."""
    for name in SENDERS:
        wire.kill(name)
    wire.flush()
    for find, age in AGED.items():
        for (row,) in wire.rows("acme", find):
            wire.change("acme", age, row)
    for name in SENDERS:
        wire.spawn(name, like=SENDERS[name])


def settled(wire: Wire, ids: list[str]) -> bool:
    return not wire.rows("acme", "SELECT 1 FROM messages WHERE id = ANY(%s) AND status IN ('QUEUED', 'SENDING')", ids)


def counted(wire: Wire, ids: list[str]) -> Counter[str]:
    return Counter(row[2] for row in wire.rows("acme", STATES, ids))


def test_a_dead_token_holds_the_queue_until_the_channel_is_connected_again(wire: Wire) -> None:
    account, token = world.GLOBEX_NUMBER, world.GLOBEX_WHATSAPP_TOKEN
    chats = [wire.chat_with(customer, account, "globex") for customer in ("amara", "ines")]
    since = wire.last_record()
    wire.meta.post(f"tokens/{token}", broken=460)
    # All are composed before the first of them is refused.
    wire.kill("send")
    ids = wire.answer([(chat, f"{number}") for number in range(3) for chat in chats], "globex")
    wire.spawn("send")
    needs = [("NEEDS_RECONNECT",)]
    state = lambda: wire.rows("globex", STATE, account)  # noqa: E731
    eventually(lambda: state() == needs, what="the channel is marked")
    waiting = lambda: {row[2] for row in wire.rows("globex", STATES, ids)}  # noqa: E731
    eventually(lambda: waiting() == {Status.QUEUED}, what="all of them wait")
    assert wire.accepted(since) == []

    wire.meta.post(f"tokens/{token}", broken=0)
    wire.python("-m", "tests.wire.reconnecting", "globex", "WHATSAPP", token)
    eventually(lambda: waiting() == {Status.DELIVERED}, what="they go by themselves")
    took = [one["ours"] for one in wire.accepted(since)]
    assert sorted(took) == sorted(ids)
    for turn in range(2):
        assert [one for one in took if one in ids[turn::2]] == ids[turn::2]
