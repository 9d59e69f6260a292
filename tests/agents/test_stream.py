"""The stream process, for real: who hears what, who hears nothing, and what becomes of those who are slow or early."""

import os
import time
import uuid
from contextlib import ExitStack

import pytest
from django.core import signing

from agents.realtime import tokens
from agents.realtime.publishing import Change, publish
from tests.agents.streams import Ear, StreamProcess, token
from tests.product import eventually

HERE, THERE = "ws_here", "ws_there"


@pytest.fixture(scope="module")
def stream():
    process = StreamProcess(os.environ["REDIS_URL"])
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def listen(stream):
    ears = []

    def listen(schema=HERE, **viewer):
        ears.append(Ear(stream, token(schema, **viewer)))
        return ears[-1]

    yield listen
    for ear in ears:
        ear.close()


def chat(number="1", **audience):
    return Change("chat", {"chat": number}, **audience)


def test_who_reads_all_hears_of_every_chat(listen):
    ear = listen(reads_all=True)
    publish(HERE, [chat("1", readers=True)])
    assert ear.all_until(HERE) == [("chat", {"chat": "1"})]


def test_who_does_not_hears_of_those_that_concern_him(listen):
    me, colleague = uuid.uuid4(), uuid.uuid4()
    ear = listen(reads_all=False, agent=str(me))
    publish(HERE, [chat("1", readers=True), chat("2", readers=True, agents=frozenset([me, colleague]))])
    publish(HERE, [chat("3", readers=True, agents=frozenset([colleague])), chat("4", everyone=True)])
    assert [data["chat"] for _, data in ear.all_until(HERE)] == ["2", "4"]


def test_another_workspace_hears_nothing(listen):
    ours, theirs = listen(HERE), listen(THERE)
    publish(HERE, [chat("1", everyone=True)])
    assert ours.all_until(HERE) == [("chat", {"chat": "1"})]
    assert theirs.all_until(THERE) == []


def test_several_of_a_kind_come_in_one(listen):
    ear, ids = listen(), sorted(str(uuid.uuid4()) for _ in range(3))
    publish(HERE, [Change("message", {"chat": "1"}, ids=frozenset(map(uuid.UUID, ids)), readers=True)])
    assert ear.all_until(HERE) == [("message", {"chat": "1", "ids": ids})]


def test_what_is_said_right_after_ready_is_heard(listen):
    """In a workspace that nobody has listened to before."""
    schemas = [f"ws_{uuid.uuid4().hex}" for _ in range(20)]
    ears = []
    for schema in schemas:
        ears.append(listen(schema))
        publish(schema, [chat("1", readers=True)])
    for ear in ears:
        assert ear.hears("chat", chat="1")


VIEWER = {"schema": HERE, "agent": "a", "user": "u", "reads_all": True, "made_at": time.time()}
REFUSED = {
    "none": "",
    "nonsense": "nonsense",
    "forged": token().rsplit(":", 1)[0] + ":" + "A" * 43,
    "for something else": signing.dumps(VIEWER, salt="something else"),
    "of another shape": signing.dumps({"schema": HERE}, salt=tokens.SALT),
    "no object": signing.dumps("viewer", salt=tokens.SALT),
    "another key": signing.dumps(VIEWER, salt=tokens.SALT, key="another"),
}


@pytest.mark.parametrize("shown", REFUSED.values(), ids=REFUSED)
def test_only_a_token_of_ours_opens_it(stream, shown):
    assert stream.status(f"/stream/?token={shown}") == 403


def test_an_old_token_opens_nothing(stream, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(signing.time, "time", lambda: time.monotonic() * 0 + 1_700_000_000)
        old = token()
    assert stream.status(f"/stream/?token={old}") == 403


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/", "GET", 404), ("/stream/", "POST", 404), ("/stream/%00", "GET", 404), ("/stream/?token=%ff", "GET", 403)],
)
def test_there_is_nothing_besides(stream, path, method, status):
    assert stream.status(path, method) == status


def test_a_token_may_be_shown_twice(listen, stream):
    """A proxy tries again; what it lets through is the same for as long as it is true."""
    shown = token()
    assert [stream.status(f"/stream/?token={shown}") for _ in range(2)] == [200, 200]


def test_one_person_has_so_many_pages_open_and_no_more(stream):
    me, colleague = str(uuid.uuid4()), str(uuid.uuid4())
    address = f"/stream/?token={token(agent=me)}"
    with ExitStack() as pages:
        open_ones = [pages.enter_context(stream.connected(address)) for _ in range(50)]
        assert all(b"200" in page.recv(65536)[:15] for page in open_ones)
        assert stream.status(address) == 429
        assert stream.status(f"/stream/?token={token(agent=colleague)}") == 200
    eventually(lambda: stream.status(address) == 200, within=30, what="there is room again")


def test_who_does_not_read_is_told_to_ask_for_everything(stream, listen):
    """And once all of that is read, it goes on."""
    slow, quick = stream.connected(f"/stream/?token={token(schema=HERE)}", buffer=4096), listen(HERE)
    read_until(slow, b"ready")
    for part in range(20):
        numbers = [f"{part}-{number}-{'x' * 16384}" for number in range(50)]
        publish(HERE, [chat(number, readers=True) for number in numbers])
        assert quick.hears("chat", chat=numbers[-1])
    read_until(slow, b"event: refresh")
    read_until(slow, b"event: here")
    publish(HERE, [chat("after", readers=True)])
    read_until(slow, b'"after"')
    slow.close()


def read_until(wire, wanted):
    tail = b""
    while wanted not in tail:
        part = wire.recv(1 << 18)
        assert part, "it was closed"
        tail = tail[-100:] + part


def test_a_slow_one_keeps_nobody_waiting(stream, listen):
    slow = stream.connected(f"/stream/?token={token(schema=HERE)}", buffer=4096)
    read_until(slow, b"ready")
    quick = listen(HERE)
    publish(HERE, [chat(f"{number}{'x' * 65536}", readers=True) for number in range(300)])
    assert quick.all_until(HERE)
    slow.close()


def test_a_process_that_is_killed_comes_back(stream, listen):
    before = listen()
    stream.kill_worker()
    assert not before.is_ended(within=15)
    again = reconnected(stream)
    publish(HERE, [chat("1", readers=True)])
    assert again.all_until(HERE) == [("chat", {"chat": "1"})]
    again.close()


def reconnected(stream):
    eventually(stream.answers, within=30, what="the stream process is back")
    return Ear(stream, token(HERE))
