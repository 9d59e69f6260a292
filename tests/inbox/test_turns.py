"""Turns at sending: each chat is given to one thread, and none is taken that nobody is there for."""

import threading
import uuid

import pytest
from django_tenants.utils import schema_context

from inbox import turns

pytestmark = pytest.mark.django_db


def test_threads_that_ask_together_get_each_chat_once(in_acme):
    chats = {uuid.uuid4(): 0.0 for _ in range(40)}
    turns.give("send", chats)
    got, barrier = [], threading.Barrier(8)

    def work():
        with schema_context(in_acme.schema_name):
            barrier.wait()
            while (turn := turns.take("send")).chat_id:
                got.append(turn.chat_id)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(got) == sorted(chats)


def test_one_that_asks_alone_takes_one_alone(in_acme):
    turns.give("send", {uuid.uuid4(): 0.0 for _ in range(5)})
    assert [turns.take("send").others_wait for _ in range(5)] == [True, True, True, True, False]
    assert not turns._askers[turns.key_of("send")].taken
    assert turns.take("send") == turns.Turn()


def test_who_finds_none_hears_when_the_next_is_due(in_acme):
    turns.give("send", {uuid.uuid4(): 30.0})
    assert turns.take("send").next_in == pytest.approx(30, abs=1)
