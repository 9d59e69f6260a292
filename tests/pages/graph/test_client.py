"""A call: what leaves, what counts as an answer, and what silence means."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pages.graph import client
from pages.graph.client import call
from pages.graph.errors import GraphError, Kind
from pages.graph.line import proof_of
from tests.pages.graph.conftest import APP_SECRET, TOKEN, instagram, line
from tests.pages.graph.peer import Reply, graph_error, unused_port

PROOF = "c7011da5e99e331ca18ab40681a3a5d330eabbfd24d1382a0ec448f1481b2eb5"


def ask(method="POST", *, of=None, **over):
    return call(of or line(), method, "me/messages", type="test.call", **over)


def failure(*args, **over) -> GraphError:
    with pytest.raises(GraphError) as raised:
        ask(*args, **over)
    return raised.value


def test_the_proof_is_metas_own():
    assert proof_of(TOKEN, APP_SECRET) == PROOF


def test_the_token_is_in_the_header_and_its_proof_beside_it(meta):
    answer = ask(json={"a": 1})
    (asked,) = meta.asked
    assert (asked.method, asked.path, asked.json) == ("POST", "/v25.0/me/messages", {"a": 1})
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.query == {"appsecret_proof": PROOF}
    assert (answer.data, answer.status) == ({"success": True}, 200)


def test_without_a_secret_there_is_no_proof(meta):
    ask(of=line(app_secret=""))
    assert meta.asked[0].query == {}


def test_one_connection_serves_one_call_after_another(meta):
    meta.will(*[{"success": True}] * 3, graph_error(100), {"success": True})
    for _ in range(3):
        ask()
    failure()
    ask()
    assert len({asked.connection for asked in meta.asked}) == 1


def test_threads_share_the_session(meta):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask("GET").data, range(40)))
    assert answers == [{"success": True}] * 40
    assert len({asked.connection for asked in meta.asked}) <= 8


def test_a_child_process_uses_no_connection_of_its_parent(meta):
    ask()
    if (child := os.fork()) == 0:
        try:
            ask()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert len({asked.connection for asked in meta.asked}) == 2


def test_what_was_refused_at_the_door_never_left(meta, settings):
    settings.META_HOSTS = {**settings.META_HOSTS, "graph": f"http://127.0.0.1:{unused_port()}"}
    error = failure()
    assert (error.left, error.kind, error.retryable) == (False, Kind.RETRY, True)


def test_a_name_that_nobody_knows_never_left(meta, settings):
    settings.META_HOSTS = {**settings.META_HOSTS, "graph": "http://nowhere.invalid"}
    error = failure()
    assert (error.left, error.kind) == (False, Kind.RETRY)


def test_a_door_that_does_not_open_in_time_never_left(meta, settings, monkeypatch):
    monkeypatch.setattr(client, "CONNECT_SECONDS", 0.2)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        settings.META_HOSTS = {**settings.META_HOSTS, "graph": f"http://127.0.0.1:{full.getsockname()[1]}"}
        error = failure()
        for one in waiting:
            one.close()
    assert (error.left, error.kind) == (False, Kind.RETRY)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(fate="reset"),
        Reply(fate="silence"),
        Reply(fate="short"),
        Reply(raw=b"<html>Bad gateway</html>", status=502),
        Reply({}, status=503),
        Reply(raw=b"Sorry", status=200),
        Reply(raw=b'{"a": "' + b"x" * client.MAX_ANSWER + b'"}'),
        Reply(raw=b"not gzip", headers={"Content-Encoding": "gzip"}),
        Reply(raw=b"[" * 100_000),
    ],
    ids=["reset", "silence", "short", "gateway", "empty-503", "no-json", "endless", "not-gzip", "deep"],
)
@pytest.mark.parametrize(
    ("method", "repeatable", "kind"), [("POST", False, "ambiguous"), ("GET", False, "retry"), ("POST", True, "retry")]
)
def test_what_left_without_a_clear_answer_is_a_riddle_unless_it_may_be_asked_again(
    meta, monkeypatch, reply, method, repeatable, kind
):
    monkeypatch.setattr(client, "READ_SECONDS", 0.2)
    meta.will(reply)
    error = failure(method, repeatable=repeatable)
    assert (error.kind, error.left) == (kind, True)
    assert len(meta.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(301, "final"), (400, "final"), (401, "reconnect"), (404, "final"), (413, "final"), (429, "slow_down")],
)
def test_a_refusal_without_metas_words_is_judged_by_its_status(meta, status, kind):
    meta.will(Reply(raw=b"<html>", status=status, headers={"Location": "http://127.0.0.1:9/"}))
    error = failure()
    assert (error.kind, error.status) == (kind, status)


def test_metas_words_count_more_than_the_status(meta):
    meta.will(graph_error(190, 463, status=500))
    error = failure()
    assert (error.kind, error.number, error.trace_id, error.status) == (Kind.RECONNECT, "190/463", "Atrace", 500)


def test_an_error_under_a_200_is_an_error(meta):
    meta.will(graph_error(10, 2018278, status=200))
    assert failure().kind == Kind.WINDOW_CLOSED


def test_instagram_login_speaks_with_instagram(meta, settings):
    settings.META_HOSTS = {**settings.META_HOSTS, "graph": "http://127.0.0.1:9"}
    ask(of=instagram())
    assert meta.asked[0].path == "/v25.0/me/messages"


def test_a_slow_down_waits_as_long_as_the_header_says(meta):
    header = '{"104200000000001":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":20}]}'
    reply = graph_error(613, 2018338)
    reply.headers["X-Business-Use-Case-Usage"] = header
    meta.will(reply)
    error = failure()
    assert (error.kind, error.retry_after, error.pauses) == (Kind.SLOW_DOWN, timedelta(minutes=20), "channel")
