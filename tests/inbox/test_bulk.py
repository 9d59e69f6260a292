"""Many chats at once: what is done to them is undone exactly, by who did it, unless somebody changed it since."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from agents.models import Agent
from inbox.actions.assigning import assign_chat
from inbox.actions.bulk import MOST, assign_many, label_many, read_many, stand_many, undo
from inbox.actions.labelling import add_label
from inbox.actions.reading import read_chat
from inbox.actions.standing import close_chats, reopen_chats, snooze_chats
from inbox.lists import page_of
from inbox.models import Chat, ChatEvent, ChatLabel, ChatRead, Label, Mention
from inbox.snoozing import CHOICES, REPLY, in_words, until
from tests.inbox.conftest import open_chat
from tests.inbox.test_list import agent, channel, chats_at, colleague, say  # noqa: F401
from workspaces.refusals import NotAllowed, Refused

DEED = re.compile(r'name="deed" value="([^"]+)"')
HTMX = {"HTTP_HX_REQUEST": "true"}
State = Chat.State


@pytest.fixture
def chats(channel):  # noqa: F811
    return chats_at(channel, 1, 2, 3)


def ids(chats):
    return [chat.pk for chat in chats]


def owners(chats):
    found = dict(Chat.objects.filter(pk__in=ids(chats)).values_list("pk", "assigned_to"))
    return [found[chat.pk] for chat in chats]


def standings(chats):
    found = {chat.pk: (chat.state, chat.snoozed_until) for chat in Chat.objects.filter(pk__in=ids(chats))}
    return [found[chat.pk] for chat in chats]


def test_assigning_and_back(chats, agent, colleague):  # noqa: F811
    assign_chat(chats[0], colleague, by=agent)
    assign_chat(chats[1], agent, by=agent)

    done = assign_many(ids(chats), agent, by=agent)
    assert (owners(chats), len(done.before)) == ([agent.pk] * 3, 2)

    assert undo(done, by=agent) == 2
    assert owners(chats) == [colleague.pk, agent.pk, None]


def test_undone_twice_is_undone_once(chats, agent):  # noqa: F811
    done = assign_many(ids(chats), agent, by=agent)
    assert [undo(done, by=agent), undo(done, by=agent)] == [3, 0]
    assert ChatEvent.objects.filter(kind="UNASSIGNED").count() == 3


def test_what_somebody_changed_since_stays(chats, agent, colleague):  # noqa: F811
    done = assign_many(ids(chats), agent, by=agent)
    assign_chat(Chat.objects.get(pk=chats[0].pk), colleague, by=colleague)
    assert undo(done, by=agent) == 2
    assert owners(chats) == [colleague.pk, None, None]


def test_it_goes_back_to_nobody_who_takes_no_chats_any_more(chats, agent, colleague):  # noqa: F811
    assign_chat(chats[0], colleague, by=agent)
    done = assign_many(ids(chats), agent, by=agent)
    Agent.objects.filter(pk=colleague.pk).update(is_active=False)
    assert undo(done, by=agent) == 2
    assert owners(chats) == [agent.pk, None, None]


def test_closing_and_back_to_what_each_was(chats, agent):  # noqa: F811
    tomorrow = timezone.now() + timedelta(days=1)
    snooze_chats([chats[0]], tomorrow, by=agent)
    snooze_chats([chats[1]], None, by=agent)
    before = standings(chats)

    done = stand_many(ids(chats), State.CLOSED, by=agent)
    assert {state for state, _ in standings(chats)} == {State.CLOSED}

    assert undo(done, by=agent) == 3
    assert standings(chats) == before


def test_a_snooze_whose_time_is_over_is_not_begun_again(chats, agent):  # noqa: F811
    snooze_chats([chats[0]], timezone.now() + timedelta(hours=1), by=agent)
    done = stand_many(ids(chats), State.CLOSED, by=agent)
    over = (timezone.now() - timedelta(minutes=1)).isoformat()
    done.before[str(chats[0].pk)][1] = over
    undo(done, by=agent)
    assert standings(chats)[0] == (State.OPEN, None)


def test_snoozing_and_back(chats, agent):  # noqa: F811
    close_chats([chats[2]], by=agent)
    done = stand_many(ids(chats), State.SNOOZED, by=agent, until=timezone.now() + timedelta(hours=1))
    undo(done, by=agent)
    assert standings(chats) == [(State.OPEN, None), (State.OPEN, None), (State.CLOSED, None)]


def test_reopened_in_between_is_left_alone(chats, agent, colleague):  # noqa: F811
    done = stand_many(ids(chats), State.SNOOZED, by=agent)
    reopen_chats([chats[0]], by=colleague)
    close_chats([chats[1]], by=colleague)
    assert undo(done, by=agent) == 1
    assert [state for state, _ in standings(chats)] == [State.OPEN, State.CLOSED, State.OPEN]


@pytest.mark.parametrize("on", [True, False])
def test_a_label_and_back(on, chats, agent):  # noqa: F811
    label = Label.objects.create(name="VIP")
    add_label([chats[0]], label, by=agent)
    done = label_many(ids(chats), label, on, by=agent)
    assert ChatLabel.objects.count() == (3 if on else 0)
    undo(done, by=agent)
    assert list(ChatLabel.objects.values_list("chat", flat=True)) == [chats[0].pk]


def test_read_and_unread_again(chats, agent, colleague):  # noqa: F811
    for chat in chats:
        say(chat)
    read_chat(chats[0], by=agent)
    seen = ChatRead.objects.get(chat=chats[0], agent=agent).seen_until
    say(chats[0])
    note = say(chats[1], direction="OUT", sender="AGENT", author=colleague, status="SENT", is_private=True)
    mention = Mention.objects.create(chat=chats[1], message=note, agent=agent)
    unread = unread_of(agent)

    done = read_many(ids(chats), by=agent)
    mention.refresh_from_db()
    assert (sum(unread_of(agent).values()), bool(mention.seen_at)) == (0, True)

    undo(done, by=agent)
    mention.refresh_from_db()
    assert (unread_of(agent), mention.seen_at) == (unread, None)
    assert ChatRead.objects.get(chat=chats[0], agent=agent).seen_until == seen


def unread_of(agent):  # noqa: F811
    return {row.pk: row.unread for row in page_of(Chat.objects.all(), agent).rows}


def test_no_customer_hears_that_all_were_marked_as_read(chats, agent, run_tasks):  # noqa: F811
    Chat.objects.update(unread_count=2)
    for chat in chats:
        say(chat)
    read_many(ids(chats), by=agent)
    assert run_tasks() == []
    assert set(Chat.objects.values_list("unread_count", flat=True)) == {2}


def test_two_hundred_at_once_and_no_more(channel, agent):  # noqa: F811
    chats = [open_chat(channel=channel, last_message_at=timezone.now()) for _ in range(MOST)]
    done = assign_many(ids(chats), agent, by=agent)
    assert undo(done, by=agent) == MOST
    with pytest.raises(Refused):
        assign_many([*ids(chats), chats[0].identity_id], agent, by=agent)


def test_a_viewer_does_nothing_at_all(chats, agent):  # noqa: F811
    agent.role = Agent.Role.VIEWER
    for do in (
        lambda: assign_many(ids(chats), None, by=agent),
        lambda: stand_many(ids(chats), State.CLOSED, by=agent),
        lambda: label_many(ids(chats), Label.objects.create(name="VIP"), True, by=agent),
    ):
        with pytest.raises(NotAllowed):
            do()
    assert ChatEvent.objects.count() == 0


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_of_snoozing_lies_ahead(choice):
    now = timezone.now()
    moment = until(choice, now)
    assert moment is None if choice == REPLY else moment > now


@pytest.mark.parametrize(("language", "clock"), [("en", "9:00 AM"), ("en-gb", "09:00")])
def test_a_choice_is_told_by_the_clock_of_who_reads_it(language, clock):
    with translation.override(language):
        assert in_words()["tomorrow"] == f"Until tomorrow, {clock}"


@pytest.mark.parametrize("day", range(16, 23))
def test_monday_is_the_next_one(day):
    now = timezone.now().replace(year=2026, month=11, day=day, hour=12)
    assert until("monday", now).date().isoformat() == "2026-11-23"


# The door


@pytest.fixture
def post(bo, acme, client_for, agent):  # noqa: F811
    client = client_for(bo, acme)

    def post(do, chats, path="/inbox/all/bulk/", **headers):
        return client.post(path, {"do": do, "ids": [str(chat.pk) for chat in chats]}, **headers)

    post.client = client
    return post


def test_done_told_and_undone(post, chats, agent):  # noqa: F811
    response = post("assign:me", chats, **HTMX)
    page = response.content.decode()
    assert "3 chats: yours." in page
    assert owners(chats) == [agent.pk] * 3

    deed = DEED.search(page)[1]
    assert "Undone." in post.client.post("/inbox/undo/", {"deed": deed}, **HTMX).content.decode()
    assert owners(chats) == [None] * 3
    again = post.client.post("/inbox/undo/", {"deed": deed}, **HTMX).content.decode()
    assert "Nothing is undone: they have been changed since." in again


def test_without_a_script_one_comes_back_to_the_list(post, chats):
    response = post.client.post(
        "/inbox/all/bulk/", {"do": "close", "ids": [str(chats[0].pk)], "back": "/inbox/all/?sort=oldest"}
    )
    assert (response.status_code, response.url) == (302, "/inbox/all/?sort=oldest")
    assert "1 chat: closed." in post.client.get("/inbox/all/").content.decode()
    response = post.client.post("/inbox/all/bulk/", {"do": "close", "back": "https://evil.example/"})
    assert response.url == "/inbox/all/"


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ("dance", "This cannot be done here."),
        ("snooze:never", "This cannot be done here."),
        ("assign:nonsense", "This colleague is no longer here."),
        ("label:nonsense", "This label is no longer there."),
        ("reopen", "Nothing to change: open again already."),
    ],
)
def test_what_cannot_be_done_is_told(do, words, post, chats):
    page = post(do, chats, **HTMX).content.decode()
    assert words in page
    assert "deed" not in page
    assert ChatEvent.objects.count() == 0


def test_nothing_ticked(post):
    assert "Nothing is ticked." in post("close", [], **HTMX).content.decode()


def test_nobody_undoes_what_another_did(post, chats, ana, acme, client_for):
    deed = DEED.search(post("close", chats, **HTMX).content.decode())[1]
    page = client_for(ana, acme).post("/inbox/undo/", {"deed": deed}, **HTMX).content.decode()
    assert "too late" in page
    assert {state for state, _ in standings(chats)} == {State.CLOSED}


def test_a_viewer_has_no_door(chats, vi, acme, client_for):
    client = client_for(vi, acme)
    assert client.post("/inbox/all/bulk/", {"do": "close", "ids": [str(chats[0].pk)]}).status_code == 403
    assert 'id="bulk"' not in client.get("/inbox/all/").content.decode()


def test_chats_that_one_may_not_see_are_left_alone(post, chats, agent, colleague):  # noqa: F811
    agent.position.permissions = []
    agent.position.save()
    assign_chat(chats[0], agent, by=colleague)
    assign_chat(chats[1], colleague, by=colleague)
    assert "1 chat: closed." in post("close", chats, path="/inbox/mine/bulk/", **HTMX).content.decode()
    assert [state for state, _ in standings(chats)] == [State.CLOSED, State.OPEN, State.OPEN]
