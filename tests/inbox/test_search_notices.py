"""What makes a sound, and the theme chosen from the command menu."""

import uuid

import pytest
from django.db import connection

from inbox.models import Chat
from tests import factories
from workspaces.models import UserPreferences

pytestmark = pytest.mark.django_db


@pytest.fixture
def bos(client_for, bo, in_acme):
    return client_for(bo, in_acme)


@pytest.fixture
def agent(in_acme, bo):
    return factories.agent_of(bo, in_acme)


def is_told(browser, *messages):
    return browser.get(f"/notices/?ids={','.join(str(message.pk) for message in messages)}").json()["for_you"]


def test_a_customers_word_in_ones_own_chat_or_nobodys(bos, agent, in_acme, sam):
    other = factories.agent_of(sam, in_acme)
    connection.set_tenant(in_acme)
    mine = factories.make_message(factories.make_chat(assigned_to=agent))
    nobodys = factories.make_message(factories.make_chat())
    anothers = factories.make_message(factories.make_chat(assigned_to=other))
    assert [is_told(bos, one) for one in (mine, nobodys, anothers)] == [True, True, False]
    assert is_told(bos, anothers, mine)


def test_not_ones_own_words_nor_a_closed_chat(bos, agent):
    chat = factories.make_chat(assigned_to=agent)
    answer = factories.make_message(chat, direction="OUT", sender="AGENT", status="SENT")
    closed = factories.make_message(factories.make_chat(assigned_to=agent, state=Chat.State.CLOSED))
    assert not is_told(bos, answer, closed)


def test_nonsense_is_nothing(bos):
    assert bos.get("/notices/?ids=x,,").json() == {"for_you": False}
    assert bos.get(f"/notices/?ids={uuid.uuid4()}").json() == {"for_you": False}
    assert bos.get("/notices/").json() == {"for_you": False}


def test_who_may_not_read_all_hears_of_his_own_alone(bos, agent, in_acme):
    agent.position = factories.make_position(in_acme, permissions=[])
    agent.save()
    nobodys = factories.make_message(factories.make_chat())
    mine = factories.make_message(factories.make_chat(assigned_to=agent))
    assert (is_told(bos, nobodys), is_told(bos, mine)) == (False, True)


def test_the_theme_is_kept(bos, bo):
    assert bos.post("/theme/", {"theme": "dark"}).status_code == 204
    assert UserPreferences.objects.get(user=bo).theme == "dark"
    assert bos.post("/theme/", {"theme": "pink"}).status_code == 400
    assert UserPreferences.objects.get(user=bo).theme == "dark"
