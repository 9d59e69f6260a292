"""The row of each call: what was asked and answered, who caused it, and no secret anywhere."""

import json
import logging
import traceback
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config.celery import app as celery_app
from pages import tasks
from pages.graph.app import App
from pages.graph.calls import acting_as
from pages.graph.client import call
from pages.graph.errors import GraphError
from pages.graph.oauth import exchange_facebook_code, exchange_instagram_code, refresh_instagram_token
from pages.models import GraphCall
from tests.factories import make_channel
from tests.pages.graph.conftest import APP_SECRET, TOKEN, instagram, line
from tests.pages.graph.peer import Reply, graph_error, unused_port
from tests.pages.graph.test_client import PROOF
from workspaces.audit import Origin, coming_from

pytestmark = pytest.mark.django_db
# By name, as a traceback quotes the lines of this file.
INSTAGRAM_SECRET, LOGIN_CODE, OTHER_TOKEN = "ig-app-secret-1", "login-code-1", "page-token-of-another"
APP = App("505000000000001", APP_SECRET, "606000000000001", INSTAGRAM_SECRET)
SECRETS = [TOKEN, PROOF, APP_SECRET, INSTAGRAM_SECRET, LOGIN_CODE, OTHER_TOKEN]


def everything() -> str:
    return json.dumps(list(GraphCall.objects.values()), default=str)


def test_the_row_says_what_was_asked_and_answered_and_by_whom(meta, in_acme):
    meta.will(Reply({"recipient_id": "7", "message_id": "m_1"}, headers={"x-fb-trace-id": "Atrace"}))
    channel = make_channel()
    with acting_as("sam@cast.example"), coming_from(Origin("192.0.2.7")):
        body = {"recipient": {"id": "7"}, "message": {"text": "Hi"}}
        call(line(channel_id=channel.pk), "POST", "1/messages", type="messages.send", json=body, address="message 5")
    row = GraphCall.objects.get()
    assert (row.channel, row.actor, row.ip_address) == (channel, "sam@cast.example", "192.0.2.7")
    assert (row.type, row.address, row.status, row.error_code, row.trace_id) == (
        "messages.send",
        "message 5",
        200,
        "",
        "Atrace",
    )
    assert row.request == {
        "method": "POST",
        "path": "1/messages",
        "params": {"appsecret_proof": "[hidden]"},
        "body": body,
    }
    assert row.response == {"recipient_id": "7", "message_id": "m_1"}


def test_a_failure_leaves_its_number(meta, in_acme):
    meta.will(graph_error(10, 2018278))
    with pytest.raises(GraphError):
        call(line(), "POST", "1/messages", type="messages.send", json={})
    row = GraphCall.objects.get()
    assert (row.error_code, row.status, row.trace_id) == ("10/2018278", 400, "Atrace")


def test_silence_leaves_a_row_too(meta, in_acme):
    meta.will(Reply(fate="reset"))
    with pytest.raises(GraphError):
        call(line(), "POST", "1/messages", type="messages.send", json={})
    row = GraphCall.objects.get()
    assert (row.error_code, row.status, row.response) == ("ambiguous", None, None)


def test_outside_a_workspace_nothing_is_written(meta, db):
    call(line(), "GET", "me", type="identity.read")
    assert len(meta.asked) == 1


def test_the_log_that_fails_fails_nobody(meta, in_acme, caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE graph_calls RENAME TO elsewhere")
    assert call(line(), "GET", "me", type="identity.read").status == 200
    assert "identity.read was not written down" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM elsewhere")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("text", ["a\x00b", "\ud83d", "x" * 100_000, "😀"])
def test_no_text_is_too_strange_to_be_kept(meta, in_acme, text):
    meta.will({"echo": text, "deep": [[[[[[[[[[[[[[[["x"]]]]]]]]]]]]]]]], "long": [1] * 10_000})
    call(line(), "POST", "1/messages", type="messages.send", json={"message": {"text": text}})
    row = GraphCall.objects.get()
    assert len(json.dumps(row.request)) < 20_000
    assert len(row.response["long"]) <= 100


# What a peer may do with the secrets that it was given.
LEAKS = {
    "as a token": lambda held: Reply({"access_token": OTHER_TOKEN, "note": held, "data": [{"access_token": held}]}),
    "as an address": lambda held: Reply(
        {"paging": {"next": f"https://x.example/?access_token={OTHER_TOKEN}&a={held}"}}
    ),
    "as a name": lambda held: Reply({held: {"x": held}}, headers={"x-fb-trace-id": held}),
    "in an error": lambda held: graph_error(987_654, message=held, error_user_msg=held),
    "in Instagram's error": lambda held: Reply({"error_message": held, "code": 400}, status=400),
    "in a page": lambda held: Reply(raw=f"<html>{held}</html>".encode(), status=502),
    "in a redirect": lambda held: Reply(status=302, headers={"Location": f"http://127.0.0.1:9/?{held}"}),
    "not": lambda held: Reply(fate="reset"),
}
BODY = {"access_token": TOKEN, "x": [TOKEN]}
CALLS = {
    "a call": (
        lambda: call(line(), "POST", "me", type="t", json=BODY, params={"q": TOKEN}),
        [TOKEN, PROOF, APP_SECRET],
    ),
    "a log-in": (lambda: exchange_facebook_code(APP, LOGIN_CODE, "https://a.example"), [LOGIN_CODE, APP_SECRET]),
    "Instagram's": (
        lambda: exchange_instagram_code(APP, f"{LOGIN_CODE}#_", "https://a.example"),
        [LOGIN_CODE, INSTAGRAM_SECRET],
    ),
    "a renewal": (lambda: refresh_instagram_token(instagram(app_secret=INSTAGRAM_SECRET)), [TOKEN, INSTAGRAM_SECRET]),
}


@pytest.mark.parametrize("asking", CALLS)
@pytest.mark.parametrize("leak", LEAKS)
def test_no_secret_is_in_a_row_a_log_line_or_an_error(meta, in_acme, caplog, leak, asking):
    caplog.set_level(logging.DEBUG)
    ask, held = CALLS[asking]
    meta.will(LEAKS[leak](" ".join(held)))
    words = outcome_of(ask)
    assert len(meta.asked) == 1
    assert GraphCall.objects.count() == 1
    told = everything() + caplog.text + words
    assert [secret for secret in SECRETS if secret in told] == []


def outcome_of(ask) -> str:
    try:
        return type(ask()).__name__
    except GraphError as error:
        return f"{error!r} {error} {error.meaning} {error.trace_id} {error.__context__!r}" + "".join(
            traceback.format_exception(error)
        )


def test_no_secret_is_in_the_error_of_a_closed_door(meta, in_acme, settings, caplog):
    caplog.set_level(logging.DEBUG)
    settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(GraphError) as raised:
        exchange_facebook_code(APP, LOGIN_CODE, "https://acme.example/back")
    told = everything() + caplog.text + "".join(traceback.format_exception(raised.value))
    assert [secret for secret in SECRETS if secret in told] == []
    assert "505000000000001" in told


def test_what_is_no_secret_stays_readable(meta, in_acme):
    template = {"name": "visit", "language": {"code": "es_CO"}}
    meta.will(graph_error(132001, status=404))
    with pytest.raises(GraphError):
        call(line(), "POST", "1/messages", type="t", json={"template": template})
    row = GraphCall.objects.get()
    assert row.request["body"] == {"template": template}
    assert row.response["error"]["code"] == 132001


def test_a_line_and_an_app_show_no_secret():
    shown = f"{line()!r} {line()} {APP!r}"
    assert [secret for secret in SECRETS if secret in shown] == []


def test_old_calls_are_forgotten_in_every_workspace(meta, in_acme, globex, run_tasks, settings):
    for days in (1, 13, 15, 400):
        call(line(), "GET", "me", type=f"days.{days}")
        GraphCall.objects.filter(type=f"days.{days}").update(created_at=timezone.now() - timedelta(days=days))
    connection.set_schema_to_public()
    tasks.forget_graph_calls_everywhere()
    assert run_tasks() == ["pages.tasks.forget_graph_calls"] * 2
    connection.set_schema(in_acme.schema_name)
    assert set(GraphCall.objects.values_list("type", flat=True)) == {"days.1", "days.13"}


def test_the_clock_knows_of_it():
    assert "pages.tasks.forget_graph_calls_everywhere" in {
        entry["task"] for entry in celery_app.conf.beat_schedule.values()
    }
