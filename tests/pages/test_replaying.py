"""What was kept runs again: what is there stays, what is missing is filled in, one that fails holds up no other."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.models import Message
from pages.actions.webhook_events import forget_old_events, replay_events, run_event_again
from pages.models import WebhookEvent
from pages.webhooks.digesting import digest_deliveries
from tests import factories
from workspaces.models import ChannelRoute, Delivery, UserActivity
from workspaces.refusals import NotAllowed

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def channel(acme):
    ChannelRoute.objects.create(platform="FACEBOOK", external_id="10207", workspace=acme)
    with schema_context(acme.schema_name):
        return factories.make_channel(external_id="10207")


def text_of(mid, text, at):
    item = {
        "sender": {"id": "777"},
        "recipient": {"id": "10207"},
        "timestamp": at,
        "message": {"mid": mid, "text": text},
    }
    return {"object": "page", "entry": [{"id": "10207", "time": at, "messaging": [item]}]}


def deliver(*bodies):
    for body in bodies:
        Delivery.objects.create(body=json.dumps(body).encode())
    digest_deliveries()


def messages():
    return list(Message.objects.order_by("sent_at").values_list("external_id", "text"))


@pytest.fixture
def received(acme, channel, run_tasks):
    """Three messages in acme, whose schema is the current one from here on."""
    deliver(*(text_of(f"m_{n}", f"number {n}", 1_790_000_000_000 + n * 1000) for n in range(3)))
    with schema_context(acme.schema_name):
        assert len(messages()) == 3
        yield acme


ALL = [("m_0", "number 0"), ("m_1", "number 1"), ("m_2", "number 2")]


def test_running_again_changes_nothing_that_is_there(received):
    before = list(Message.objects.order_by("pk").values())
    count = replay_events(since=LONG_AGO, until=timezone.now())
    assert (count.events, count.failed) == (3, 0)
    assert list(Message.objects.order_by("pk").values()) == before


def test_what_is_missing_is_filled_in(received):
    Message.objects.filter(external_id="m_1").delete()
    replay_events(since=LONG_AGO, until=timezone.now())
    assert messages() == ALL


def test_only_what_came_in_that_time_runs_again(received):
    WebhookEvent.objects.update(received_at=timezone.now() - timedelta(days=2))
    assert replay_events(since=timezone.now() - timedelta(days=1), until=timezone.now()).events == 0


def test_a_shape_that_was_unknown_is_read_now(received):
    WebhookEvent.objects.update(is_known=False, kind="unknown", channel=None, processed_at=None)
    Message.objects.all().delete()
    replay_events(since=LONG_AGO, until=timezone.now())
    assert messages() == ALL
    kept = WebhookEvent.objects.exclude(processed_at=None).exclude(kind="unknown")
    assert list(kept.values_list("is_known", "channel__external_id")) == [(True, "10207")] * 3


def test_one_that_fails_holds_up_no_other(received):
    Message.objects.all().delete()
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messages ADD CONSTRAINT poison CHECK (external_id <> 'm_1')")
    count = replay_events(since=LONG_AGO, until=timezone.now())
    assert (count.events, count.failed) == (3, 1)
    assert messages() == [ALL[0], ALL[2]]
    with pytest.raises(CommandError) as failed:
        call_command("webhooks", "replay", "--since", "2020-01-01")
    assert failed.value.returncode == 1


def test_old_events_are_forgotten_and_messages_stay(received, settings):
    settings.WEBHOOK_EVENT_DAYS = 90
    old = timezone.now() - timedelta(days=91)
    WebhookEvent.objects.filter(pk=WebhookEvent.objects.order_by("pk").first().pk).update(received_at=old)
    assert forget_old_events() == 1
    assert WebhookEvent.objects.count() == 2
    assert messages() == ALL
    assert Message.objects.filter(event=None).count() == 1


def test_an_agent_who_may_not_does_not_run_anything(received, bo, ana, agent_of):
    event = WebhookEvent.objects.first()
    with pytest.raises(NotAllowed):
        run_event_again(event, by=agent_of(bo, received), workspace=received)
    run_event_again(event, by=agent_of(ana, received), workspace=received)
    assert UserActivity.objects.get(activity_type="webhook.replayed").user == ana


def test_in_the_admin(received, ana, client_for):
    Message.objects.all().delete()
    event = WebhookEvent.objects.order_by("received_at").first()
    client = client_for(ana, received)
    client.post(f"/admin/pages/webhookevent/{event.pk}/run/", {"_form_submitted": "on"})
    with schema_context(received.schema_name):
        assert len(messages()) == 1
        pks = list(WebhookEvent.objects.values_list("pk", flat=True))
    client.post("/admin/pages/webhookevent/", {"action": "run_all", "_selected_action": pks})
    with schema_context(received.schema_name):
        assert messages() == ALL


# The command.


def test_the_command_runs_again_and_counts(received, globex, capsys):
    Message.objects.all().delete()
    call_command("webhooks", "replay", "--since", "2020-01-01")
    assert messages() == ALL
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["parked deliveries that wait again: 0", "acme: 3 events run again, 0 failed"]


def test_one_workspace_alone(received, globex, capsys):
    call_command("webhooks", "replay", "--since", "2020-01-01T00:00", "--workspace", "globex")
    assert capsys.readouterr().out.splitlines() == ["parked deliveries that wait again: 0"]


def test_failed_ones_alone(received, channel, capsys, run_tasks):
    parked = {"state": "PARKED", "attempts": 5, "platform": "FACEBOOK", "account_id": "10207", "error": "KeyError"}
    Delivery.objects.create(body=json.dumps(text_of("m_9", "late", 1_790_000_009_000)).encode(), **parked)
    call_command("webhooks", "replay", "--since", "2020-01-01", "--failed", "--workspace", "acme")
    assert capsys.readouterr().out.splitlines() == ["parked deliveries that wait again: 1"]
    digest_deliveries()
    with schema_context(received.schema_name):
        assert messages() == [*ALL, ("m_9", "late")]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--since", "yesterday"],
        ["--since", "2026-13-45"],
        ["--since", "2026-01-02", "--until", "2026-01-01"],
        ["--since", "2026-01-01", "--until", "soon"],
        ["--since", "2999-01-01"],
        ["--since", "2026-01-01", "--workspace", "nowhere"],
    ],
)
def test_bad_input_is_refused_in_a_line(wrong, db):
    with pytest.raises(CommandError) as refused:
        call_command("webhooks", "replay", *wrong)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_the_status_counts_what_waits(db, capsys):
    Delivery.objects.create(body=b"{}", state="PARKED", received_at=timezone.now() - timedelta(seconds=100))
    Delivery.objects.create(body=b"{}", state="PARKED")
    call_command("webhooks", "status")
    waiting, unrouted, parked, refused = capsys.readouterr().out.splitlines()
    assert (waiting, unrouted) == ("waiting: 0", "unrouted: 0")
    assert parked.startswith("parked: 2, the oldest 10")
    assert refused.startswith("refused today: ")
