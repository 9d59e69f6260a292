"""Who answers: in turn, within limits, among those who are there; and why is written down."""

from collections import Counter

import pytest
from django.db import connection

from agents.actions.agents import set_active, set_availability, set_receiving
from agents.models import Agent, Position
from inbox.actions.assigning import assign_chat
from inbox.actions.dealing import deal_waiting
from inbox.actions.standing import close_chats
from inbox.models import Chat, InboxRules
from tests import factories
from tests.inbox.dealing import arrive, customer_writes, floor, leave, make_agents, turns_of
from tests.webhooks import SECRET, connect, deliver, page, text

__all__ = ["floor"]


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def shop(floor):
    return there(connect(floor), floor)


def there(found, workspace):
    connection.set_tenant(workspace)
    return found


def owner(chat):
    return Chat.objects.get(pk=chat.pk).assigned_to_id


def test_a_first_word_goes_to_whose_turn_it_is(floor, shop):
    first, second = make_agents(floor, 2)

    owners = [owner(customer_writes(floor, shop, f"c{number}")) for number in range(4)]

    assert owners == [first.pk, second.pk, first.pk, second.pk]


def test_many_in_one_delivery_are_shared_out(floor, shop):
    agents = make_agents(floor, 3)

    deliver(page(shop, *[text(shop, customer=f"c{number}", mid=f"m{number}") for number in range(10)]))

    connection.set_tenant(floor)
    shares = Counter(Chat.objects.values_list("assigned_to", flat=True))
    assert sorted(shares[agent.pk] for agent in agents) == [3, 3, 4]


def test_the_thread_says_who_was_passed_over_and_why(floor, shop, ana):
    off, away, gone, full, chosen = make_agents(floor, 5)
    Agent.objects.filter(pk=off.pk).update(availability="OFF")
    Agent.objects.filter(pk=away.pk).update(availability="AWAY")
    leave(floor, gone)
    Agent.objects.filter(pk=full.pk).update(max_open_chats=0)

    chat = customer_writes(floor, shop, "c1")

    (turn,) = turns_of(chat)
    assert owner(chat) == chosen.pk
    passed = {name: why for _, name, why in turn["turn"]["passed"]}
    assert (turn["to"], turn["turn"]["by"], turn["turn"]["pool"]) == (chosen.name, "turn", "everybody")
    assert {agent.name: passed[agent.name] for agent in (off, away, gone, full)} == {
        off.name: "is off",
        away.name: "is away",
        gone.name: "has no page open",
        full.name: "has 0 of 0 chats",
    }


def test_who_had_the_last_turn_is_named_when_they_work_here_no_more(floor, shop):
    first, second = make_agents(floor, 2)
    customer_writes(floor, shop, "c1")
    Agent.objects.filter(pk=first.pk).update(is_active=False)

    (turn,) = turns_of(customer_writes(floor, shop, "c2"))
    assert (turn["turn"]["after"], turn["to"], turn["turn"]["number"]) == (first.name, second.name, 2)


def test_and_when_they_answer_this_channel_no_more(floor, shop):
    first, second = make_agents(floor, 2)
    shop.positions.add(first.position)
    customer_writes(floor, shop, "c1")
    Agent.objects.filter(pk=first.pk).update(position=Position.objects.create(name="Elsewhere", slug="elsewhere"))

    (turn,) = turns_of(customer_writes(floor, shop, "c2"))
    assert (turn["turn"]["after"], turn["to"], turn["turn"]["number"]) == (first.name, second.name, 2)


def test_nobody_there_leaves_it_waiting_until_somebody_comes(floor, shop):
    (agent,) = make_agents(floor, 1)
    leave(floor, agent)
    chats = [customer_writes(floor, shop, f"c{number}", second=number) for number in range(3)]
    assert [owner(chat) for chat in chats] == [None, None, None]
    assert [turns_of(chat) for chat in chats] == [[], [], []]

    Agent.objects.filter(pk=agent.pk).update(max_open_chats=2)
    arrive(floor, agent)

    assert deal_waiting() == 2
    assert [owner(chat) for chat in chats] == [agent.pk, agent.pk, None]


def test_a_chat_that_is_closed_makes_room(transactional_db, floor, shop, run_tasks):
    (agent,) = make_agents(floor, 1, max_open_chats=1)
    first, second = [customer_writes(floor, shop, f"c{number}", second=number) for number in range(2)]
    assert (owner(first), owner(second)) == (agent.pk, None)

    close_chats([first], by=agent)
    run_tasks()

    connection.set_tenant(floor)
    assert owner(second) == agent.pk


def test_who_returns_finds_whom_they_had(floor, shop):
    first, _second = make_agents(floor, 2)
    chat = customer_writes(floor, shop, "c1")
    close_chats([chat], by=first)

    customer_writes(floor, shop, "c1", "Again", second=60)

    assert (owner(chat), len(turns_of(chat))) == (first.pk, 1)


@pytest.mark.parametrize("why", ["is off", "has no page open", "has 1 of 1 chats"])
def test_who_returns_to_somebody_who_is_not_there_or_full_is_dealt_anew(floor, shop, why):
    first, second = make_agents(floor, 2)
    chat = customer_writes(floor, shop, "c1")
    close_chats([chat], by=first)
    if why == "is off":
        Agent.objects.filter(pk=first.pk).update(availability="OFF")
    elif why == "has no page open":
        leave(floor, first)
    else:
        assign_chat(factories.make_chat(shop), first, by=first)
        Agent.objects.filter(pk=first.pk).update(max_open_chats=1)

    customer_writes(floor, shop, "c1", "Again", second=60)

    turn = turns_of(chat)[-1]
    assert (owner(chat), turn["from"]) == (second.pk, first.name)
    assert [str(first.pk), first.name, why] in turn["turn"]["passed"]


def test_who_returns_when_nobody_is_there_waits_for_anybody(floor, shop):
    (agent,) = make_agents(floor, 1)
    chat = customer_writes(floor, shop, "c1")
    close_chats([chat], by=agent)
    leave(floor, agent)

    customer_writes(floor, shop, "c1", "Again", second=60)

    assert (owner(chat), turns_of(chat)[-1]["to"], turns_of(chat)[-1]["from"]) == (None, "", agent.name)


def test_an_open_chat_stays_with_its_agent(floor, shop):
    first, _second = make_agents(floor, 2)
    chat = customer_writes(floor, shop, "c1")
    leave(floor, first)

    customer_writes(floor, shop, "c1", "Still here", second=60)

    assert owner(chat) == first.pk


def test_only_who_answers_the_channel_is_dealt_its_chats(floor, shop):
    first, _second, third = make_agents(floor, 3)
    night = Position.objects.create(name="Night", slug="night", permissions=[])
    Agent.objects.filter(pk__in=[first.pk, third.pk]).update(position=night)
    shop.positions.add(night)

    chats = [customer_writes(floor, shop, f"c{number}") for number in range(3)]

    assert [owner(chat) for chat in chats] == [first.pk, third.pk, first.pk]
    assert turns_of(chats[0])[0]["turn"]["pool"] == shop.name


def test_the_fewest_chats_come_first_where_that_is_the_rule(floor, shop):
    InboxRules.objects.create(strategy="LEAST_LOADED")
    first, second = make_agents(floor, 2)
    for _ in range(2):
        assign_chat(factories.make_chat(shop), first, by=first)

    owners = [owner(customer_writes(floor, shop, f"c{number}")) for number in range(4)]

    assert owners == [second.pk, second.pk, first.pk, second.pk]


def test_who_answered_last_comes_first_where_that_is_the_rule(floor, shop):
    InboxRules.objects.create(strategy="LAST_AGENT")
    first, _second, third = make_agents(floor, 3)
    chat = customer_writes(floor, shop, "c1")
    assign_chat(chat, third, by=third)
    assign_chat(chat, None, by=first)

    deal_waiting()

    assert (owner(chat), turns_of(chat)[-1]["turn"]["by"]) == (third.pk, "last")


def test_by_hand_nobody_is_dealt_anything(floor, shop):
    InboxRules.objects.create(strategy="BY_HAND")
    make_agents(floor, 2)

    chat = customer_writes(floor, shop, "c1")

    assert (owner(chat), deal_waiting(), owner(chat)) == (None, 0, None)


def test_who_gives_a_chat_back_is_not_dealt_it_again(floor, shop):
    first, second = make_agents(floor, 2)
    chat = customer_writes(floor, shop, "c1")
    assign_chat(chat, None, by=first)
    leave(floor, second)
    assert deal_waiting() == 0

    arrive(floor, second)

    assert (deal_waiting(), owner(chat)) == (1, second.pk)


def test_a_blocked_customer_is_dealt_to_nobody(floor, shop):
    make_agents(floor, 1)
    chat = customer_writes(floor, shop, "c1")
    close_chats([chat], by=None)
    chat.identity.contact.blocked = True
    chat.identity.contact.save()
    before = turns_of(chat)

    customer_writes(floor, shop, "c1", "Again", second=60)

    assert (Chat.objects.get(pk=chat.pk).state, turns_of(chat)) == ("CLOSED", before)


TURNS = [
    ("goes online", {"availability": "OFF"}, lambda agent, by, acme: turn_online(agent, acme)),
    ("works here again", {"is_active": False}, lambda agent, by, acme: set_active(agent, True, by=by, workspace=acme)),
    (
        "receives again",
        {"can_receive_new_chats": False},
        lambda agent, by, acme: set_receiving(agent, True, by=by, workspace=acme),
    ),
]


def turn_online(agent, acme):
    set_availability(agent, "ONLINE", by=agent, workspace=acme)


@pytest.mark.parametrize(("name", "before", "turn"), TURNS, ids=[name for name, *_ in TURNS])
def test_who_comes_on_is_dealt_what_waits(floor, shop, run_tasks, ana, name, before, turn, transactional_db):
    (agent,) = make_agents(floor, 1, **before)
    chat = customer_writes(floor, shop, "c1")
    run_tasks()
    connection.set_tenant(floor)
    assert owner(chat) is None

    turn(Agent.objects.get(pk=agent.pk), there(factories.agent_of(ana, floor), floor), floor)
    run_tasks()

    connection.set_tenant(floor)
    assert owner(chat) == agent.pk
