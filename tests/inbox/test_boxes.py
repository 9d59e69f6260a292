"""Boxes: which chats lie in each, how many, and what narrows them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.assigning import assign_chat
from inbox.actions.labelling import add_label, set_priority
from inbox.actions.reading import read_chat
from inbox.actions.standing import close_chats, snooze_chats
from inbox.boxes import STANDING, find_box
from inbox.counts import Count, counts_of, in_view
from inbox.forms.filters import FilterForm
from inbox.furniture import furniture_of
from inbox.lists import page_of
from inbox.models import Chat, Identity, Label, Mention, SavedView
from tests.factories import make_channel
from tests.inbox.conftest import open_chat
from tests.inbox.test_list import agent, channel, colleague, say, shown  # noqa: F401

COUNT = re.compile(r'<data value="([^"]+)">([^<]*)</data>')


@pytest.fixture
def chats(channel, agent, colleague):  # noqa: F811
    """Mine, a colleague's, nobody's, a snoozed one and a closed one."""
    now = timezone.now()
    names = ["mine", "theirs", "free", "snoozed", "closed"]
    made = {
        name: open_chat(channel=channel, last_message_at=now - timedelta(minutes=n)) for n, name in enumerate(names)
    }
    assign_chat(made["mine"], agent, by=agent)
    assign_chat(made["theirs"], colleague, by=agent)
    snooze_chats([made["snoozed"]], None, by=agent)
    close_chats([made["closed"]], by=agent)
    return made


def names_in(box, agent, chats, **filters):  # noqa: F811
    named = {chat.pk: name for name, chat in chats.items()}
    found = page_of(find_box(agent, box).narrowed(filters, agent), agent)
    return [named.get(row.pk, "another") for row in found.rows]


def limit(agent):  # noqa: F811
    """To what is their own."""
    agent.position.permissions = []
    agent.position.save()
    return type(agent).objects.with_person().get(pk=agent.pk)


def counts(agent):  # noqa: F811
    return {key: count.number for key, count in counts_of(agent, furniture_of(agent).views).items()}


@pytest.mark.parametrize(
    ("box", "names"),
    [
        ("mine", ["mine"]),
        ("unassigned", ["free"]),
        ("all", ["mine", "theirs", "free"]),
        ("snoozed", ["snoozed"]),
        ("closed", ["closed"]),
        ("mentions", []),
    ],
)
def test_what_lies_in_a_box(box, names, agent, chats):  # noqa: F811
    assert names_in(box, agent, chats) == names


def test_who_may_not_read_all_has_his_own_alone(agent, chats):  # noqa: F811
    limited = limit(agent)
    assert names_in("all", limited, chats) == ["mine"]
    assert names_in("unassigned", limited, chats) == []
    found = counts(limited)
    assert (found["all"], found["mine"], found["unassigned"], found["snoozed"]) == (1, 1, 0, 0)


def test_counts(agent, colleague, chats, channel):  # noqa: F811
    label = Label.objects.create(name="VIP", colour="blue")
    add_label([chats["mine"], chats["closed"]], label, by=agent)
    note = say(chats["theirs"], direction="OUT", sender="AGENT", author=colleague, status="SENT", is_private=True)
    Mention.objects.create(chat=chats["theirs"], message=note, agent=agent)
    say(chats["mine"])

    found = counts(agent)

    assert {key: found[key] for key in STANDING if key != "closed"} == {
        "mine": 1,
        "unassigned": 1,
        "all": 3,
        "mentions": 1,
        "snoozed": 1,
    }
    assert (found[f"channel-{channel.pk}"], found[f"label-{label.pk}"], found["unread"]) == (3, 1, 1)
    assert names_in("mentions", agent, chats) == ["theirs"]
    for name in ("mine", "theirs"):
        read_chat(chats[name], by=agent)
    found = counts(agent)
    assert (found["unread"], found["mentions"]) == (0, 0)


def test_counts_are_one_query(agent, chats):  # noqa: F811
    views = furniture_of(agent).views
    with CaptureQueriesContext(connection) as queries:
        counts_of(agent, views)
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (Count(0), ""),
        (Count(1), "1"),
        (Count(499), "499"),
        (Count(500), "500+"),
        (Count(4, and_more=True), "4+"),
        (Count(0, and_more=True), ""),
    ],
)
def test_a_number_is_capped(count, words):
    assert str(count) == words


def test_no_more_is_counted_than_is_shown(agent, chats, monkeypatch):  # noqa: F811
    monkeypatch.setattr("inbox.counts.CAP", 2)
    assert counts(agent)["all"] == 2


def test_what_no_index_holds_is_counted_among_the_newest(agent, chats, monkeypatch):  # noqa: F811
    label = Label.objects.create(name="VIP")
    add_label([chats["mine"], chats["free"]], label, by=agent)
    view = SavedView.objects.create(name="VIPs", owner=agent, filters={"label": str(label.pk)})
    views = furniture_of(agent).views
    for key in (f"label-{label.pk}", f"view-{view.pk}"):
        assert str(counts_of(agent, views)[key]) == "2"
    monkeypatch.setattr("inbox.counts.AMONG", 2)
    in_view.cache_clear()
    for key in (f"label-{label.pk}", f"view-{view.pk}"):
        assert str(counts_of(agent, views)[key]) == "1+"


def test_views_are_counted_as_they_are_seen(agent, colleague, chats):  # noqa: F811
    say(chats["mine"])
    own = {"owner": agent, "name": "x"}
    for filters, count in [
        ({}, 3),
        ({"assignee": "me"}, 1),
        ({"assignee": str(colleague.pk)}, 1),
        ({"unread": True}, 1),
        ({"state": "CLOSED"}, 1),
        ({"assignee": "me", "unread": True, "waiting": True}, 0),
        ({"q": "Customer"}, 3),
        ({"q": "100%"}, 0),
    ]:
        view = SavedView.objects.create(filters=filters, **own)
        assert counts(agent)[f"view-{view.pk}"] == count, filters


def test_the_numbers_are_a_fragment(chats, bo, acme, client_for):
    found = dict(COUNT.findall(client_for(bo, acme).get("/inbox/counts/").content.decode()))
    assert (found["mine"], found["all"], found["mentions"]) == ("1", "3", "")


@pytest.mark.parametrize("key", ["nonsense", "view-nonsense", "label-00000000-0000-7000-8000-000000000000", "channel-"])
def test_a_box_that_is_not_there(key, ana, acme, client_for):
    assert client_for(ana, acme).get(f"/inbox/{key}/").status_code == 404


def test_one_comes_back_to_the_last_box_as_long_as_it_is_there(chats, agent, bo, acme, client_for):  # noqa: F811
    label = Label.objects.create(name="VIP")
    client = client_for(bo, acme)
    client.get(f"/inbox/label-{label.pk}/")
    assert client.get("/inbox/").url == f"/inbox/label-{label.pk}/"
    label.delete()
    assert client.get("/inbox/").url == "/inbox/mine/"


def test_an_empty_box_says_what_would_be_in_it(ana, acme, client_for):
    page = client_for(ana, acme).get("/inbox/mentions/").content.decode()
    assert "Nobody has mentioned you" in page


# Filters


def test_filters(agent, colleague, chats, channel):  # noqa: F811
    label = Label.objects.create(name="VIP")
    add_label([chats["theirs"]], label, by=agent)
    set_priority([chats["free"]], Chat.Priority.HIGH, by=agent)
    say(chats["mine"])
    now = timezone.now()
    Chat.objects.filter(pk=chats["free"].pk).update(waiting_since=now, window_expires_at=now + timedelta(hours=1))
    Identity.objects.filter(pk=chats["theirs"].identity_id).update(name="Zoë Müller")

    for filters, names in [
        ({"assignee": "me"}, ["mine"]),
        ({"assignee": "nobody"}, ["free"]),
        ({"assignee": str(colleague.pk)}, ["theirs"]),
        ({"label": str(label.pk)}, ["theirs"]),
        ({"priority": 1}, ["free"]),
        ({"priority": 2}, []),
        ({"waiting": True}, ["free"]),
        ({"unread": True}, ["mine"]),
        ({"closing": True}, ["free"]),
        ({"q": "müll"}, ["theirs"]),
        ({"state": "CLOSED"}, ["closed"]),
        ({"platform": "WHATSAPP"}, []),
        ({"channel": str(channel.pk), "assignee": "me"}, ["mine"]),
    ]:
        assert names_in("all", agent, chats, **filters) == names, filters


def test_a_phone_is_found_by_its_digits(agent, chats):  # noqa: F811
    Identity.objects.filter(pk=chats["free"].identity_id).update(phone="4915112345")
    assert names_in("all", agent, chats, q="+49 151") == ["free"]


def test_closed_stays_closed_whatever_is_asked(agent, chats):  # noqa: F811
    assert names_in("closed", agent, chats, state="OPEN") == ["closed"]


def test_any_state_is_a_state_to_ask_for(agent, chats):  # noqa: F811
    assert set(names_in("all", agent, chats, state="ANY")) == set(chats)
    assert set(names_in("mine", agent, chats, state="ANY")) == {"mine"}
    # Closed is closed.
    assert names_in("closed", agent, chats, state="ANY") == ["closed"]
    view = SavedView.objects.create(name="All there is", owner=agent, filters={"state": "ANY"})
    assert set(names_in(f"view-{view.pk}", agent, chats)) == set(chats)
    assert counts(agent)[f"view-{view.pk}"] == len(chats)
    assert names_in(f"view-{view.pk}", agent, chats, state="CLOSED") == ["closed"]


def test_filters_stand_in_the_address_and_can_be_taken_off(chats, bo, acme, client_for):
    page = client_for(bo, acme).get("/inbox/all/?assignee=me&waiting=&sort=oldest&unread=on").content.decode()
    assert "Assigned to: Me" in page
    assert 'href="?unread=on&amp;sort=oldest"' in page
    assert 'href="?assignee=me&amp;sort=oldest"' in page


@pytest.mark.parametrize(
    "query",
    [
        "assignee=nonsense",
        "channel=1",
        "label=%00",
        "state=BURNT",
        "platform=MYSPACE",
        "priority=9",
        "priority=x",
        "assignee=me&assignee=x",
    ],
)
def test_nonsense_narrows_nothing_and_is_told(query, chats, bo, acme, client_for):
    response = client_for(bo, acme).get(f"/inbox/all/?{query}")
    assert (response.status_code, len(shown(response))) == (200, 3)
    assert "Left out, as it cannot be understood" in response.content.decode()


def test_a_filter_for_what_is_gone_shows_nothing(chats, bo, acme, client_for):
    response = client_for(bo, acme).get("/inbox/all/?label=00000000-0000-7000-8000-000000000000")
    assert (response.status_code, shown(response)) == (200, [])
    assert "no longer there" in response.content.decode()


def test_what_is_valid_is_kept_beside_what_is_not():
    form = FilterForm({"assignee": "me", "label": "nonsense"})
    assert (form.filters, form.left_out) == ({"assignee": "me"}, ["Label"])


def test_a_workspace_without_channels_is_told_where_chats_come_from(in_acme, sam, bo, acme, client_for):
    told = client_for(sam, acme).get("/inbox/mine/").content.decode()
    assert "No channel yet" in told
    assert 'class="button" href="/settings/channels/"' in told
    assert "Connect a channel" not in client_for(bo, acme).get("/inbox/mine/").content.decode()


def test_what_is_put_away_says_so_among_open_ones(chats, bo, acme, client_for):
    client = client_for(bo, acme)
    mixed = client.get("/inbox/all/?state=ANY").content.decode()
    assert re.findall(r"</svg>(Snoozed|Closed)</span>", mixed) == ["Snoozed", "Closed"]
    assert not re.findall(r"</svg>(Snoozed|Closed)</span>", client.get("/inbox/closed/").content.decode())


def test_channels_of_one_name_keep_their_places(agent):  # noqa: F811
    """By platform; not by which was written last."""
    made = [make_channel(name="Acme", platform=platform) for platform in ("FACEBOOK", "INSTAGRAM", "WHATSAPP")]
    before = [piece.kind for piece in furniture_of(agent).channels if piece.name == "Acme"]
    type(made[0]).objects.filter(pk=made[0].pk).update(last_sent_at=timezone.now())
    after = [piece.kind for piece in furniture_of(agent).channels if piece.name == "Acme"]
    assert before == after == ["FACEBOOK", "INSTAGRAM", "WHATSAPP"]
