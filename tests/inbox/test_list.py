"""The list: what its rows tell, in which order, how it is paged, and what each may see."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.assigning import assign_chat
from inbox.actions.labelling import add_label, set_priority
from inbox.actions.reading import read_chat
from inbox.actions.standing import close_chats
from inbox.boxes import find_box
from inbox.lists import page_of
from inbox.models import Chat, Contact, Draft, Identity, Label
from inbox.rows import ago, initials_of, left
from tests import factories
from tests.inbox.conftest import open_chat

ROW = re.compile(r'id="row-([0-9a-f-]+)"')


@pytest.fixture
def agent(in_acme, bo):
    return there(factories.agent_of(bo, in_acme), in_acme)


@pytest.fixture
def colleague(in_acme, ana):
    return there(factories.agent_of(ana, in_acme), in_acme)


def there(agent, workspace):
    connection.set_tenant(workspace)
    return agent


@pytest.fixture
def channel(in_acme):
    return factories.make_channel()


def chats_at(channel, *minutes, **over):
    now = timezone.now()
    return [open_chat(channel=channel, last_message_at=now - timedelta(minutes=ago), **over) for ago in minutes]


def say(chat, **over):
    """The last word, with the row's columns as they become by it."""
    message = factories.make_message(chat, **over)
    coming = {"incoming_count": chat.incoming_count + 1} if message.direction == "IN" else {}
    Chat.objects.filter(pk=chat.pk).update(last_message=message, last_message_at=message.sent_at, **coming)
    chat.refresh_from_db()
    return message


def row_of(chat, agent, box="all"):
    return next(row for row in page_of(find_box(agent, box).chats, agent).rows if row.pk == chat.pk)


def shown(response):
    return ROW.findall(response.content.decode())


# Rows


def test_the_customers_word_is_shown_as_it_is(chat, agent):
    say(chat, text="Where is my parcel?")
    row = row_of(chat, agent)
    assert (row.text, row.writer, row.state, row.icon, row.unread) == ("Where is my parcel?", "", "", "", 1)


@pytest.mark.parametrize(
    ("status", "state", "icon", "tone"),
    [
        ("QUEUED", "Waiting to be sent", "clock", ""),
        ("SENT", "Sent", "check", ""),
        ("DELIVERED", "Delivered", "check-double", ""),
        ("READ", "Read", "check-double", "accent"),
        ("FAILED", "Not sent", "danger", "danger"),
        ("UNCONFIRMED", "Perhaps sent", "warning", "warning"),
    ],
)
def test_what_became_of_an_answer(status, state, icon, tone, chat, agent):
    say(chat, direction="OUT", sender="AGENT", author=agent, status=status)
    row = row_of(chat, agent)
    assert (row.writer, row.state, row.state_icon, row.state_tone) == ("You", state, icon, tone)


def test_who_wrote_what_is_ours(chat, agent, colleague):
    say(chat, direction="OUT", sender="AGENT", author=colleague, status="SENT")
    assert row_of(chat, agent).writer == "Ana"
    assert row_of(chat, colleague).writer == "You"
    assert row_of(chat, agent).writer == "Ana"
    say(chat, direction="OUT", sender="ELSEWHERE", status="SENT")
    assert row_of(chat, agent).writer == "Another tool"


def test_a_note_is_told_as_one(chat, agent, colleague):
    say(chat, direction="OUT", sender="AGENT", author=colleague, status="SENT", is_private=True, text="VIP")
    row = row_of(chat, agent)
    assert (row.is_note, row.icon, row.text, row.state) == (True, "note", "VIP", "")


@pytest.mark.parametrize(
    ("fields", "icon", "text"),
    [
        ({"type": "IMAGE", "text": ""}, "image", "Image"),
        ({"type": "IMAGE", "text": "My receipt"}, "image", "My receipt"),
        ({"type": "VOICE", "text": ""}, "play", "Voice note"),
        ({"type": "LOCATION", "text": ""}, "map-pin", "Location"),
        ({"type": "UNSUPPORTED", "text": ""}, "info", "Cannot be shown here"),
        ({"text": "Secret", "deleted_at": timezone.now()}, "", "Message deleted"),
    ],
)
def test_what_is_no_text_is_told_in_words(fields, icon, text, chat, agent):
    say(chat, **fields)
    row = row_of(chat, agent)
    assert (row.icon, row.text) == (icon, text)


def test_unread_is_counted_for_each_agent(chat, agent, colleague):
    say(chat)
    say(chat)
    read_chat(chat, by=agent)
    say(chat)
    assert (row_of(chat, agent).unread, row_of(chat, colleague).unread) == (1, 3)


def test_marks(chat, agent, colleague):
    for name in ("Zebra", "Apple", "Mango"):
        add_label([chat], Label.objects.create(name=name, colour="blue"), by=agent)
    set_priority([chat], Chat.Priority.URGENT, by=agent)
    assign_chat(chat, colleague, by=agent)
    Draft.objects.create(chat=chat, agent=agent, kind="REPLY", text="Hel")
    say(chat)

    row = row_of(chat, agent)
    assert [label.name for label in row.labels] == ["Apple", "Mango"]
    assert (row.more_labels, row.more_count) == ("Zebra", "1")
    assert (row.priority, row.priority_tone, row.owner, row.owner_initials) == ("Urgent", "danger", "Ana Alvarez", "AA")
    # What is unread is more to the point than what was begun.
    assert (row.has_draft, row.draft) == (True, "")
    assert not row_of(chat, colleague).has_draft


def test_what_was_begun_is_shown_instead_of_the_last_message(chat, agent, colleague, bo, acme, client_for):
    say(chat, text="Where is my parcel?")
    read_chat(chat, by=agent)
    Draft.objects.create(chat=chat, agent=agent, kind="REPLY", text="It is\non its")
    shown = client_for(bo, acme).get("/inbox/all/rows/").content.decode()
    assert "It is on its" in shown
    assert "Where is my parcel?" not in shown
    assert row_of(chat, colleague).draft == ""


@pytest.mark.parametrize("before", ["", "x" * 110], ids=["whole", "cut within a name's id"])
def test_who_is_mentioned_in_what_was_begun_is_called_by_name_alone(chat, agent, colleague, before):
    say(chat)
    read_chat(chat, by=agent)
    text = f"{before} ask @[Ana Alvarez]({colleague.pk}) for the number"
    Draft.objects.create(chat=chat, agent=agent, kind="NOTE", text=text)
    shown = row_of(chat, agent).draft
    assert f"{before} ask @Ana Alvarez".strip() in shown
    assert "[" not in shown


def test_how_long_somebody_waits_and_how_long_one_may_answer(channel, agent):
    now = timezone.now()
    long, short = chats_at(channel, 1, 2)
    Chat.objects.filter(pk=long.pk).update(
        waiting_since=now - timedelta(hours=5), window_expires_at=now + timedelta(minutes=90, seconds=30)
    )
    Chat.objects.filter(pk=short.pk).update(waiting_since=now, window_expires_at=now + timedelta(hours=20))

    row, other = row_of(long, agent), row_of(short, agent)
    assert (row.waiting, row.waiting_tone, row.window) == ("5 h", "danger", "1 h left")
    assert (other.waiting, other.waiting_tone, other.window) == ("now", "", "")


def test_who_is_done_with_waits_no_longer(chat, agent):
    Chat.objects.filter(pk=chat.pk).update(waiting_since=timezone.now() - timedelta(hours=5))
    say(chat)
    close_chats([chat], by=agent)
    row = row_of(chat, agent, "closed")
    assert (row.waiting, row.window) == ("", "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "now"), (59, "now"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (86399, "23 h"), (86400, "1 d")],
)
def test_times_are_short(seconds, words):
    now = timezone.now()
    assert ago(now - timedelta(seconds=seconds), now) == words


def test_what_is_old_has_a_date():
    now = timezone.now().replace(year=2026, month=5, day=20)
    assert ago(now.replace(day=3), now) == "3 May"
    assert ago(now.replace(year=2024), now) == "20 May 2024"


def test_the_last_minute_is_a_minute():
    now = timezone.now()
    assert left(now + timedelta(seconds=5), now) == "1 min left"


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ada Lovelace", "AL"),
        ("Ada", "A"),
        ("Ada King Lovelace", "AL"),
        ("+49 151", ""),
        ("👩 Ada", "A"),
        ("محمد علي", "مع"),
    ],
)
def test_initials(name, initials):
    assert initials_of(name) == initials


def test_a_row_is_written_so_that_no_name_turns_it_round(chat, ana, acme, client_for):
    Contact.objects.filter(identities=chat.identity_id).update(display_name="<b>محمد</b>")
    say(chat, text="<script>")
    page = client_for(ana, acme).get("/inbox/all/rows/").content.decode()
    assert '<bdi class="chat-row__name">&lt;b&gt;محمد&lt;/b&gt;</bdi>' in page
    assert "<bdi>&lt;script&gt;</bdi>" in page


# Order and pages


@pytest.mark.parametrize("sort", ["newest", "oldest", "waiting"])
def test_every_chat_comes_once_whatever_the_order(sort, channel, agent):
    now = timezone.now()
    chats = chats_at(channel, *range(23))
    for number, chat in enumerate(chats):
        # Some at the same moment, some not waiting at all.
        since = now - timedelta(minutes=number // 3) if number % 2 else None
        Chat.objects.filter(pk=chat.pk).update(waiting_since=since)
    chats_open = find_box(agent, "all").chats
    seen, after = [], ""
    for _ in range(10):
        page = page_of(chats_open, agent, sort=sort, after=after, size=4)
        seen += page.rows
        if not (after := page.next):
            break

    assert len(seen) == 23 == len({row.pk for row in seen})
    assert [int(row.order) for row in seen] == sorted(int(row.order) for row in seen)


def test_nonsense_in_the_address_is_the_first_page(channel, agent, ana, acme, client_for):
    chats_at(channel, 1)
    for query in ("after=nonsense", "after=~", "sort=upside-down", "after=2026-01-01T00:00:00%2B00:00_x"):
        response = client_for(ana, acme).get(f"/inbox/all/?{query}")
        assert (response.status_code, len(shown(response))) == (200, 1)


def test_a_page_leads_on_to_the_next(channel, ana, acme, client_for, monkeypatch):
    monkeypatch.setattr("inbox.lists.page_of.__kwdefaults__", {**page_of.__kwdefaults__, "size": 2})
    newest, _, oldest = chats_at(channel, 1, 2, 3)
    client = client_for(ana, acme)
    first = client.get("/inbox/all/")
    more = re.search(r'hx-get="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    assert str(newest.pk) in shown(first)
    assert shown(client.get(more)) == [str(oldest.pk)]


@pytest.mark.parametrize("path", ["/inbox/all/", "/inbox/all/rows/", "/inbox/all/?sort=waiting"])
def test_a_page_takes_as_many_queries_for_forty_chats_as_for_two(path, channel, agent, ana, acme, client_for):
    client = client_for(ana, acme)
    label = Label.objects.create(name="VIP")

    def fill(count):
        for chat in chats_at(channel, *range(count)):
            add_label([chat], label, by=agent)
            assign_chat(chat, agent, by=agent)
            say(chat, direction="OUT", sender="AGENT", author=agent, status="SENT")

    def queries():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]

    fill(2)
    client.get(path)
    few = queries()
    fill(38)
    many = queries()
    assert len(few) == len(many) <= 7, "\n".join(many)


# What has changed


def test_rows_that_changed_are_told_from_those_that_left(channel, agent, ana, acme, client_for):
    stays, leaves = chats_at(channel, 1, 2)
    close_chats([leaves], by=agent)
    page = client_for(ana, acme).get(f"/inbox/all/rows/?ids={stays.pk},{leaves.pk},nonsense").content.decode()
    assert ROW.findall(page) == [str(stays.pk)]
    assert f'data-gone="row-{leaves.pk}">Closed by {agent.name}<' in page


@pytest.mark.parametrize("ids", ["", "nonsense", "00000000-0000-7000-8000-000000000000"])
def test_of_what_is_no_chat_nothing_is_told(ids, ana, acme, client_for):
    page = client_for(ana, acme).get(f"/inbox/all/rows/?ids={ids}")
    assert (page.status_code, shown(page)) == (200, [])


def test_of_a_chat_that_is_not_ones_own_nothing_is_told(channel, agent, colleague, bo, acme, client_for):
    agent.position.permissions = []
    agent.position.save()
    (chat,) = chats_at(channel, 1)
    assign_chat(chat, colleague, by=colleague)
    page = client_for(bo, acme).get(f"/inbox/mine/rows/?ids={chat.pk}").content.decode()
    assert f'data-gone="row-{chat.pk}" data-unseen>No longer in this list<' in page


# Pictures


@pytest.fixture
def pictured(chat, acme):
    name = default_storage.save(f"{acme.schema_name}/pictures/face.webp", ContentFile(b"RIFFxxxxWEBP"))
    Identity.objects.filter(pk=chat.identity_id).update(picture=name)
    return chat


def test_a_customers_picture_is_shown(pictured, agent, ana, acme, client_for):
    say(pictured)
    row = row_of(pictured, agent)
    response = client_for(ana, acme).get(row.picture)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert b"".join(response.streaming_content) == b"RIFFxxxxWEBP"


def test_not_to_who_may_not_read_the_chat(pictured, agent, bo, acme, client_for):
    agent.position.permissions = []
    agent.position.save()
    client = client_for(bo, acme)
    assert client.get(f"/pictures/{pictured.identity_id}/").status_code == 404
    Chat.objects.filter(pk=pictured.pk).update(assigned_to=agent)
    assert client.get(f"/pictures/{pictured.identity_id}/").status_code == 200


def test_where_there_is_no_picture_there_is_none(chat, ana, acme, client_for):
    assert client_for(ana, acme).get(f"/pictures/{chat.identity_id}/").status_code == 404


def test_the_page_is_drawn_as_the_browser_last_had_it(chat, ana, acme, client_for):
    client = client_for(ana, acme)
    assert 'data-list="22" data-pane' in client.get("/inbox/all/").content.decode()
    client.cookies["inbox_list"], client.cookies["inbox_boxes"] = "30", "closed"
    assert 'data-list="30" data-folded' in client.get("/inbox/all/").content.decode()
    client.cookies["inbox_list"] = "9999999999"
    assert 'data-list="22"' in client.get("/inbox/all/").content.decode()
