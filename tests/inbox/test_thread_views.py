"""The thread over HTTP: with scripts and without, to who may read the chat, and for nobody else."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.models import Chat, ChatEvent, ChatLabel, ChatRead, Label, Message
from tests import factories

HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def agent(in_acme, bo):
    found = factories.agent_of(bo, in_acme)
    connection.set_tenant(in_acme)
    return found


@pytest.fixture
def colleague(in_acme, ana):
    found = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    return found


@pytest.fixture
def browser(client_for, bo, acme):
    return client_for(bo, acme)


@pytest.fixture
def pane(browser, acme):
    def pane(chat, query="", **over):
        return browser.get(f"/inbox/all/{chat.pk}/{query}", **over)

    return pane


def asked(acme, model, **filters):
    with schema_context(acme.schema_name):
        return model.objects.get(**filters)


def reading(chat, agent):
    return ChatRead.objects.filter(chat=chat, agent=agent).exists()


def test_the_pane_alone_and_the_whole_page(chat, pane, agent):
    factories.make_message(chat, text="Hello there")
    piece = pane(chat, headers={"HX-Request": "true", "HX-Target": "thread"})
    fragment, page = piece.text, pane(chat).text

    assert "Hello there" in fragment
    assert "Hello there" in page
    assert "<html" not in fragment
    assert 'role="log" aria-live="off"' in page
    # Else a browser that goes back shows the piece that it has kept for the page.
    assert "HX-Target" in piece["Vary"]


def test_looking_reads_nothing_and_telling_does(chat, pane, agent, browser, acme):
    factories.make_message(chat)
    Chat.objects.filter(pk=chat.pk).update(incoming_count=1, unread_count=1, last_message_at=timezone.now())
    pane(chat)
    browser.get(f"/chats/{chat.pk}/messages/")
    with schema_context(acme.schema_name):
        assert not reading(chat, agent)

    assert browser.post(f"/chats/{chat.pk}/reading/", **HTMX).status_code == 204
    with schema_context(acme.schema_name):
        assert reading(chat, agent)
        assert Chat.objects.get(pk=chat.pk).unread_count == 0

    answer = browser.post(f"/chats/{chat.pk}/reading/", {"what": "unread"}, **HTMX)
    assert "chat:unread" in json.loads(answer["HX-Trigger"])
    with schema_context(acme.schema_name):
        assert ChatRead.objects.get(chat=chat).incoming_seen == 0


def test_pages_of_it(chat, pane, agent, browser):
    now = timezone.now()
    for number in range(60):
        factories.make_message(chat, text=f"word-{number}-", sent_at=now - timedelta(minutes=60 - number))
    html = browser.get(f"/chats/{chat.pk}/messages/").text
    earlier = re.search(r'data-earlier="([^"]+)"', html)[1]
    before = browser.get(f"/chats/{chat.pk}/messages/", {"before": earlier}).text

    assert ("word-10-" in html, "word-9-" in html) == (True, False)
    assert ("word-10-" in before, "word-9-" in before) == (False, True)
    # Without scripts the same way leads there.
    link = re.search(r'id="earlier"><a[^>]*href="([^"]+)"', pane(chat).text)[1]
    assert "word-9-" in pane(chat, link).text


def test_what_has_changed_is_asked_for_by_id(chat, agent, browser, in_acme):
    first, _ = (factories.make_message(chat, text=text) for text in ("first", "second"))
    foreign = factories.make_message(text="foreign")
    html = browser.get(f"/chats/{chat.pk}/messages/", {"ids": f"{first.pk},{foreign.pk},nonsense"}).text

    assert ("first" in html, "second" in html, "foreign" in html) == (True, False, False)


@pytest.mark.parametrize(
    "address", ["/chats/{}/messages/", "/chats/{}/head/", "/chats/{}/assignment/", "/chats/{}/labels/"]
)
def test_a_chat_that_is_not_ones_own_to_see_is_not_there(address, chat, agent, browser, acme):
    with schema_context(acme.schema_name):
        agent.position.permissions = ["team.view"]
        agent.position.save()

    assert browser.get(address.format(chat.pk)).status_code == 404


def test_the_head_says_whose_it_is(chat, agent, colleague, browser, acme):
    with schema_context(acme.schema_name):
        Chat.objects.filter(pk=chat.pk).update(assigned_to=colleague, priority=2)
    html = browser.get(f"/chats/{chat.pk}/head/").text

    assert (colleague.name in html, "Urgent" in html, "Unassigned" in html) == (True, True, False)


ACTS = [
    ("assignment", {"to": "{me}"}, {"assigned_to": "{me}"}, "ASSIGNED"),
    ("state", {"to": "CLOSED"}, {"state": "CLOSED"}, "CLOSED"),
    ("snooze", {"when": "tomorrow"}, {"state": "SNOOZED"}, "SNOOZED"),
    ("snooze", {"when": "reply"}, {"state": "SNOOZED", "snoozed_until": None}, "SNOOZED"),
    ("snooze", {"when": "at", "at": "2126-01-01T10:00"}, {"state": "SNOOZED"}, "SNOOZED"),
    ("labels", {"label": "{label}", "on": "1"}, {"labels": "{label}"}, "LABELLED"),
    ("priority", {"to": "2"}, {"priority": 2}, "PRIORITY"),
]


@pytest.mark.parametrize("scripted", [True, False])
@pytest.mark.parametrize(("act", "sent", "then", "told"), ACTS)
def test_each_act_of_the_head(act, sent, then, told, scripted, chat, agent, browser, acme):
    with schema_context(acme.schema_name):
        ids = {"me": str(agent.pk), "label": str(Label.objects.create(name="Refund").pk)}
    sent = {key: value.format(**ids) for key, value in sent.items()}
    then = {key: value.format(**ids) if isinstance(value, str) else value for key, value in then.items()}
    for _ in range(2):
        answer = browser.post(f"/chats/{chat.pk}/{act}/", sent, **(HTMX if scripted else {}))

    assert answer.status_code == (200 if scripted else 302)
    if scripted:
        assert json.loads(answer["HX-Trigger"])["live:chat"] == {"chat": str(chat.pk)}
    with schema_context(acme.schema_name):
        assert Chat.objects.filter(pk=chat.pk, **then).count() == 1
        assert [event.kind for event in ChatEvent.objects.filter(chat=chat)] == [told]


def test_an_act_can_be_undone(chat, agent, browser, acme):
    html = browser.post(f"/chats/{chat.pk}/state/", {"to": "CLOSED"}, **HTMX).text
    deed = re.search(r'name="deed" value="([^"]+)"', html)[1]
    browser.post("/inbox/undo/", {"deed": deed}, **HTMX)

    assert asked(acme, Chat, pk=chat.pk).state == "OPEN"


def test_a_time_of_ones_own_is_meant_where_one_is(chat, agent, bo, browser, acme):
    bo.profile.timezone = "Asia/Tokyo"
    bo.profile.save()
    browser.post(f"/chats/{chat.pk}/snooze/", {"when": "at", "at": "2126-01-01T10:00"})

    assert asked(acme, Chat, pk=chat.pk).snoozed_until.isoformat() == "2126-01-01T01:00:00+00:00"


REFUSED = [
    ("snooze", {"when": "at", "at": "2020-01-01T10:00"}),
    ("snooze", {"when": "at"}),
    ("snooze", {"when": "at", "at": "soon"}),
    ("snooze", {"when": "never"}),
    ("state", {"to": "GONE"}),
    ("priority", {"to": "9"}),
    ("assignment", {"to": "nobody I know"}),
    ("assignment", {"to": str(uuid.uuid4())}),
    ("labels", {"label": "x", "on": "1"}),
]


@pytest.mark.parametrize(("act", "sent"), REFUSED)
def test_what_cannot_be_done_is_said_and_leaves_the_head_alone(act, sent, chat, agent, browser, acme):
    answer = browser.post(f"/chats/{chat.pk}/{act}/", sent, **HTMX)

    assert answer["HX-Reswap"] == "none"
    assert "toast--error" in answer.text
    with schema_context(acme.schema_name):
        assert not ChatEvent.objects.filter(chat=chat).exists()


def test_a_viewer_does_none_of_it(chat, client_for, vi, acme):
    viewer = client_for(vi, acme)
    for act, sent, *_ in ACTS:
        assert viewer.post(f"/chats/{chat.pk}/{act}/", sent).status_code == 403


def test_menus_are_pages_too(chat, agent, colleague, browser, acme):
    with schema_context(acme.schema_name):
        ChatLabel.objects.create(chat=chat, label=Label.objects.create(name="Refund"))
    people, labels = (browser.get(f"/chats/{chat.pk}/{name}/").text for name in ("assignment", "labels"))

    assert (colleague.name in people, "<html" in people) == (True, True)
    assert 'aria-pressed="true"' in labels
    assert "<html" not in browser.get(f"/chats/{chat.pk}/labels/", **HTMX).text


def answer_of(chat, agent, status, **over):
    fields = {"direction": "OUT", "sender": "AGENT", "author": agent, "status": status, "external_id": None, **over}
    return factories.make_message(chat, **fields)


@pytest.mark.parametrize(
    ("status", "decision", "then"),
    [
        ("FAILED", "retry", "QUEUED"),
        ("UNCONFIRMED", "again", "QUEUED"),
        ("UNCONFIRMED", "arrived", "SENT"),
        ("QUEUED", "cancel", "FAILED"),
    ],
)
def test_a_decision_is_taken_once(status, decision, then, chat, agent, browser, acme):
    message = answer_of(chat, agent, status)
    first, second = (browser.post(f"/messages/{message.pk}/{decision}/", **HTMX) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert f'id="message-{message.pk}"' in second.text
    assert f'data-status="{then}"' in second.text
    assert asked(acme, Message, pk=message.pk).status == then


def test_without_scripts_one_comes_back_to_the_message(chat, agent, browser):
    message = answer_of(chat, agent, "FAILED")
    back = f"http://{browser.defaults['HTTP_HOST']}/inbox/mine/{chat.pk}/"
    answer = browser.post(f"/messages/{message.pk}/retry/", headers={"Referer": back})
    elsewhere = browser.post(f"/messages/{message.pk}/retry/", headers={"Referer": "https://evil.example/"})

    assert answer["Location"] == f"{back}#message-{message.pk}"
    assert elsewhere["Location"] == f"/inbox/all/{chat.pk}/#message-{message.pk}"


def test_without_scripts_one_comes_back_to_the_chat_from_whom_to_give_it(chat, agent, browser):
    choice = f"/chats/{chat.pk}/assignment/"
    came = f"http://{browser.defaults['HTTP_HOST']}{choice}"
    answer = browser.post(choice, {"to": agent.pk}, headers={"Referer": came})

    assert answer["Location"] == f"/inbox/all/{chat.pk}/"


def test_what_is_decided_of_others_is_not_there(agent, browser, chat, acme):
    message = answer_of(chat, agent, "FAILED")
    assert browser.post(f"/messages/{message.pk}/forget/").status_code == 404
    with schema_context(acme.schema_name):
        agent.position.permissions = ["team.view"]
        agent.position.save()

    assert browser.post(f"/messages/{message.pk}/retry/").status_code == 404
    assert browser.post(f"/messages/{message.pk}/reaction/").status_code == 404


def test_a_retry_that_meta_would_refuse_is_refused_here(agent, browser, chat, acme):
    message = answer_of(chat, agent, "FAILED")
    with schema_context(acme.schema_name):
        Chat.objects.filter(pk=chat.pk).update(window_expires_at=timezone.now() - timedelta(days=30))
    answer = browser.post(f"/messages/{message.pk}/retry/", **HTMX)

    assert "over seven days" in answer.text
    assert asked(acme, Message, pk=message.pk).status == "FAILED"


def test_we_react_and_take_it_back(agent, browser, chat, acme):
    message = factories.make_message(chat)
    shown = browser.post(f"/messages/{message.pk}/reaction/", {"emoji": "👍"}, **HTMX).text
    assert "reaction--own" in shown
    browser.post(f"/messages/{message.pk}/reaction/", {"emoji": ""}, **HTMX)
    assert asked(acme, Message, pk=message.pk).reactions["us"]["emoji"] == ""

    answer = browser.post(f"/messages/{message.pk}/reaction/", {"emoji": "<b>"}, **HTMX)
    assert answer["HX-Reswap"] == "none"


THREAD = {"HX-Request": "true", "HX-Target": "thread"}
# Each with its own statements behind the three that find out who asks.
COSTS = {
    "messages": ("/chats/{}/messages/", THREAD, 5),
    "head": ("/chats/{}/head/", THREAD, 4),
    "pane": ("/inbox/all/{}/", THREAD, 5),
    "page": ("/inbox/all/{}/", {}, 8),
}


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("asked", COSTS)
def test_the_queries_do_not_grow(asked, count, chat, agent, browser, acme):
    for number in range(count):
        message = factories.make_message(chat, sent_at=timezone.now() - timedelta(minutes=number), author=agent)
        factories.make_attachment(message, state="STORED", file="x", mime_type="image/png")
        ChatEvent.objects.create(chat=chat, kind="CLOSED", by=agent, at=message.sent_at)
        ChatLabel.objects.create(chat=chat, label=Label.objects.create(name=f"Label {number}"))
    address, headers, most = COSTS[asked]
    browser.get(address.format(chat.pk), headers=headers)
    with CaptureQueriesContext(connection) as queries:
        browser.get(address.format(chat.pk), headers=headers)
    # Whose host it is a process remembers; here nothing listens for its changes.
    frame = ("search_path", '"domains"')
    said = [query["sql"] for query in queries if not any(words in query["sql"] for words in frame)]

    assert len(said) <= most, [sql[:60] + " … " + sql.partition(" FROM ")[2][:90] for sql in said]


def test_media_come_from_us_alone(chat, pane, agent):
    policy = pane(chat)["Content-Security-Policy"]

    assert "media-src 'self'" in policy
    assert "img-src 'self' data:" in policy
