"""Rows that a worker keeps for a moment: all are written, soon, each in its own workspace."""

import time

import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_context

from pages.graph.call_log import MOST_WAITING, call_log
from pages.graph.client import call
from pages.models import GraphCall
from tests.factories import make_channel
from tests.pages.graph.conftest import TOKEN, line

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def kept():
    call_log.begin()
    yield
    call_log.end()


def ask(kind="messages.send", of=None):
    call(of or line(), "POST", "1/messages", type=kind, json={"message": {"text": f"{kind} {TOKEN}"}})


def test_rows_are_written_by_themselves_and_soon(meta, in_acme, kept):
    ask()
    assert GraphCall.objects.count() == 0
    until = time.monotonic() + 60
    while not GraphCall.objects.exists() and time.monotonic() < until:
        time.sleep(0.02)
    row = GraphCall.objects.get()
    assert (row.type, row.status, row.request["body"]) == (
        "messages.send",
        200,
        {"message": {"text": "messages.send [hidden]"}},
    )


def test_what_is_kept_is_written_at_the_end_to_its_own_workspace(meta, acme, globex):
    call_log.begin()
    for workspace in (acme, globex, acme):
        with schema_context(workspace.schema_name):
            ask(workspace.slug)
    call_log.end()
    for workspace, count in ((acme, 2), (globex, 1)):
        with schema_context(workspace.schema_name):
            assert list(GraphCall.objects.values_list("type", flat=True)) == [workspace.slug] * count


def test_one_for_a_channel_that_is_gone_takes_no_other_with_it(meta, in_acme, caplog):
    call_log.begin()
    channel = make_channel()
    ask("first", line(channel_id=channel.pk))
    ask("second")
    channel.delete()
    call_log.end()
    connection.set_tenant(in_acme)
    assert GraphCall.objects.get().type == "second"
    assert "first was not written down" in caplog.text


def test_within_a_transaction_the_row_is_the_transactions(meta, in_acme, kept):
    with transaction.atomic():
        ask()
        assert GraphCall.objects.count() == 1
        transaction.set_rollback(True)
    assert GraphCall.objects.count() == 0


def test_no_more_is_kept_than_a_process_can_bear(kept, monkeypatch):
    monkeypatch.setattr(call_log, "_count", MOST_WAITING)
    assert not call_log.add("anywhere", [])
