"""Messages for later: sent once when their time comes, given back with the reason when they may not be."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from inbox.actions.scheduling import cancel_scheduled, send_due, send_scheduled
from inbox.models import Attachment, Chat, Draft, Mention, Message, ScheduledMessage, Upload
from inbox.tasks import send_scheduled_everywhere
from tests import factories
from tests.inbox.composing import HX, Desk, picture
from tests.inbox.conftest import open_chat, write_long_ago
from tests.webhooks import SECRET, connect, deliver, page, text
from workspaces.models import UserProfile

State = ScheduledMessage.State


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk_of(client_for, acme, in_acme):
    def desk_of(user, chat):
        return Desk(client_for(user, acme), chat)

    return desk_of


@pytest.fixture
def desk(desk_of, ana, chat):
    return desk_of(ana, chat)


@pytest.fixture
def later(desk, acme):
    """A message of ana's whose time has come."""
    desk.schedule("Good morning")
    return made_due(acme)


def made_due(acme):
    connection.set_tenant(acme)
    ScheduledMessage.objects.update(send_at=timezone.now() - timedelta(seconds=1))
    return ScheduledMessage.objects.get()


def only(acme):
    connection.set_tenant(acme)
    return ScheduledMessage.objects.get()


def decide(desk, later, what, **extra):
    return desk.client.post(f"/scheduled/{later.pk}/{what}/", **HX, **extra)


def test_it_waits_and_is_shown(desk, acme):
    desk.draft("Good morning")
    answer = desk.schedule("Good morning")

    later = only(acme)
    assert answer.status_code == 200
    assert "Good morning" in answer.content.decode()
    assert (later.state, later.text, later.cancel_on_reply) == (State.WAITING, "Good morning", True)
    assert timedelta(minutes=58) < later.send_at - timezone.now() <= timedelta(hours=1)
    assert not Draft.objects.exists()
    assert not Message.objects.exists()


def test_a_double_click_is_one(desk, acme):
    client_id = uuid.uuid4()
    desk.schedule("Once", client_id=client_id)
    desk.schedule("Once", client_id=client_id)
    assert only(acme).pk == client_id


def test_tomorrow_is_tomorrow_where_the_agent_is(desk, acme, ana):
    UserProfile.objects.filter(user=ana).update(timezone="Pacific/Auckland")
    write_to = desk.chat
    write_to.window_expires_at = timezone.now() + timedelta(days=5)
    write_to.save()
    desk.schedule("Morning", preset="tomorrow")

    here = ZoneInfo("Pacific/Auckland")
    at = only(acme).send_at.astimezone(here)
    assert (at.date(), at.hour, at.minute) == ((datetime.now(here) + timedelta(days=1)).date(), 9, 0)


def test_a_time_of_ones_own(desk, acme):
    at = (timezone.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
    desk.schedule("Then", preset="", send_at=at.strftime("%Y-%m-%dT%H:%M"), cancel_on_reply="")
    later = only(acme)
    assert (later.send_at, later.cancel_on_reply) == (at, False)


@pytest.mark.parametrize("send_at", ["", "soon", "2020-01-01T09:00", "2099-01-01T09:00"])
def test_no_time_and_no_sensible_time_are_refused(desk, acme, send_at):
    answer = desk.schedule("Then", preset="", send_at=send_at)
    assert answer.status_code == 422
    connection.set_tenant(acme)
    assert not ScheduledMessage.objects.exists()


def test_a_time_after_the_window_is_refused_at_once(desk_of, ana, acme, in_acme):
    desk = desk_of(ana, open_chat("WHATSAPP"))
    at = timezone.now() + timedelta(hours=30)
    answer = desk.schedule("Then", preset="", send_at=at.strftime("%Y-%m-%dT%H:%M"))
    assert answer.status_code == 422
    assert "At that time nothing may be sent" in answer.content.decode()


def test_what_the_platform_would_refuse_is_refused_at_once(desk):
    assert desk.schedule("").status_code == 422
    assert desk.schedule("Which?", quick_reply=["A title of far more than twenty signs"]).status_code == 422


def test_its_time_comes(later, acme, chat):
    connection.set_schema_to_public()
    send_scheduled_everywhere()

    connection.set_tenant(acme)
    message = Message.objects.get(chat=chat)
    assert (message.text, message.client_id, message.status) == ("Good morning", later.pk, "QUEUED")
    assert message.author == later.agent
    assert only(acme).state == State.QUEUED
    assert send_due() == 0


def test_what_is_not_due_stays(desk, acme):
    desk.schedule("Later")
    connection.set_tenant(acme)
    assert send_due() == 0
    assert not Message.objects.exists()


def test_twice_at_once_is_one_message(transactional_db, at_once, acme, ana):
    agent = factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    chat = open_chat()
    later = ScheduledMessage.objects.create(chat=chat, agent=agent, text="Once", send_at=timezone.now())

    def call():
        connection.set_tenant(acme)
        return send_scheduled(ScheduledMessage.objects.get(pk=later.pk))

    at_once(call, call, racing_for=f'{acme.schema_name}"."chats')
    assert Message.objects.filter(chat=chat).count() == 1
    assert ScheduledMessage.objects.get().state == State.QUEUED


def test_files_and_titles_go_with_it(desk, acme, django_capture_on_commit_callbacks, tmp_path):
    desk.upload(picture())
    connection.set_tenant(acme)
    upload = Upload.objects.get()
    desk.schedule("Look", upload=upload.pk)
    later = made_due(acme)
    # It is no longer the draft's.
    assert f'name="upload" value="{upload.pk}"' not in desk.state(whole="")

    connection.set_tenant(acme)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_scheduled(later)
    assert Attachment.objects.get().name == "cat.png"
    assert not Upload.objects.exists()
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_what_may_not_go_then_comes_back_with_the_reason(later, desk, acme, chat):
    write_long_ago(chat, timedelta(days=8))
    connection.set_tenant(acme)
    send_due()

    failed = only(acme)
    assert failed.state == State.FAILED
    assert "seven days" in failed.error
    note = Message.objects.get(chat=chat)
    assert note.is_private
    assert "was not sent" in note.text
    assert Mention.objects.get().agent == later.agent
    assert "Not sent: It is over seven days" in desk.state()
    connection.set_tenant(acme)
    assert send_due() == 0


def test_one_that_fails_does_not_hold_up_the_others(desk, desk_of, ana, acme, chat):
    desk.schedule("First")
    other = desk_of(ana, open_chat(channel=chat.channel))
    other.schedule("Second")
    connection.set_tenant(acme)
    ScheduledMessage.objects.filter(text="First").update(send_at=timezone.now() - timedelta(hours=1))
    ScheduledMessage.objects.filter(text="Second").update(send_at=timezone.now())
    ScheduledMessage.objects.filter(text="First").update(quick_replies=[{"no": "title"}])
    send_due()
    assert Message.objects.get().text == "Second"


@pytest.mark.parametrize(("unless", "state"), [(True, State.CANCELLED), (False, State.WAITING)])
def test_a_customer_who_writes_first_takes_it_back(acme, ana, desk_of, settings, unless, state):
    settings.META_APP_SECRET = SECRET
    channel = connect(acme)
    deliver(page(channel, text(channel, "Hello", mid="m_1")))
    agent = factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    chat = Chat.objects.get(channel=channel)
    ScheduledMessage.objects.create(
        chat=chat, agent=agent, text="Still there?", send_at=timezone.now() + timedelta(hours=1), cancel_on_reply=unless
    )
    connection.set_schema_to_public()
    # What had come already changes nothing.
    deliver(page(channel, text(channel, "Hello", mid="m_1")))
    assert only(acme).state == State.WAITING

    connection.set_schema_to_public()
    deliver(page(channel, text(channel, "I am here", mid="m_2", second=60)))
    assert only(acme).state == state
    assert ("The customer wrote first" in desk_of(ana, chat).state()) == unless


def test_it_is_cancelled_by_any_who_answers_here(desk, desk_of, bo, chat, acme):
    desk.upload(picture())
    connection.set_tenant(acme)
    desk.schedule("Later", upload=Upload.objects.get().pk)
    later = only(acme)
    assert decide(desk_of(bo, chat), later, "cancel").status_code == 200
    connection.set_tenant(acme)
    assert not ScheduledMessage.objects.exists()
    assert not Upload.objects.exists()
    assert not send_scheduled(later)
    assert not Message.objects.exists()


def test_it_is_sent_now(desk, acme):
    desk.schedule("Now then")
    assert decide(desk, only(acme), "now").status_code == 200
    assert only(acme).state == State.QUEUED
    assert Message.objects.get().text == "Now then"


def test_it_comes_back_to_the_composer_behind_what_is_there(desk, acme):
    desk.upload(picture())
    connection.set_tenant(acme)
    desk.schedule("Later", upload=Upload.objects.get().pk)
    desk.draft("Begun")
    shown = decide(desk, only(acme), "edit").content.decode()
    assert "Begun\n\nLater</textarea>" in shown
    assert "cat.png" in shown
    connection.set_tenant(acme)
    assert not ScheduledMessage.objects.exists()


@pytest.mark.parametrize("what", ["now", "edit"])
def test_only_who_wrote_it_sends_or_changes_it(desk, desk_of, bo, chat, acme, what):
    desk.schedule("Mine")
    assert decide(desk_of(bo, chat), only(acme), what).status_code == 403
    assert only(acme).state == State.WAITING


def test_what_has_gone_is_not_cancelled(later, acme):
    send_due()
    assert not cancel_scheduled(later, by=later.agent)
    assert only(acme).state == State.QUEUED


def test_a_decision_that_there_is_none_of(desk, later):
    assert decide(desk, later, "burn").status_code == 404
