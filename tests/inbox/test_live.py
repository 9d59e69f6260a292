"""Each action tells the screens it concerns, once, and nobody else: what is said is read off Valkey itself."""

import json
import uuid

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from agents.realtime.publishing import Change, channel_of, publish, publish_on_commit
from inbox import live
from inbox.actions import media, profiles, resending, seen
from inbox.actions.outbox import look_why, send_chat
from inbox.models import Attachment, Chat, Message
from pages.actions.channels import hold_channel, mark_connected, mark_needs_reconnect, switch_channel
from pages.graph.profiles import Profile
from tests import factories
from tests.inbox import meta as answers
from tests.inbox.conftest import open_chat
from tests.webhooks import SECRET, connect, deliver, echo, item, milliseconds, page, text, whatsapp, whatsapp_text

Status = Message.Status


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


class Told:
    """What was published since it was last asked."""

    def __init__(self, schema):
        self.schema = schema
        self.valkey = redis.Redis.from_url(django_settings.REDIS_URL)
        self.ear = self.valkey.pubsub(ignore_subscribe_messages=True)
        self.ear.subscribe(channel_of(schema))
        self.ear.get_message(timeout=5)

    def all(self):
        mark = uuid.uuid4().hex
        publish(self.schema, [Change("mark", {"mark": mark})])
        found = []
        while not found or found[-1]["data"].get("mark") != mark:
            if message := self.ear.get_message(timeout=5):
                found += json.loads(message["data"])
        return found[:-1]

    def names(self):
        return sorted(change["name"] for change in self.all())

    def about(self, chat):
        """Names and messages, of this chat and no other."""
        changes = self.all()
        assert {change["data"]["chat"] for change in changes} <= {str(chat.pk)}
        return {change["name"]: change["data"].get("ids", []) for change in changes}

    def close(self):
        self.ear.close()
        self.valkey.close()


@pytest.fixture
def told(transactional_db, acme):
    """Within acme, with real commits."""
    connection.set_tenant(acme)
    listening = Told(acme.schema_name)
    yield listening
    listening.close()


@pytest.fixture
def bo_in(acme, bo):
    found = factories.agent_of(bo, acme)
    connection.set_tenant(acme)
    return found


@pytest.fixture
def ana_in(acme, ana):
    found = factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    return found


def test_one_transaction_tells_each_thing_once(told, acme):
    one, other, agent = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    with transaction.atomic():
        publish_on_commit([Change("chat", {"chat": "1"}, readers=True)])
        with transaction.atomic():
            publish_on_commit([Change("message", {"chat": "1"}, ids=frozenset([one]), readers=True)])
        publish_on_commit([Change("message", {"chat": "1"}, ids=frozenset([other]), agents=frozenset([agent]))])
        publish_on_commit([Change("chat", {"chat": "1"}, readers=True), Change("chat", {"chat": "2"}, readers=True)])
        assert told.all() == []
    chat, message, second = told.all()
    assert (chat["data"], second["data"]) == ({"chat": "1"}, {"chat": "2"})
    assert message["data"] == {"chat": "1", "ids": sorted(map(str, [one, other]))}
    assert (message["readers"], message["agents"], message["everyone"]) == (True, [str(agent)], False)


def test_what_is_undone_is_not_told(told):
    with transaction.atomic():
        publish_on_commit([Change("chat", {"chat": "1"})])
        transaction.set_rollback(True)
    with transaction.atomic():
        with transaction.atomic():
            publish_on_commit([Change("chat", {"chat": "2"})])
            transaction.set_rollback(True)
        publish_on_commit([Change("chat", {"chat": "3"})])
    assert [change["data"] for change in told.all()] == [{"chat": "3"}]


def test_each_workspace_of_a_transaction_hears_its_own(told, acme, globex):
    theirs = Told(globex.schema_name)
    with transaction.atomic():
        publish_on_commit([Change("chat", {"chat": "ours"})])
        connection.set_tenant(globex)
        publish_on_commit([Change("chat", {"chat": "theirs"})])
    assert [change["data"] for change in told.all()] == [{"chat": "ours"}]
    assert [change["data"] for change in theirs.all()] == [{"chat": "theirs"}]
    theirs.close()


def test_without_valkey_the_work_is_done_all_the_same(told, acme, monkeypatch):
    away = redis.Redis(port=1, socket_connect_timeout=1)
    monkeypatch.setattr("agents.realtime.publishing.valkey", lambda: away)
    chat = open_chat()
    live.chat_changed(chat)
    assert told.valkey.ping()


# The customer's side.


def test_a_batch_of_messages_is_told_once_for_each_chat(told, acme):
    channel = connect(acme)
    connection.set_tenant(acme)
    words = [text(channel, f"{number}", customer=f"70{number % 2}", second=number) for number in range(10)]
    deliver(*(page(channel, word) for word in words))
    connection.set_tenant(acme)
    changes = told.all()
    assert sorted(change["name"] for change in changes) == ["chat", "chat", "message", "message"]
    told_of = {id_ for change in changes if change["name"] == "message" for id_ in change["data"]["ids"]}
    assert told_of == {str(pk) for pk in Message.objects.values_list("pk", flat=True)}
    assert all(change["readers"] and not change["everyone"] for change in changes)
    deliver(page(channel, words[0]))
    assert told.all() == []


@pytest.fixture
def heard(told, acme, bo_in):
    """A chat of bo's with one message in it, on Messenger."""
    channel = connect(acme)
    deliver(page(channel, text(channel, "Hello", mid="m_1", second=1)))
    connection.set_tenant(acme)
    chat = Chat.objects.get()
    Chat.objects.filter(pk=chat.pk).update(assigned_to=bo_in)
    chat.refresh_from_db()
    told.all()
    return channel, chat, Message.objects.get()


def test_its_agent_hears_of_it_also_without_reading_all(told, heard, bo_in):
    channel, _, _ = heard
    deliver(page(channel, text(channel, "Still there?", second=2)))
    assert {change["agents"][0] for change in told.all()} == {str(bo_in.pk)}


CHANGES = {
    "edited": lambda channel: item(channel, second=3, message_edit={"mid": "m_1", "text": "Hi", "num_edit": 1}),
    "reacted": lambda channel: item(
        channel, second=3, reaction={"mid": "m_1", "action": "react", "emoji": "❤", "reaction": "love"}
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_becomes_of_it_is_told(told, heard, acme, change):
    channel, chat, message = heard
    deliver(page(channel, change(channel)))
    assert told.about(chat)["message"] == [str(message.pk)]


def test_what_another_tool_wrote_is_told(told, heard, acme):
    channel, chat, _ = heard
    deliver(page(channel, echo(channel, "From the page", mid="m_2", second=3)))
    connection.set_tenant(acme)
    written = Message.objects.get(external_id="m_2")
    assert told.about(chat) == {"chat": [], "message": [str(written.pk)]}


def test_delivered_and_read_are_told(told, heard, acme):
    channel, chat, _ = heard
    sent = factories.make_message(
        chat, direction="OUT", sender="AGENT", status=Status.SENT, external_id="m_3", sent_at=chat.last_message_at
    )
    for what in ("delivery", "read"):
        deliver(page(channel, item(channel, second=9, **{what: {"watermark": milliseconds(8)}})))
        assert told.about(chat) == {"message": [str(sent.pk)]}


def test_a_status_of_whatsapp_is_told(told, acme):
    channel = connect(acme, "WHATSAPP", metadata={"waba_id": "3100"})
    deliver(whatsapp(channel, messages=[whatsapp_text(phone="4915100001")]))
    connection.set_tenant(acme)
    chat = Chat.objects.get()
    sent = factories.make_message(chat, direction="OUT", sender="AGENT", status=Status.SENT, external_id="wamid.1")
    told.all()
    status = {"id": "wamid.1", "status": "delivered", "timestamp": str(milliseconds(9) // 1000)}
    deliver(whatsapp(channel, statuses=[{**status, "recipient_id": "4915100001"}]))
    assert told.about(chat) == {"message": [str(sent.pk)]}


def test_a_file_that_has_arrived_is_told(told):
    attachment = factories.make_attachment()
    held = Attachment.objects.select_related("message__chat").get(pk=attachment.pk)
    assert media.settle(held, Attachment.State.TOO_LARGE, "It is larger.")
    assert told.about(attachment.message.chat) == {"message": [str(attachment.message_id)]}
    assert not media.settle(held, Attachment.State.FAILED)
    assert told.all() == []


def test_a_name_that_is_known_now_is_told(told):
    chat = open_chat(identity=None)
    identity = chat.identity
    identity.profile_state = "WANTED"
    identity.save()
    profiles.keep_profile(identity, Profile(name="Mia"), "")
    assert told.about(chat) == {"chat": []}


# Our side.


def test_an_answer_is_told_when_it_waits_and_when_it_is_sent(told, in_acme, write, meta):
    chat = open_chat()
    message = write(chat)
    assert told.about(chat) == {"chat": [], "message": [str(message.pk)]}
    assert send_chat(chat.pk) == (1, None)
    assert told.about(chat) == {"message": [str(message.pk)]}


@pytest.mark.parametrize("answer", [answers.BUSY, answers.OUTSIDE_WINDOW, answers.SILENCE], ids=["busy", "no", "?"])
def test_what_went_otherwise_is_told(told, in_acme, write, meta, answer):
    meta.replies = [answer]
    chat = open_chat()
    message = write(chat)
    told.all()
    send_chat(chat.pk)
    assert told.about(chat) == {"message": [str(message.pk)]}


def test_a_send_asks_the_database_nothing_more_to_tell_it(told, in_acme, write, meta, django_assert_num_queries):
    chat = open_chat()
    write(chat)
    send_chat(chat.pk)
    told.all()
    write(chat)
    told.all()
    # Claiming and settling go past Django's count: what it sees is the note of the call.
    with django_assert_num_queries(1):
        send_chat(chat.pk)
    assert told.names() == ["message"]


def test_what_is_held_is_told_once(told, in_acme, write):
    chat = open_chat()
    write(chat)
    chat.channel.is_active = False
    chat.channel.save()
    told.all()
    look_why(chat.pk)
    assert told.about(chat) == {"chat": []}
    look_why(chat.pk)
    assert told.all() == []


def test_each_decision_about_a_message_is_told(told, in_acme, write, ana_in):
    chat = open_chat()
    message = write(chat)
    told.all()
    decisions = [
        (resending.cancel_message, Status.QUEUED),
        (resending.retry_message, Status.FAILED),
        (resending.send_again, Status.UNCONFIRMED),
        (resending.confirm_arrival, Status.UNCONFIRMED),
    ]
    for decide, status in decisions:
        Message.objects.filter(pk=message.pk).update(status=status)
        assert decide(message, by=ana_in, workspace=in_acme)
        assert told.about(chat) == {"message": [str(message.pk)]}
        assert not decide(message, by=ana_in, workspace=in_acme)
        assert told.all() == []


def test_seen_and_our_reaction_are_told(told, in_acme, ana_in):
    chat = open_chat(unread_count=2)
    message = factories.make_message(chat)
    seen.mark_seen(chat, by=ana_in)
    assert told.about(chat) == {"chat": []}
    seen.react(message, "❤", by=ana_in)
    assert told.about(chat) == {"message": [str(message.pk)]}


# Channels.


def test_a_channel_is_told_once_to_everyone(told, in_acme, ana_in):
    channel = open_chat().channel
    open_chat(channel=channel)
    for turn in (
        lambda: switch_channel(channel, False, by=ana_in, workspace=in_acme),
        lambda: switch_channel(channel, True, by=ana_in, workspace=in_acme),
        lambda: mark_needs_reconnect(channel, "The token has ended."),
        lambda: mark_connected(channel),
        lambda: hold_channel(channel, timezone.now(), "too fast"),
    ):
        turn()
        (change,) = told.all()
        assert (change["name"], change["data"], change["everyone"]) == ("channel", {"channel": str(channel.pk)}, True)
