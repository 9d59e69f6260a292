"""The thread's windows: fifty at a time, whichever way one goes, and as cheap at ten thousand as at ten."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.reading import mark_unread, read_chat
from inbox.lists import page_of
from inbox.models import Chat, ChatEvent, ChatRead, Contact, Message
from inbox.opening import open_chat
from inbox.threads import SIZE, latest, these, window_of
from pages.models import ChannelStatusLog
from tests import factories

NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def agent(in_acme, bo):
    found = factories.agent_of(bo, in_acme)
    connection.set_tenant(in_acme)
    return found


def fill(chat, count, **over):
    """One a minute, the newest now."""
    return Message.objects.bulk_create(
        Message(
            chat=chat,
            channel=chat.channel,
            direction="IN",
            sender="CONTACT",
            status="RECEIVED",
            text=str(number),
            sent_at=NOW - timedelta(minutes=count - number),
            **over,
        )
        for number in range(1, count + 1)
    )


def texts(window):
    return [int(entry.item.text) for entry in window.entries if entry.is_message]


def test_one_walks_back_to_the_first_and_misses_none(chat):
    fill(chat, 120)
    window = latest(chat)
    walked = texts(window)
    while window.earlier:
        window = window_of(chat, {"before": window.earlier})
        walked = texts(window) + walked

    assert walked == list(range(1, 121))


def test_one_walks_on_from_the_middle_to_the_newest(chat):
    messages = fill(chat, 120)
    window = window_of(chat, {"around": str(messages[9].pk)})
    walked = texts(window)
    assert window.earlier == ""
    while window.later:
        window = window_of(chat, {"after": window.later})
        walked += texts(window)

    assert walked == list(range(1, 121))


def test_messages_of_one_moment_are_all_walked_through(chat):
    fill(chat, 120)
    Message.objects.filter(chat=chat).update(sent_at=NOW)
    window = latest(chat)
    seen = texts(window)
    while window.earlier:
        window = window_of(chat, {"before": window.earlier})
        seen += texts(window)

    assert sorted(seen) == list(range(1, 121))


def test_a_message_is_shown_among_its_neighbours(chat):
    messages = fill(chat, 120)
    window = window_of(chat, {"around": str(messages[59].pk)})

    assert [entry.item.text for entry in window.entries if entry.hit] == ["60"]
    assert (texts(window)[0], texts(window)[-1]) == (35, 84)
    assert window.earlier
    assert window.later


def test_another_chats_message_is_not_gone_to(chat):
    fill(chat, 3)
    foreign = factories.make_message()

    assert texts(window_of(chat, {"around": str(foreign.pk)})) == [1, 2, 3]


def test_a_day_is_gone_to(chat):
    fill(chat, 3)
    Message.objects.filter(text="1").update(sent_at=NOW - timedelta(days=9))
    day = timezone.localtime(NOW - timedelta(days=5)).date()

    window = window_of(chat, {"date": day.isoformat()})
    assert texts(window) == [1, 2, 3]
    assert [entry.starts_day for entry in window.entries][:2] == [True, True]


@pytest.mark.parametrize("query", [{"before": "x"}, {"after": "1_2"}, {"around": "no"}, {"date": "2026-13-40"}])
def test_nonsense_is_the_newest(chat, query):
    fill(chat, 2)

    assert texts(window_of(chat, query)) == [1, 2]


def test_an_empty_chat_has_a_thread(chat):
    assert latest(chat).entries == []


def test_who_writes_on_within_minutes_is_named_once(chat):
    for text, minutes, over in [
        ("1", 30, {}),
        ("2", 28, {}),
        ("3", 20, {}),
        ("4", 19, {"sender": "BOT", "direction": "OUT"}),
        ("5", 18, {}),
    ]:
        factories.make_message(chat, text=text, sent_at=NOW - timedelta(minutes=minutes), **over)

    assert [entry.joined for entry in latest(chat).entries] == [False, True, False, False, False]


def test_a_note_is_no_part_of_what_the_customer_was_told(chat, agent):
    for private in (False, True):
        factories.make_message(chat, direction="OUT", sender="AGENT", author=agent, is_private=private, sent_at=NOW)

    assert [entry.joined for entry in latest(chat).entries] == [False, False]


def test_a_day_begins_where_the_agent_is(chat):
    late = timezone.now().replace(hour=23, minute=30) - timedelta(days=3)
    for minutes in (0, 45):
        factories.make_message(chat, sent_at=late + timedelta(minutes=minutes))

    with timezone.override("Asia/Tokyo"):
        assert [entry.starts_day for entry in latest(chat).entries] == [True, False]
    with timezone.override("UTC"):
        assert [entry.starts_day for entry in latest(chat).entries] == [True, True]


def test_what_happened_lies_between_the_messages(chat, agent):
    fill(chat, 3)
    ChatEvent.objects.create(chat=chat, kind="CLOSED", by=agent, at=NOW - timedelta(seconds=90))

    kinds = [entry.item.text if entry.is_message else entry.item.kind for entry in latest(chat).entries]
    assert kinds == ["1", "CLOSED", "2", "3"]
    (told,) = [entry.item for entry in latest(chat).entries if not entry.is_message]
    assert told.by_name == agent.name


def test_a_channel_that_was_switched_is_told_of_while_the_chat_was_there(chat, agent):
    fill(chat, 3)
    for note, minutes in (("long before", 600), ("meanwhile", 1)):
        log = ChannelStatusLog.objects.create(channel=chat.channel, changed_by=agent, changed_to="OFF", note=note)
        ChannelStatusLog.objects.filter(pk=log.pk).update(changed_at=NOW - timedelta(minutes=minutes))
    ChannelStatusLog.objects.create(channel=factories.make_channel(), changed_to="OFF", note="another's")

    told = [entry.item for entry in latest(chat).entries if not entry.is_message]
    assert [(one.kind, one.data["note"], one.by_name) for one in told] == [("OFF", "meanwhile", agent.name)]


def test_each_event_lies_in_one_window(chat, agent):
    fill(chat, 120)
    for minutes in range(120):
        at = NOW - timedelta(minutes=minutes, seconds=30)
        ChatEvent.objects.create(chat=chat, kind="CLOSED", by=agent, at=at)
    window = latest(chat)
    told = [entry.item.pk for entry in window.entries if not entry.is_message]
    while window.earlier:
        window = window_of(chat, {"before": window.earlier})
        told += [entry.item.pk for entry in window.entries if not entry.is_message]

    assert len(told) == len(set(told)) == 120


def seen_by(agent, chat):
    return open_chat(chat.pk, agent)


def new_in(agent, chat):
    return [entry.item.text for entry in latest(seen_by(agent, chat)).entries if entry.starts_new]


def test_new_begins_where_this_agent_stopped(chat, agent):
    fill(chat, 5)
    Chat.objects.filter(pk=chat.pk).update(incoming_count=5)
    seen = {"incoming_seen": 3, "seen_until": NOW - timedelta(minutes=2)}
    ChatRead.objects.create(chat=chat, agent=agent, **seen)

    assert new_in(agent, chat) == ["4"]


def test_nothing_is_new_to_who_was_never_here_or_has_read_all(chat, agent):
    fill(chat, 5)
    Chat.objects.filter(pk=chat.pk).update(incoming_count=5, last_message_at=NOW)
    assert new_in(agent, chat) == []

    read_chat(chat, by=agent)
    assert new_in(agent, chat) == []


def test_marked_as_unread_the_last_word_is_new(chat, agent):
    fill(chat, 5)
    Chat.objects.filter(pk=chat.pk).update(incoming_count=5, last_message_at=NOW)
    read_chat(chat, by=agent)
    mark_unread(Chat.objects.get(pk=chat.pk), by=agent)

    assert new_in(agent, chat) == ["5"]


def test_unread_further_up_is_shown_the_way_to(chat, agent):
    messages = fill(chat, 120)
    Chat.objects.filter(pk=chat.pk).update(incoming_count=120)
    seen = {"incoming_seen": 10, "seen_until": messages[9].sent_at}
    ChatRead.objects.create(chat=chat, agent=agent, **seen)

    assert latest(seen_by(agent, chat)).unread_from == str(messages[10].pk)


def test_what_changed_comes_with_what_came_behind(chat, agent):
    messages = fill(chat, 5)
    key = latest(chat).entries[2].key
    ChatEvent.objects.create(chat=chat, kind="CLOSED", by=agent, at=NOW + timedelta(seconds=5))

    found = these(chat, [str(messages[0].pk), "nonsense", str(factories.make_message().pk)], key)
    assert [entry.item.text if entry.is_message else entry.item.kind for entry in found.entries] == [
        "1",
        "4",
        "5",
        "CLOSED",
    ]


@pytest.mark.parametrize("asked", ["latest", "before", "after", "around"])
def test_ten_thousand_messages_cost_what_ten_cost(chat, agent, asked):
    messages = fill(chat, 10_000)
    middle = messages[5000]
    key = f"{middle.sent_at.isoformat()}_{middle.pk}"
    query = {"around": str(middle.pk)} if asked == "around" else {asked: key}
    with CaptureQueriesContext(connection) as queries:
        window = window_of(seen_by(agent, chat), query)

    assert len(texts(window)) == SIZE
    # The chat itself is one of them, and so is what `around` names.
    assert len(queries) <= 3


@pytest.mark.parametrize("name", ["Ada Lovelace", "50 Cent", "+49 151 2345678"])
def test_a_customer_has_one_face_in_the_list_and_in_the_thread(name, chat, agent):
    Contact.objects.filter(identities=chat.identity_id).update(display_name=name)
    fill(chat, 1)
    Chat.objects.filter(pk=chat.pk).update(last_message_at=NOW)
    [row] = page_of(Chat.objects.all(), agent).rows
    [entry] = latest(open_chat(chat.pk, agent)).entries
    assert (entry.item.face.initials, entry.item.face.hue) == (row.initials, row.hue)
