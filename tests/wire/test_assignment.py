"""Two thousand customers write while agents come and go and workers die: the turns are fair, and add up."""

import hashlib
import hmac
import json
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any
from urllib.request import Request, urlopen

import pytest
import redis

from agents.realtime.presence import present_key
from tests.product import META_APP, eventually
from tests.wire.staffing import ACCOUNT, SLUG
from tests.wire.wire import Json, Wire

CUSTOMERS, EACH = 2000, 10
STEADY, FULL, RESTLESS = 8, 2, 4
LIMIT = 60
EVENTS = """
SELECT e.chat_id, e.kind, e.data, e.at, c.assigned_to_id FROM chat_events e JOIN chats c ON c.id = e.chat_id
WHERE e.kind IN ('ASSIGNED', 'UNASSIGNED') ORDER BY e.at, (e.data #>> '{turn,number}')::int
"""
LOGS = "SELECT agent_id, changed_to, changed_at FROM user_status_logs ORDER BY changed_at"


@pytest.fixture
def staff(wire: Wire) -> Json:
    limits = [None] * STEADY + [LIMIT] * FULL + [None] * (RESTLESS + 1)
    told: Json = json.loads(
        wire.python("-m", "tests.wire.staffing", "make", told={"agents": len(limits), "limits": limits}).splitlines()[
            -1
        ]
    )
    wire.__dict__.pop("schemas", None)
    open_pages(wire, told)
    return told


def open_pages(wire: Wire, staff: Json) -> None:
    with redis.Redis.from_url(wire.servers.redis_url) as valkey:
        valkey.zadd(present_key(staff["schema"]), dict.fromkeys(staff["agents"], time.time() + 3600))


def write(wire: Wire, customers: range) -> None:
    """One delivery, as Meta signs it."""
    now = int(time.time() * 1000)
    items = [
        {
            "sender": {"id": f"c{customer}"},
            "recipient": {"id": ACCOUNT},
            "timestamp": now,
            "message": {"mid": f"m_{customer}", "text": "Is anybody there?"},
        }
        for customer in customers
    ]
    body = json.dumps({"object": "page", "entry": [{"id": ACCOUNT, "time": now, "messaging": items}]}).encode()
    signature = hmac.new(META_APP["META_APP_SECRET"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    door = Request(f"http://127.0.0.1:{wire.product.port}/webhooks/meta/", body, headers)
    with urlopen(door, timeout=60) as answer:  # noqa: S310
        assert answer.status == 200


def test_the_turns_are_fair_and_add_up(wire: Wire, staff: Json) -> None:
    agents = staff["agents"]
    restless, dismissed = agents[STEADY + FULL : -1], agents[-1]
    others = [f"events{number}" for number in (2, 3, 4)]
    for name in others:
        wire.spawn(name, like="events")
    deliveries = [range(start, start + EACH) for start in range(0, CUSTOMERS, EACH)]
    half = len(deliveries) // 2
    with ThreadPoolExecutor(6) as pool:
        flips = {"agents": restless, "seconds": 8, "seed": 5}
        flipping = pool.submit(wire.python, "-m", "tests.wire.staffing", "flip", told=flips)
        list(pool.map(lambda customers: write(wire, customers), deliveries[:half]))
        wire.kill(others[0])
        leaving = pool.submit(wire.python, "-m", "tests.wire.staffing", "dismiss", told={"agent": dismissed})
        list(pool.map(lambda customers: write(wire, customers), deliveries[half:]))
        wire.spawn(others[0], like="events")
        assert json.loads(flipping.result().splitlines()[-1])["turns"] > RESTLESS
        leaving.result()
    eventually(lambda: settled(wire, dismissed), what=f"all have somebody: {waiting(wire)}")

    rows = wire.rows(SLUG, EVENTS)
    assert_each_once(rows)
    assert_numbered(rows)
    assert_nobody_off(rows, wire.rows(SLUG, LOGS))
    held = Counter(str(row[0]) for row in wire.rows(SLUG, "SELECT assigned_to_id FROM chats"))
    assert [held[agent] <= LIMIT for agent in agents[STEADY : STEADY + FULL]] == [True] * FULL
    turns = Counter(data["to_id"] for _, _, data, _, _ in rows if data["turn"]["by"] == "turn")
    shares = [turns[agent] for agent in agents[:STEADY]]
    assert max(shares) - min(shares) <= 1, shares
    assert sum(shares) > CUSTOMERS / 3


def settled(wire: Wire, dismissed: str) -> bool:
    number, nobodys, theirs = wire.rows(
        SLUG,
        "SELECT count(*), count(*) FILTER (WHERE assigned_to_id IS NULL),"
        " count(*) FILTER (WHERE assigned_to_id = %s) FROM chats",
        dismissed,
    )[0]
    return bool((number, nobodys, theirs) == (CUSTOMERS, 0, 0) and wire.deliveries() == [])


def waiting(wire: Wire) -> Any:
    return wire.rows(SLUG, "SELECT assigned_to_id IS NULL, count(*) FROM chats GROUP BY 1")


def assert_each_once(rows: list[tuple[Any, ...]]) -> None:
    """A chat goes from nobody to somebody once, and after that only from who had it; its last word is the row's."""
    by_chat = defaultdict(list)
    for chat, _, data, _, owner in rows:
        by_chat[chat].append((data, owner))
    assert len(by_chat) == CUSTOMERS
    for told in by_chat.values():
        data = [one for one, _ in told]
        assert data[0]["from"] == ""
        assert all(before["to"] == after["from"] for before, after in pairwise(data))
        assert data[-1]["to_id"] == str(told[-1][1] or "")


def assert_numbered(rows: list[tuple[Any, ...]]) -> None:
    """No turn was given twice and none is missing; each names whose the one before was, and nobody it passed over."""
    numbered = [data for *_, data, _, _ in rows if data["turn"].get("number")]
    turns = sorted(
        ((data["turn"]["number"], data["turn"], data["to"], data["to_id"]) for data in numbered), key=lambda one: one[0]
    )
    assert [number for number, *_ in turns] == list(range(1, len(turns) + 1))
    for (_, _, before, _), (_, turn, _, _) in pairwise(turns):
        assert turn["after"] == before
    assert not [turn for _, turn, _, to in turns if to in {agent for agent, _, _ in turn["passed"]}]


def assert_nobody_off(rows: list[tuple[Any, ...]], logs: list[tuple[Any, ...]]) -> None:
    turned = defaultdict(list)
    for agent, to, at in logs:
        turned[str(agent)].append((at, to))
    for *_, data, at, _ in rows:
        before = [to for since, to in turned[data["to_id"]] if since <= at]
        assert not before or before[-1] in {"ON", "ONLINE"}, (data["to"], at)
