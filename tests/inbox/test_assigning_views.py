"""Two who reach for one chat: the second is told of the first, and asked; with scripts and without."""

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from inbox.actions.assigning import assign_chat
from inbox.models import Chat, ChatEvent
from tests import factories

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def agent(in_acme, bo):
    agent = factories.agent_of(bo, in_acme)
    connection.set_tenant(in_acme)
    return agent


@pytest.fixture
def colleague(in_acme, ana):
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    return agent


@pytest.fixture
def browser(client_for, bo, acme, agent):
    return client_for(bo, acme)


def owner_of(chat, workspace):
    with schema_context(workspace.schema_name):
        return Chat.objects.get(pk=chat.pk).assigned_to


def taken_by(colleague, chat, workspace):
    with schema_context(workspace.schema_name):
        assign_chat(chat, colleague, by=colleague)


def test_who_takes_second_is_told_who_took_it_first(chat, agent, colleague, browser, acme):
    taken_by(colleague, chat, acme)

    answer = browser.post(f"/chats/{chat.pk}/assignment/", {"to": agent.pk, "seen": ""}, **HTMX)

    assert f"{colleague.name} took it a moment ago" in answer.text
    assert f"Take it from {colleague.name}" in answer.text
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "body")
    assert str(chat.pk) in answer["HX-Trigger"]
    assert owner_of(chat, acme) == colleague
    with schema_context(acme.schema_name):
        assert ChatEvent.objects.filter(chat=chat).count() == 1


def test_without_scripts_the_question_is_a_page_whose_answer_is_done(chat, agent, colleague, browser, acme):
    taken_by(colleague, chat, acme)
    address = f"/chats/{chat.pk}/assignment/"

    page = browser.post(address, {"to": agent.pk, "seen": ""})
    assert (page.status_code, "<html" in page.text, owner_of(chat, acme)) == (409, True, colleague)
    assert f'name="seen" value="{colleague.pk}"' in page.text
    assert f'name="to" value="{agent.pk}"' in page.text

    assert browser.post(address, {"to": agent.pk, "seen": colleague.pk}).status_code == 302
    assert owner_of(chat, acme) == agent


@pytest.mark.parametrize("to", ["", "turn", "{third}"])
def test_nobody_is_given_away_from_whom_the_page_did_not_know(to, chat, agent, colleague, browser, acme, sam):
    with schema_context(acme.schema_name):
        third = factories.agent_of(sam, acme)
        assign_chat(chat, colleague, by=colleague)

    answer = browser.post(f"/chats/{chat.pk}/assignment/", {"to": to.format(third=third.pk), "seen": third.pk}, **HTMX)

    assert "anyway" in answer.text
    assert owner_of(chat, acme) == colleague


def test_what_costs_nobody_a_chat_is_not_asked_about(chat, agent, colleague, browser, acme):
    address = f"/chats/{chat.pk}/assignment/"
    # It was a colleague's where the page was drawn, and is nobody's by now.
    browser.post(address, {"to": agent.pk, "seen": colleague.pk}, **HTMX)
    assert owner_of(chat, acme) == agent
    # One's own, from a page that is older than that.
    browser.post(address, {"to": colleague.pk, "seen": ""}, **HTMX)
    assert owner_of(chat, acme) == colleague
    # Who was to have it has it.
    assert "so already" in browser.post(address, {"to": colleague.pk, "seen": ""}, **HTMX).text


def test_it_is_said_how_they_came_to_it(chat, agent, colleague, browser, acme, sam):
    with schema_context(acme.schema_name):
        supervisor = factories.agent_of(sam, acme)
        assign_chat(chat, colleague, by=supervisor)
    sent = {"to": agent.pk, "seen": ""}
    given = browser.post(f"/chats/{chat.pk}/assignment/", sent, **HTMX).text
    with schema_context(acme.schema_name):
        ChatEvent.objects.filter(chat=chat).update(by=None)
    dealt = browser.post(f"/chats/{chat.pk}/assignment/", sent, **HTMX).text

    assert f"{supervisor.name} gave it to {colleague.name} a moment ago" in given
    assert f"It went to {colleague.name} a moment ago" in dealt


def test_every_form_of_the_head_says_whose_the_page_shows_it(chat, agent, colleague, browser, acme):
    taken_by(colleague, chat, acme)

    head = browser.get(f"/chats/{chat.pk}/head/").text
    assert head.count(f'name="seen" value="{colleague.pk}"') == 2
    assert f"/assignment/?seen={colleague.pk}" in head
    menu = browser.get(f"/chats/{chat.pk}/assignment/?seen=", **HTMX).text
    assert menu.count('name="seen" value=""') == menu.count('name="to"')
