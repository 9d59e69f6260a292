"""The admin's pages of what came in: read by who may, changed by nobody, the same work for one row as for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.models import Attachment, Message
from pages.models import GraphCall, WebhookEvent
from tests import factories

LISTS = {
    "contacts": "/admin/inbox/contact/",
    "identities": "/admin/inbox/identity/",
    "chats": "/admin/inbox/chat/",
    "messages": "/admin/inbox/message/",
    "webhook events": "/admin/pages/webhookevent/",
    "calls": "/admin/pages/graphcall/",
}
HOSTILE = '<script>alert("hostile")</script>'


def make_rows(channel=None, name=HOSTILE):
    """One of each, about each other."""
    channel = channel or factories.make_channel()
    event = factories.make_event(channel, payload={"text": HOSTILE})
    call = GraphCall.objects.create(channel=channel, type="messages.send", request={"text": HOSTILE}, status=200)
    identity = factories.make_identity(channel, name=name)
    message = factories.make_message(
        factories.make_chat(channel, identity=identity), text=HOSTILE, event=event, payload={"note": HOSTILE}
    )
    factories.make_attachment(message, state=Attachment.State.STORED, file="x", name="photo.png", size=2048)
    chat = message.chat
    return {
        "contacts": chat.identity.contact,
        "identities": chat.identity,
        "chats": chat,
        "messages": message,
        "webhook events": event,
        "calls": call,
    }


@pytest.fixture
def rows(acme):
    with schema_context(acme.schema_name):
        return make_rows()


TITLES = {
    "contacts": "Rosa Torres",
    "identities": "Rosa Torres",
    "chats": "Rosa Torres on Acme Shop",
    "messages": "Text: Rosa Torres on Acme Shop",
    "webhook events": "Messenger: messages",
    "calls": "messages.send 200",
}


@pytest.mark.parametrize("name", TITLES)
def test_a_page_is_called_what_a_person_recognises(name, ana, acme, client_for):
    with schema_context(acme.schema_name):
        rows = make_rows(factories.make_channel(name="Acme Shop"), name="Rosa Torres")
    page = client_for(ana, acme).get(f"{LISTS[name]}{rows[name].pk}/change/")
    assert str(page.context["original"]) == TITLES[name]
    assert TITLES[name] in page.text


@pytest.mark.parametrize("name", ["webhook events", "calls"])
def test_narrowed_to_what_is_new(name, rows, ana, acme, client_for):
    client = client_for(ana, acme)
    with schema_context(acme.schema_name):
        long_ago = timezone.now() - timedelta(days=2)
        WebhookEvent.objects.update(received_at=long_ago)
        GraphCall.objects.update(created_at=long_ago)
    shown = [
        len(client.get(LISTS[name], {"since": span}).context["cl"].result_list) for span in ("hour", "day", "week")
    ]
    assert shown == [0, 0, 1]


@pytest.mark.parametrize("name", LISTS)
def test_rows_are_read_and_nothing_in_them_is_markup(name, rows, ana, acme, client_for):
    client = client_for(ana, acme)
    for address in (LISTS[name], f"{LISTS[name]}{rows[name].pk}/change/"):
        page = client.get(address)
        assert page.status_code == 200
        assert HOSTILE not in page.content.decode()
    assert "hostile" in page.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_added_changed_or_deleted(name, rows, ana, acme, client_for):
    client = client_for(ana, acme)
    assert client.get(f"{LISTS[name]}add/").status_code == 403
    assert client.post(f"{LISTS[name]}{rows[name].pk}/change/", {"text": "x"}).status_code == 403
    assert client.post(f"{LISTS[name]}{rows[name].pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("codes", "status"), [(["messages.view"], 200), (["team.view", "channels.view"], 403)])
def test_each_list_asks_for_the_permission(codes, status, name, rows, acme, client_for):
    position = factories.make_position(acme, permissions=["admin.open", *codes])
    person = factories.make_user()
    factories.make_member(acme, person, position=position.slug)
    client = client_for(person, acme)
    assert client.get(LISTS[name]).status_code == status
    assert client.get(f"{LISTS[name]}{rows[name].pk}/change/").status_code == status
    assert (f'href="{LISTS[name]}"' in client.get("/admin/").content.decode()) == (status == 200)


@pytest.mark.parametrize("name", LISTS)
def test_more_rows_are_no_more_queries(name, rows, ana, acme, client_for):
    client = client_for(ana, acme)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LISTS[name]).status_code == 200
        return len(seen)

    queries()
    before = queries()
    with schema_context(acme.schema_name):
        for _ in range(12):
            make_rows()
    queries()
    assert queries() == before


def test_no_token_is_read_for_a_list(rows, ana, acme, client_for):
    client = client_for(ana, acme)
    with CaptureQueriesContext(connection) as seen:
        for address in LISTS.values():
            client.get(address)
    assert not any("access_token" in one["sql"] for one in seen)


def test_a_message_leads_to_its_chat_its_file_and_its_event(rows, ana, acme, client_for):
    message = rows["messages"]
    page = client_for(ana, acme).get(f"/admin/inbox/message/{message.pk}/change/").content.decode()
    with schema_context(acme.schema_name):
        attachment = message.attachments.get()
    for address in (
        f"/files/{attachment.pk}/",
        f"/admin/inbox/chat/{message.chat_id}/change/",
        f"/admin/pages/webhookevent/{message.event_id}/change/",
    ):
        assert f'href="{address}"' in page


def test_a_chat_leads_to_its_messages_alone(rows, ana, acme, client_for):
    with schema_context(acme.schema_name):
        factories.make_message(text="somewhere else")
    client = client_for(ana, acme)
    chat = rows["chats"]
    query = f"?chat__id__exact={chat.pk}"
    assert query in client.get(f"/admin/inbox/chat/{chat.pk}/change/").content.decode()
    page = client.get(f"/admin/inbox/message/{query}").content.decode()
    assert ("hostile" in page, "somewhere else" in page) == (True, False)


FILTERS = [
    ("webhook events", "platform__exact=FACEBOOK", "platform__exact=WHATSAPP"),
    ("webhook events", "kind=messages", "processed=yes"),
    ("webhook events", "known=yes", "known=no"),
    ("calls", "result=done", "result=refused"),
    ("calls", "type=messages.send", "result=none"),
    ("calls", "status=200", "result=none"),
    ("messages", "direction__exact=IN", "direction__exact=OUT"),
    ("messages", "status__exact=RECEIVED", "status__exact=FAILED"),
    ("chats", "state__exact=OPEN", "state__exact=CLOSED"),
    ("chats", "channel={channel}", "channel={other}"),
    ("webhook events", "channel={channel}", "channel={other}"),
    ("identities", "profile_state__exact=KNOWN", "profile_state__exact=WANTED"),
    ("contacts", "blocked__exact=0", "blocked__exact=1"),
]


@pytest.mark.parametrize(("name", "with_it", "without_it"), FILTERS)
def test_filters(name, with_it, without_it, rows, ana, acme, client_for):
    client, link = client_for(ana, acme), f"{LISTS[name]}{rows[name].pk}/change/"
    with schema_context(acme.schema_name):
        ids = {"channel": rows["chats"].channel_id, "other": factories.make_channel().pk}
    queries = [query.format(**ids) for query in (with_it, without_it)]
    assert [link in client.get(f"{LISTS[name]}?{query}").content.decode() for query in queries] == [True, False]


@pytest.mark.parametrize(
    ("name", "term"),
    [("messages", "hostile"), ("chats", "hostile"), ("identities", "hostile"), ("contacts", "hostile")],
)
def test_search(name, term, rows, ana, acme, client_for):
    client, link = client_for(ana, acme), f"{LISTS[name]}{rows[name].pk}/change/"
    found = [link in client.get(f"{LISTS[name]}?q={query}").content.decode() for query in (term, "nothing-like-it")]
    assert found == [True, False]


def test_nothing_of_another_workspace(rows, globex, client_for):
    client = client_for(globex.owner, globex)
    for name, address in LISTS.items():
        assert "hostile" not in client.get(address).content.decode()
        assert client.get(f"{address}{rows[name].pk}/change/").status_code == 404


def test_a_message_of_each_type_and_status_is_shown(ana, acme, client_for):
    with schema_context(acme.schema_name):
        chat = factories.make_chat()
        for kind in Message.Type:
            factories.make_message(chat, type=kind)
        for status in Message.Status:
            factories.make_message(chat, status=status)
    page = client_for(ana, acme).get(LISTS["messages"]).content.decode()
    assert all(word in page for word in ("Voice note", "Perhaps sent", "Reply to a story"))
