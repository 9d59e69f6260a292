"""Who else looks at a chat or types in it."""

import time
import uuid

import pytest
from django.db import connection

from inbox import presence
from inbox.presence import TYPING, VIEWING, note_presence, others_in
from tests import factories
from tests.inbox.conftest import open_chat
from tests.inbox.test_live import Told
from workspaces.valkey import valkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(in_acme, ana, bo, sam):
    found = [factories.agent_of(user, in_acme) for user in (ana, bo, sam)]
    connection.set_tenant(in_acme)
    return found


def seen_by(chat, agent):
    return sorted((other.user.first_name, what) for other, what in others_in(chat, agent))


def test_others_are_shown_oneself_is_not(in_acme, team):
    ana, bo, sam = team
    chat, elsewhere = open_chat(), open_chat()
    note_presence(chat, ana, VIEWING)
    note_presence(chat, bo, TYPING)
    note_presence(elsewhere, sam, VIEWING)
    assert seen_by(chat, ana) == [("Bo", TYPING)]
    assert seen_by(chat, bo) == [("Ana", VIEWING)]
    assert seen_by(chat, sam) == [("Ana", VIEWING), ("Bo", TYPING)]


def test_who_stops_typing_still_looks_and_who_leaves_is_gone(in_acme, team):
    ana, bo, _ = team
    chat = open_chat()
    note_presence(chat, bo, TYPING)
    note_presence(chat, bo, VIEWING)
    assert seen_by(chat, ana) == [("Bo", VIEWING)]
    note_presence(chat, bo, "")
    assert seen_by(chat, ana) == []


def test_who_falls_silent_is_forgotten(in_acme, team, monkeypatch):
    ana, bo, _ = team
    chat = open_chat()
    note_presence(chat, bo, TYPING)
    now = time.time()
    monkeypatch.setattr(presence.time, "time", lambda: now + 7)
    assert seen_by(chat, ana) == [("Bo", VIEWING)]
    monkeypatch.setattr(presence.time, "time", lambda: now + 21)
    assert seen_by(chat, ana) == []
    assert 0 < valkey().ttl(presence.key_of(chat)) <= 40


def test_the_others_are_told_what_is_news(in_acme, team, django_capture_on_commit_callbacks):
    _, bo, _ = team
    chat, told = open_chat(), Told(in_acme.schema_name)
    for what, news in [(VIEWING, 1), (VIEWING, 0), (TYPING, 1), (TYPING, 0), (VIEWING, 1), ("", 1), ("", 0)]:
        with django_capture_on_commit_callbacks(execute=True):
            note_presence(chat, bo, what)
        assert [change["name"] for change in told.all()] == ["presence"] * news, what
    told.close()


def test_nobody_there_costs_no_query(in_acme, team, django_assert_num_queries):
    ana, bo, sam = team
    chat = open_chat()
    note_presence(chat, ana, VIEWING)
    with django_assert_num_queries(0):
        assert others_in(chat, ana) == []
    note_presence(chat, bo, VIEWING)
    note_presence(chat, sam, VIEWING)
    with django_assert_num_queries(1):
        assert len(seen_by(chat, ana)) == 2


@pytest.fixture
def say(client_for, acme, in_acme):
    def say(user, chat, what):
        return client_for(user, acme).post(f"/chats/{chat}/presence/", {"what": what})

    return say


def test_the_page_tells_and_is_told(say, in_acme, ana, bo):
    chat = open_chat().pk
    assert say(ana, chat, "typing").content.decode().strip() == ""
    answer = say(bo, chat, "viewing").content.decode()
    assert "Ana" in answer
    assert "is typing" in answer
    assert "is here" in say(ana, chat, "").content.decode()
    assert say(bo, chat, "viewing").content.decode().strip() == ""


def test_who_may_not_read_the_chat_is_not_there(say, in_acme, ana, bo, acme):
    chat = open_chat()
    position = factories.make_position(acme, permissions=["team.view"])
    connection.set_tenant(acme)
    agent = factories.agent_of(bo, acme)
    connection.set_tenant(acme)
    type(agent).objects.filter(pk=agent.pk).update(position=position)
    assert say(bo, chat.pk, "typing").status_code == 404
    assert say(bo, uuid.uuid4(), "typing").status_code == 404
    assert say(ana, chat.pk, "viewing").content.decode().strip() == ""


def test_a_viewer_types_nothing(say, in_acme, ana, vi):
    chat = open_chat().pk
    say(vi, chat, "typing")
    answer = say(ana, chat, "viewing").content.decode()
    assert "is here" in answer
    assert "is typing" not in answer
