"""Valkey dies under the stream: the pages are told, nobody stays who was shut out meanwhile, and it goes on."""

import contextlib
import json

import pytest
import redis

from agents.realtime.presence import DEALING
from agents.realtime.publishing import Change, packed
from config.embedded import Valkey
from tests.agents.streams import Ear, StreamProcess, token
from tests.product import eventually

HERE = "ws_here"


@pytest.fixture
def bell(tmp_path):
    server = Valkey(tmp_path, safe=False)
    server.start()
    yield server
    server.stop(hurry=True)


@pytest.fixture
def stream(bell):
    process = StreamProcess(bell.url)
    try:
        process.start()
        yield process
    finally:
        process.stop()


def ring(bell, *changes):
    with redis.Redis.from_url(bell.url) as valkey:
        return [valkey.publish(f"live:0:{HERE}", packed([change])) for change in changes]


def kill(server):
    server.process.kill()
    server.process.wait()
    server.end_leftovers()


CHAT = Change("chat", {"chat": "1"}, everyone=True)


def test_valkey_dies_and_comes_back(bell, stream):
    ear = Ear(stream, token(HERE))
    kill(bell)
    ear.hears("away")
    assert ("refresh", {}) not in ear.heard
    bell.ensure_running()
    ear.hears("refresh")
    # Whoever was shut out meanwhile has no say in it: all show a new token.
    assert ear.is_ended(within=20)
    again = Ear(stream, token(HERE))
    assert ring(bell, CHAT) == [1]
    again.hears("chat", chat="1")
    again.close()


def test_who_begins_while_valkey_is_away_is_told_so(bell, stream):
    kill(bell)
    ear = Ear(stream, token(HERE))
    assert ear.hears("away")
    bell.ensure_running()
    assert ear.hears("refresh")
    eventually(lambda: ring(bell, CHAT) == [1], within=60, what="the workspace is listened to")
    ear.hears("chat", chat="1")
    ear.close()


def test_what_nobody_understands_ends_nothing(bell, stream):
    ear = Ear(stream, token(HERE))
    with redis.Redis.from_url(bell.url) as valkey:
        for nonsense in (b"\xff", "nonsense", "[]", json.dumps({"name": "chat"})):
            valkey.publish(f"live:0:{HERE}", nonsense)
            valkey.publish("live:0", nonsense)
    ring(bell, CHAT)
    assert [name for name, _ in ear.heard if name == "chat"] or ear.hears("chat")
    ear.close()


def test_a_workspace_that_nobody_looks_at_is_not_listened_to(bell, stream):
    ear = Ear(stream, token(HERE))
    assert ring(bell, CHAT) == [1]
    ear.close()
    eventually(lambda: ring(bell, CHAT) == [0], within=40, what="nobody listens")


def test_who_comes_is_dealt_what_waits(bell, stream):
    Ear(stream, token("ws_waiting", agent="ana"))
    with redis.Redis.from_url(bell.url) as valkey:
        queued = lambda: [json.loads(told)["headers"] for told in valkey.lrange("default", 0, -1)]  # noqa: E731
        rings = lambda: [one for one in queued() if "ws_waiting" in one["argsrepr"]]  # noqa: E731
        assert eventually(rings, what="the bell rings")[0]["task"] == DEALING


def test_who_is_here(bell, stream):
    """The others hear of who comes; a page that is loaded anew is no news."""
    first = Ear(stream, token(HERE, agent="ana"))
    first.hears("presence")
    first.heard.clear()
    second = Ear(stream, token(HERE, agent="bo"))
    first.hears("presence")
    with redis.Redis.from_url(bell.url) as valkey:
        assert valkey.zrange(f"{HERE}:present", 0, -1) == [b"ana", b"bo"]
        first.heard.clear()
        second.close()
        third = Ear(stream, token(HERE, agent="bo"))
        ring(bell, CHAT)
        first.hears("chat")
        assert [name for name, _ in first.heard if name == "presence"] == []
        # Whose time is over has gone, and the others hear of it with the next beat.
        valkey.zadd(f"{HERE}:present", {"cy": 1.0})
        first.hears("presence")
        assert valkey.zscore(f"{HERE}:present", "cy") is None
    for ear in (first, third):
        with contextlib.suppress(OSError):
            ear.close()
