"""Real commits and real threads: clicks and workers at the same time, and a worker that is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.actions import outbox
from inbox.actions.scheduling import send_now, take_back
from inbox.actions.sending import send_message
from inbox.models import Draft, Message, ScheduledMessage
from tests import factories
from tests.inbox.conftest import open_chat

Status = Message.Status

pytestmark = pytest.mark.usefixtures("transactional_db")


def within(workspace, call):
    def run():
        with schema_context(workspace.schema_name):
            return call()

    return run


def sender_of(workspace, user):
    agent = factories.agent_of(user, workspace)

    def send(chat, text, client_id=None):
        return send_message(chat, by=agent, text=text, client_id=client_id or uuid.uuid4())

    return send


def test_two_clicks_at_once_are_one_message(in_acme, chat, ana, at_once):
    send, client_id = sender_of(in_acme, ana), uuid.uuid4()
    connection.set_tenant(in_acme)
    click = within(in_acme, lambda: send(chat, "Hello", client_id).pk)
    results = at_once(click, click, click, racing_for=f'{in_acme.schema_name}"."chats')
    with schema_context(in_acme.schema_name):
        assert set(results) == {Message.objects.get(client_id=client_id).pk}


def run_clicks(click, count):
    results, barrier = [], threading.Barrier(count)

    def run():
        barrier.wait()
        try:
            results.append(click())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(results) == count
    return results


def test_many_workers_on_one_chat_send_one_at_a_time_and_in_order(in_acme, chat, ana, meta):
    send = sender_of(in_acme, ana)
    connection.set_tenant(in_acme)
    texts = [str(number) for number in range(30)]
    meta.before_reply = lambda body: time.sleep(0.002)
    for text in texts:
        send(chat, text)
    until = time.monotonic() + 60

    def work():
        while Message.objects.unsettled().exists() and time.monotonic() < until:
            outbox.send_chat(chat.pk)

    run_clicks(within(in_acme, lambda: work() or True), 4)
    assert meta.texts == texts
    assert meta.most_open == 1
    assert set(Message.objects.values_list("status", flat=True)) == {Status.SENT}


def test_many_workers_on_many_chats_send_each_once_and_each_chat_in_order(in_acme, ana, meta):
    send = sender_of(in_acme, ana)
    connection.set_tenant(in_acme)
    channel = factories.make_channel()
    chats = [open_chat(channel=channel) for _ in range(10)]
    for number in range(5):
        for place, chat in enumerate(chats):
            send(chat, f"{place}:{number}")
    run_clicks(within(in_acme, lambda: outbox.send_waiting() or True), 4)
    assert sorted(meta.texts) == sorted(f"{place}:{number}" for place in range(10) for number in range(5))
    for place in range(10):
        numbers = [text for text in meta.texts if text.startswith(f"{place}:")]
        assert numbers == sorted(numbers)


def test_what_is_written_while_another_is_sent_follows_it(in_acme, chat, ana, meta):
    send = sender_of(in_acme, ana)
    connection.set_tenant(in_acme)
    send(chat, "one")

    def write_more(body):
        meta.before_reply = lambda body: None
        with schema_context(in_acme.schema_name):
            send(chat, "two")
        connection.close()

    meta.before_reply = write_more
    assert outbox.send_chat(chat.pk) == (2, None)
    assert meta.texts == ["one", "two"]


WORKER = """
import django
django.setup()
from django.conf import settings
for name in settings.META_HOSTS:
    settings.META_HOSTS[name] = {url!r}
settings.DATABASES["default"]["NAME"] = {database!r}
from django_tenants.utils import schema_context
from inbox.actions import outbox
with schema_context({schema!r}):
    outbox.send_chat({chat!r})
"""


def test_a_worker_killed_while_meta_thinks_leaves_it_perhaps_sent(in_acme, chat, ana, meta):
    send = sender_of(in_acme, ana)
    connection.set_tenant(in_acme)
    first, second = send(chat, "one"), send(chat, "two")
    arrived, go_on = threading.Event(), threading.Event()

    def think(body):
        arrived.set()
        go_on.wait(120)

    meta.before_reply = think
    code = WORKER.format(
        url=meta.url,
        database=django_settings.DATABASES["default"]["NAME"],
        schema=in_acme.schema_name,
        chat=str(chat.pk),
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    try:
        assert arrived.wait(120)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(60)
        go_on.set()
    meta.before_reply = lambda body: None
    first.refresh_from_db()
    assert first.status == Status.SENDING
    assert outbox.send_chat(chat.pk)[0] == 0
    Message.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.sweep() == 1
    assert outbox.send_waiting() == 1
    assert [message.status for message in Message.objects.order_by("id")] == [Status.UNCONFIRMED, Status.SENT]
    assert meta.texts == ["one", "two"]
    assert second.pk > first.pk


def test_sent_now_and_taken_back_at_once_is_one_of_both(in_acme, chat, ana, at_once):
    agent = factories.agent_of(ana, in_acme)
    connection.set_tenant(in_acme)
    later = ScheduledMessage.objects.create(
        chat=chat, agent=agent, text="Later", send_at=timezone.now() + timedelta(hours=1)
    )
    now = within(in_acme, lambda: send_now(ScheduledMessage.objects.get(pk=later.pk), by=agent))
    back = within(in_acme, lambda: take_back(ScheduledMessage.objects.get(pk=later.pk), by=agent))
    results = at_once(now, now, now, back, racing_for=f'{in_acme.schema_name}"."chats')
    with schema_context(in_acme.schema_name):
        sent, begun = Message.objects.filter(text="Later").count(), Draft.objects.filter(text="Later").count()
    assert sent + begun == 1
    assert not any(isinstance(result, OperationalError) for result in results)
