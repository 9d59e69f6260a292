"""The outbox beside what else happens: echoes and statuses that are faster, files that are gone, clocks."""

from datetime import timedelta

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.utils import timezone

from inbox import tasks
from inbox.actions import outbox
from inbox.actions.delivering import deliver
from inbox.actions.outbox import send_chat
from inbox.claims import claim_next
from inbox.models import Attachment, Message
from inbox.turns import TASKS, give
from tests import factories
from tests.inbox import meta as answers
from tests.inbox.conftest import open_chat
from tests.inbox.test_outbox import fresh

Status = Message.Status
pytestmark = pytest.mark.django_db


def test_an_echo_with_a_row_of_its_own_is_joined_to_ours(chat, write, meta):
    message = write(chat)
    at = timezone.now() - timedelta(seconds=5)
    claim = claim_next(chat.pk)
    echo = factories.make_message(
        chat, external_id="m_sent1", sender="ELSEWHERE", direction="OUT", status="DELIVERED", sent_at=at
    )
    factories.make_message(chat, external_id="m_answer", reply_to=echo)
    chat.last_message = echo
    chat.save()
    deliver(claim)
    fresh(message)
    assert (message.status, message.external_id, message.sent_at) == (Status.DELIVERED, "m_sent1", at)
    assert Message.objects.filter(external_id="m_sent1").count() == 1
    assert Message.objects.get(external_id="m_answer").reply_to_id == message.pk
    chat.refresh_from_db()
    assert chat.last_message_id == message.pk


def test_an_id_that_a_message_of_ours_has_is_not_taken_from_it(chat, write, meta):
    other = factories.make_message(chat, external_id="m_sent1", sender="AGENT", direction="OUT", status="SENT")
    message = write(chat)
    send_chat(chat.pk)
    assert (fresh(message).status, message.external_id) == (Status.SENT, None)
    assert Message.objects.filter(pk=other.pk, external_id="m_sent1").exists()


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.READ, Status.FAILED])
def test_what_a_status_said_before_the_answer_stays(chat, write, meta, status):
    message = write(chat)
    claim = claim_next(chat.pk)
    Message.objects.filter(pk=message.pk).update(status=status, error="Meta says no." * (status == Status.FAILED))
    deliver(claim)
    fresh(message)
    assert (message.status, message.external_id) == (status, "m_sent1")
    assert bool(message.error) == (status == Status.FAILED)


def test_an_echo_that_settled_ours_before_the_answer_leaves_it_settled(chat, write, meta):
    message, later = write(chat, "one"), write(chat, "two")
    claim = claim_next(chat.pk)
    settled = {"status": Status.READ, "external_id": "m_sent1", "lease_until": None}
    Message.objects.filter(pk=message.pk).update(**settled)
    assert deliver(claim).more is True
    fresh(message)
    assert (message.status, message.external_id, message.payload["body"]) == (Status.READ, "m_sent1", meta.taken[0])
    send_chat(chat.pk)
    assert fresh(later).status == Status.SENT


# Files.


def test_a_file_that_is_gone_fails_its_message_alone(chat, write, meta, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    message = write(chat, "", files=[ContentFile(b"plain words", name="a.txt")])
    Attachment.objects.get(message=message).file.delete(save=False)
    later = write(chat, "later")
    Attachment.objects.filter(message=message).update(file="nowhere/a.txt")
    send_chat(chat.pk)
    assert [fresh(message).status, fresh(later).status] == [Status.FAILED, Status.SENT]
    assert "storage" in message.error


def test_nothing_waits_for_a_chat_that_trips_us_up(in_acme, write, meta, monkeypatch):
    broken, fine = open_chat(), open_chat()
    write(broken, "one", quick_replies=())
    Message.objects.filter(chat=broken).update(payload={"quick_replies": [{"no": "title"}]})
    write(fine, "two")
    assert outbox.sweep() == 2
    outbox.send_waiting()
    assert meta.texts == ["two"]
    assert Message.objects.get(chat=broken).status == Status.UNCONFIRMED


# The bell.


def test_each_lane_has_its_task_and_its_queue(in_acme, write, meta):
    chat = open_chat()
    write(chat, "an answer")
    write(open_chat(), "a campaign", by=None, sender="SYSTEM")
    assert outbox.sweep() == 2
    routes = current_app.amqp.router
    assert [routes.route({}, TASKS[lane])["queue"].name for lane in ("send", "bulk")] == ["send", "bulk"]
    tasks.send_waiting(in_acme.schema_name)
    assert meta.texts == ["an answer"]
    tasks.send_waiting_in_bulk(in_acme.schema_name)
    assert meta.texts == ["an answer", "a campaign"]


def test_the_clock_sweeps_every_workspace(in_acme, write, meta):
    write(open_chat(), "lost bell")
    tasks.sweep_outboxes()
    tasks.send_waiting(in_acme.schema_name)
    assert meta.texts == ["lost bell"]


def test_what_is_to_be_tried_soon_is_tried_without_another_bell(chat, write, meta):
    meta.replies = [answers.BUSY]
    message = write(chat, "one")
    send_chat(chat.pk)
    soon = timezone.now() + timedelta(seconds=0.3)
    Message.objects.filter(pk=message.pk).update(not_before=soon)
    give("send", {chat.pk: 0.35})
    assert outbox.send_waiting() == 1
    assert fresh(message).status == Status.SENT
