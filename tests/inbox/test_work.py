"""What agents do to chats: take, give, close, snooze, label, press, read, note. Each is told in the thread, once."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Agent
from inbox.actions.assigning import assign_chat, assign_chats
from inbox.actions.labelling import add_label, remove_label, set_priority
from inbox.actions.noting import write_note
from inbox.actions.reading import mark_unread, read_chat
from inbox.actions.rules import save_rules
from inbox.actions.standing import close_chats, close_idle_chats, reopen_chats, snooze_chats, wake_due_chats
from inbox.boxes import find_box
from inbox.lists import page_of
from inbox.models import Chat, ChatEvent, ChatRead, Label, Mention, Message
from inbox.tasks import turn_clocks
from tests import factories
from tests.inbox.conftest import open_chat
from workspaces.refusals import NotAllowed, Refused


@pytest.fixture
def agent(in_acme, bo):
    return there(factories.agent_of(bo, in_acme), in_acme)


@pytest.fixture
def colleague(in_acme, ana):
    return there(factories.agent_of(ana, in_acme), in_acme)


def there(agent, workspace):
    connection.set_tenant(workspace)
    return agent


def told(chat):
    return [(event.kind, event.by and event.by.name) for event in ChatEvent.objects.filter(chat=chat).order_by("at")]


def fresh(chat):
    return Chat.objects.get(pk=chat.pk)


def test_a_chat_is_taken_once(chat, agent):
    assert assign_chat(chat, agent, by=agent)
    assert not assign_chat(chat, agent, by=agent)

    assert fresh(chat).assigned_to == agent
    assert told(chat) == [("ASSIGNED", agent.name)]


def test_a_chat_is_given_on_and_put_back(chat, agent, colleague):
    assign_chat(chat, agent, by=agent)
    assign_chat(chat, colleague, by=agent, why="Speaks Spanish")
    assign_chat(chat, None, by=colleague)

    events = list(ChatEvent.objects.filter(chat=chat).order_by("at"))
    assert [(e.kind, e.data["from"], e.data["to"], e.data["why"]) for e in events] == [
        ("ASSIGNED", "", agent.name, ""),
        ("ASSIGNED", agent.name, colleague.name, "Speaks Spanish"),
        ("UNASSIGNED", colleague.name, "", ""),
    ]
    assert fresh(chat).assigned_to is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Agent.Role.VIEWER}])
def test_nobody_gets_a_chat_who_takes_none(chat, agent, colleague, change):
    Agent.objects.filter(pk=colleague.pk).update(**change)

    with pytest.raises(Refused):
        assign_chat(chat, Agent.objects.get(pk=colleague.pk), by=agent)

    assert told(chat) == []


def test_a_viewer_changes_nothing(chat, agent):
    agent.role = Agent.Role.VIEWER
    for change in (
        lambda: assign_chat(chat, None, by=agent),
        lambda: close_chats([chat], by=agent),
        lambda: set_priority([chat], 1, by=agent),
        lambda: write_note(chat, by=agent, text="Hm", client_id=uuid.uuid4()),
    ):
        with pytest.raises(NotAllowed):
            change()

    assert told(chat) == []


def test_chats_of_others_are_left_alone_by_who_may_not_see_them(chat, agent, colleague):
    agent.position.permissions = ["team.view"]
    agent.position.save()
    assign_chat(chat, colleague, by=colleague)

    assert assign_chats([chat], agent, by=Agent.objects.get(pk=agent.pk)) == []
    with pytest.raises(NotAllowed):
        write_note(chat, by=Agent.objects.get(pk=agent.pk), text="Mine?", client_id=uuid.uuid4())

    assert fresh(chat).assigned_to == colleague


def test_closed_and_opened_again(chat, agent):
    assert close_chats([chat], by=agent) == [chat]
    assert close_chats([chat], by=agent) == []
    reopen_chats([chat], by=agent)

    assert told(chat) == [("CLOSED", agent.name), ("REOPENED", agent.name)]
    assert fresh(chat).state == Chat.State.OPEN


def test_snoozed_until_its_time_comes(chat, agent):
    snooze_chats([chat], timezone.now() + timedelta(hours=1), by=agent)
    assert wake_due_chats() == 0

    Chat.objects.update(snoozed_until=timezone.now() - timedelta(seconds=1))
    assert (wake_due_chats(), wake_due_chats()) == (1, 0)

    assert told(chat) == [("SNOOZED", agent.name), ("WOKEN", None)]
    assert (fresh(chat).state, fresh(chat).snoozed_until) == (Chat.State.OPEN, None)


def test_snoozed_until_the_customer_writes_is_never_due(chat, agent):
    snooze_chats([chat], None, by=agent)

    assert wake_due_chats() == 0
    assert fresh(chat).state == Chat.State.SNOOZED


def test_a_time_that_is_over_is_refused(chat, agent):
    with pytest.raises(Refused):
        snooze_chats([chat], timezone.now() - timedelta(minutes=1), by=agent)


def test_what_is_idle_is_closed(chat, agent):
    busy = open_chat(last_message_at=timezone.now())
    Chat.objects.filter(pk=chat.pk).update(last_message_at=timezone.now() - timedelta(days=8))

    assert close_idle_chats(7) == 1

    assert (fresh(chat).state, fresh(busy).state) == (Chat.State.CLOSED, Chat.State.OPEN)
    assert told(chat) == [("CLOSED", None)]


@pytest.mark.parametrize(("days", "closed"), [(None, 0), (7, 1), (30, 0)])
def test_the_clock_closes_what_is_idle_only_where_it_shall(chat, in_acme, colleague, days, closed):
    save_rules(auto_close_days=days, by=colleague, workspace=in_acme)
    Chat.objects.update(last_message_at=timezone.now() - timedelta(days=8))

    turn_clocks()

    assert Chat.objects.filter(state=Chat.State.CLOSED).count() == closed


def test_labels_come_and_go_once(chat, agent):
    label = Label.objects.create(name="Refund")
    assert add_label([chat], label, by=agent) == [chat]
    assert add_label([chat], label, by=agent) == []
    assert list(fresh(chat).labels.all()) == [label]

    remove_label([chat], label, by=agent)
    assert told(chat) == [("LABELLED", agent.name), ("UNLABELLED", agent.name)]
    assert not fresh(chat).labels.exists()


def test_priority(chat, agent):
    assert set_priority([chat], Chat.Priority.URGENT, by=agent)
    assert not set_priority([chat], Chat.Priority.URGENT, by=agent)

    event = ChatEvent.objects.get(chat=chat)
    assert event.data == {"from": "Normal", "to": "Urgent"}


def test_what_one_has_read_is_new_to_the_other(chat, agent, colleague):
    Chat.objects.filter(pk=chat.pk).update(incoming_count=3, last_message_at=timezone.now())
    assert read_chat(chat, by=agent)
    assert not read_chat(chat, by=agent)

    assert unread_of(agent) == 0
    assert unread_of(colleague) == 3

    mark_unread(fresh(chat), by=agent)
    assert unread_of(agent) == 1


def unread_of(agent):
    return page_of(find_box(agent, "all").chats, agent).rows[0].unread


def test_a_note_is_written_once_and_names_a_colleague(agent, colleague):
    chat = open_chat(last_message_at=timezone.now())
    client_id = uuid.uuid4()
    text = f"@[{colleague.name}]({colleague.pk}) can you look? @[Nobody]({uuid.uuid4()})"
    first = write_note(chat, by=agent, text=text, client_id=client_id)
    second = write_note(chat, by=agent, text=text, client_id=client_id)

    assert first == second
    assert Message.objects.filter(is_private=True).count() == 1
    assert [(m.agent, m.message) for m in Mention.objects.all()] == [(colleague, first)]
    assert [row.pk for row in page_of(find_box(colleague, "mentions").chats, colleague).rows] == [chat.pk]
    assert Message.objects.outgoing().count() == 0

    read_chat(chat, by=colleague)
    assert not Mention.objects.unseen().exists()


def test_a_note_names_nobody_who_may_not_read_the_chat(chat, agent, colleague):
    agent.position.permissions = ["team.view"]
    agent.position.save()

    write_note(chat, by=colleague, text=f"@[{agent.name}]({agent.pk})", client_id=uuid.uuid4())

    assert not Mention.objects.exists()


def test_how_far_one_has_read_never_goes_back(chat, agent):
    Chat.objects.filter(pk=chat.pk).update(incoming_count=5)
    read_chat(chat, by=agent)
    Chat.objects.filter(pk=chat.pk).update(incoming_count=2)
    read_chat(chat, by=agent)

    assert ChatRead.objects.get(agent=agent).incoming_seen == 5
