"""Drafts: kept per agent, chat and kind, forgotten with the sending, and never seen in another chat."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from inbox.actions.drafting import save_draft
from inbox.models import Draft
from tests import factories
from tests.conftest import on_own_connection
from tests.inbox.composing import Desk
from tests.inbox.conftest import open_chat, write_long_ago


@pytest.fixture
def desk_of(client_for, acme, in_acme):
    def desk_of(user, chat):
        return Desk(client_for(user, acme), chat)

    return desk_of


@pytest.fixture
def desk(desk_of, ana, chat):
    return desk_of(ana, chat)


def drafts(acme):
    connection.set_tenant(acme)
    return sorted(Draft.objects.values_list("kind", "text"))


def test_a_draft_is_found_again(desk, acme):
    assert desk.draft("Half a sen").status_code == 204
    assert "Half a sen</textarea>" in desk.state(whole="")
    desk.draft("Half a sentence")
    assert drafts(acme) == [("REPLY", "Half a sentence")]


def test_reply_and_note_are_two(desk, acme):
    desk.draft("To you")
    desk.draft("About you", "NOTE")
    assert drafts(acme) == [("NOTE", "About you"), ("REPLY", "To you")]


def test_two_pages_that_save_and_empty_it_at_once_take_turns(transactional_db, ana, chat, acme):
    agent = factories.agent_of(ana, acme)

    def save(text):
        with schema_context(acme.schema_name):
            for _ in range(20):
                save_draft(chat, Draft.Kind.REPLY, by=agent, text=text)

    with ThreadPoolExecutor(6) as pool:
        calls = [partial(save, text) for text in ["one", "", "two", "", "three", ""]]
        assert list(pool.map(on_own_connection, calls)) == [None] * 6


def test_an_empty_one_is_none(desk, acme):
    desk.draft("Something")
    assert desk.draft("  ")["Draft-Version"] == ""
    assert drafts(acme) == []


def test_no_other_chat_and_no_other_agent_sees_it(desk_of, ana, bo, chat, acme):
    other = open_chat(channel=chat.channel)
    desk_of(ana, chat).draft("Between us")

    assert "Between us" not in desk_of(ana, other).state(whole="")
    assert "Between us" not in desk_of(bo, chat).state(whole="")
    assert "Between us" in desk_of(ana, chat).state(whole="")


def test_two_chats_at_once_keep_their_own(desk_of, ana, chat, acme):
    one, two = desk_of(ana, chat), desk_of(ana, open_chat(channel=chat.channel))
    for text in ("a", "b", "c"):
        one.draft(f"One {text}")
        two.draft(f"Two {text}")
    two.reply("Two c")

    connection.set_tenant(acme)
    assert list(Draft.objects.values_list("chat", "text")) == [(one.chat.pk, "One c")]


def test_sending_forgets_its_own_kind(desk, acme):
    desk.draft("Hello")
    desk.draft("Psst", "NOTE")
    desk.reply("Hello")
    assert drafts(acme) == [("NOTE", "Psst")]
    desk.note("Psst")
    assert drafts(acme) == []


def test_what_was_refused_stays(desk, chat, acme):
    from datetime import timedelta

    desk.draft("Hello")
    write_long_ago(chat, timedelta(days=8))
    assert desk.reply("Hello").status_code == 422
    assert drafts(acme) == [("REPLY", "Hello")]


def test_the_last_tab_wins_and_says_so(desk, acme):
    version = desk.draft("First tab", known="")["Draft-Version"]
    second = desk.draft("Second tab", known="")
    assert second.headers.get("Draft-Replaced") == "true"
    assert drafts(acme) == [("REPLY", "Second tab")]
    assert desk.draft("First tab again", known=version).headers.get("Draft-Replaced") == "true"


def test_one_tab_alone_replaces_nothing(desk):
    version = desk.draft("A", known="")["Draft-Version"]
    answer = desk.draft("AB", known=version)
    assert "Draft-Replaced" not in answer.headers
    # As the page shows it when it is loaded anew.
    assert f'data-version="{answer["Draft-Version"]}"' in desk.state(whole="")


def test_a_draft_of_a_chat_that_one_may_not_see_is_none(desk_of, bo, chat, acme):
    from agents.models import Agent
    from tests import factories

    position = factories.make_position(acme, permissions=["team.view"])
    connection.set_tenant(acme)
    Agent.objects.filter(user=bo).update(position=position)
    assert desk_of(bo, chat).draft("Mine").status_code == 404
    assert drafts(acme) == []


def test_titles_are_part_of_it(desk):
    desk.draft("Which?", quick_reply=["Red", "Blue"])
    shown = desk.state(whole="")
    assert 'name="quick_reply" value="Red"' in shown
    assert 'name="quick_reply" value="Blue"' in shown


def test_nonsense_is_refused(desk, acme):
    assert desk.draft("x", "SHOUT").status_code == 422
    assert desk.reply("x", client_id="no id").status_code == 422
    assert desk.reply("x", client_id=uuid.uuid4(), upload="no id").status_code == 422
    assert drafts(acme) == []
