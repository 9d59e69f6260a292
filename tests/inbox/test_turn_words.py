"""Why somebody has a chat, in words: of every trace that dealing writes, and of those that older rows have."""

import re

import pytest
from django.db import connection

from inbox.models import ChatEvent
from inbox.turn_words import why_of
from tests import factories
from tests.inbox.conftest import open_chat

ME = "00000000-0000-7000-8000-000000000001"


def data(**turn):
    return {"to": "Bo", "to_id": ME, "turn": {"by": "turn", "pool": "everybody", "cursor": "everybody", **turn}}


def plain(told):
    return [re.sub(r"</?bdi>", "", sentence) for sentence in told.said]


WAYS = [
    ({"after": "Ana"}, "You were next in turn after Ana, among everybody."),
    ({}, "You were next in turn, among everybody."),
    (
        {"after": "Bo", "size": 2, "passed": [["1", "Ana", "is off"]]},
        "You were the only one in turn, among everybody.",
    ),
    (
        {"after": "Bo", "size": 3, "passed": [["1", "Ana", "is off"]]},
        "You were next in turn after Bo, among everybody.",
    ),
    ({"cursor": "channel:1", "pool": "Shop"}, "You were next in turn, among those who answer Shop."),
    ({"cursor": "position:1", "pool": "Night"}, "You were next in turn, among those who are Night."),
    ({"by": "fewest"}, "You have the fewest open chats of those in turn, among everybody; of equals the next."),
    ({"by": "own"}, "You had this chat before."),
    ({"by": "last"}, "You had this customer before."),
    ({"by": "rule", "rule": "Spanish"}, "A rule names you."),
]


@pytest.mark.parametrize(("turn", "words"), WAYS)
def test_the_way_by_which_it_came(turn, words):
    assert plain(why_of(data(**turn), me=ME))[0] == words


def test_to_others_it_speaks_of_them():
    told = why_of(data(after="Ana", open=3, limit=5), me="somebody else")
    assert told.question == "Why <bdi>Bo</bdi>?"
    assert plain(told) == ["Bo was next in turn after Ana, among everybody.", "With it Bo had 3 of 5 open chats."]


def test_nobody_was_there():
    told = why_of({"to": "", "turn": {"by": "nobody", "passed": [["1", "Ana", "is off"]]}}, me=ME)
    assert (told.question, plain(told)) == ("Why nobody?", ["Nobody was in turn among everybody."])
    assert told.passed == (("Ana", "is off"),)


def test_who_was_passed_over_and_how_many_besides():
    told = why_of(data(passed=[["1", "Ana", "is away"], ["2", "Cy", "has 5 of 5 chats"]], more=7), me=ME)
    assert (told.passed, told.more) == ((("Ana", "is away"), ("Cy", "has 5 of 5 chats")), 7)


def test_who_sees_their_own_chats_alone_is_told_no_numbers_of_others():
    turn = data(passed=[["2", "Cy", "has 5 of 5 chats"]], open=2, limit=5)
    others = why_of(turn, me="other", with_numbers=False)
    assert others.passed == (("Cy", "has as many chats as are dealt to them"),)
    assert plain(others) == ["Bo was next in turn, among everybody."]
    assert plain(why_of(turn, me=ME, with_numbers=False))[-1] == "With it you had 2 of 5 open chats."


def test_a_rule_that_only_chose_the_position_is_named():
    told = why_of(data(rule="Night <b>"), me=ME)
    assert plain(told)[1] == "By the rule “Night &lt;b&gt;”."


@pytest.mark.parametrize("turn", [None, {}, [], "x", {"by": ""}])
def test_without_a_trace_there_is_no_question(turn):
    assert why_of({"to": "Bo", "turn": turn}, me=ME) is None


@pytest.mark.parametrize(
    "turn",
    [
        {"by": "turn", "passed": None, "more": None, "open": None, "limit": "x"},
        {"by": "turn", "passed": [["Ana"], "Cy", None], "open": True, "limit": 3},
        {"by": "new way"},
    ],
)
def test_what_a_row_lacks_is_not_said(turn):
    told = why_of({"to": "Bo", "turn": turn}, me=ME)
    assert (told.passed, told.more, len(told.said)) == ((), 0, 1)


def test_the_thread_asks_and_answers(acme, in_acme, client_for, bo):
    me = factories.agent_of(bo, acme)
    connection.set_tenant(acme)
    chat = open_chat(assigned_to=me)
    found = data(after="Ana", passed=[["1", "Cy <i>", "is away"]]) | {"to": me.name, "to_id": str(me.pk)}
    event = ChatEvent.objects.create(chat=chat, kind="ASSIGNED", data=found, at=chat.created_at)

    page = client_for(bo, acme).get(f"/inbox/all/{chat.pk}/").content.decode()

    assert f'<details class="thread-why" id="why-{event.pk}">' in page
    assert "Why me?</summary>" in page
    assert "You were next in turn after <bdi>Ana</bdi>, among everybody." in page
    assert "<li><bdi>Cy &lt;i&gt;</bdi> is away</li>" in page
    assert f'data-why="why-{event.pk}"' in page


def test_who_gave_it_and_to_whom_it_came_are_both_named(acme, in_acme, client_for, bo, ana):
    me, colleague = factories.agent_of(bo, acme), factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    chat = open_chat()
    found = data(cursor="position:1", pool="Night") | {"to": me.name, "to_id": str(me.pk), "from": colleague.name}
    ChatEvent.objects.create(chat=chat, kind="ASSIGNED", data=found, by=colleague, at=chat.created_at)

    page = re.sub(r"</?bdi>", "", client_for(bo, acme).get(f"/inbox/all/{chat.pk}/").content.decode())

    assert f"{colleague.name} gave this chat to Night; it came to {me.name}" in page
