"""Usage headers: who nears a limit pauses, here and in the other processes."""

import json
from datetime import timedelta

import pytest
import redis
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pages.graph import usage
from pages.graph.client import call
from tests.pages.graph.conftest import line, whatsapp
from tests.pages.graph.peer import Reply, graph_error
from workspaces.valkey import valkey

APP = "app:505000000000001"
ACCOUNT = "account:104200000000001"


def pauses(**headers):
    return dict(usage.pauses_in(line(), {name.replace("_", "-"): value for name, value in headers.items()}))


def by_account(account="104200000000001", **use):

    return pauses(X_Business_Use_Case_Usage=json.dumps({account: [{"type": "messenger", "call_count": 0, **use}]}))


@pytest.mark.parametrize("used", [0, 28, 74])
def test_below_three_quarters_nothing_pauses(used):
    assert pauses(X_App_Usage=f'{{"call_count":{used},"total_time":1,"total_cputime":1}}') == {}


def test_from_three_quarters_the_pause_grows():
    seconds = [by_account(call_count=used)[ACCOUNT].total_seconds() for used in (75, 80, 90, 94)]
    assert seconds == sorted(set(seconds))
    assert 0 < seconds[0] < 1
    assert seconds[-1] < 30


def test_any_of_the_three_counts():
    assert pauses(X_App_Usage='{"call_count":1,"total_time":1,"total_cputime":99}') == {APP: timedelta(minutes=5)}


def test_a_page_pauses_its_own_account():
    assert pauses(X_Page_Usage='{"call_count":96}') == {ACCOUNT: timedelta(minutes=5)}


def test_the_time_that_meta_estimates_is_in_minutes():
    assert by_account(call_count=100, estimated_time_to_regain_access=7) == {ACCOUNT: timedelta(minutes=7)}


def test_a_business_above_the_account_pauses_the_account():
    assert by_account("999", call_count=97) == {ACCOUNT: timedelta(minutes=5)}


def test_advertising_is_none_of_ours():
    assert by_account(type="ads_insights", call_count=100) == {}


def test_managing_templates_too_often_holds_no_message():
    number = whatsapp()
    header = '{"102200000000001":[{"type":"whatsapp_business_management","call_count":99}]}'
    usage.obey(number, {"X-Business-Use-Case-Usage": header})
    assert usage.paused_until(number) is None
    assert usage.paused_until(number, management=True) is not None


@pytest.mark.parametrize(
    "header", ["", "{", "[]", "null", '"x"', '{"call_count": "99"}', '{"call_count": NaN}', "[" * 9999]
)
def test_a_broken_header_is_none(header):
    assert pauses(X_App_Usage=header, X_Page_Usage=header, X_Business_Use_Case_Usage=header) == {}


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["call_count", "type", "estimated_time_to_regain_access", "x"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(json_like)
def test_no_header_is_an_error(value):

    for pause in pauses(X_App_Usage=json.dumps(value), X_Business_Use_Case_Usage=json.dumps({"1": value})).values():
        assert timedelta() < pause <= timedelta(days=1)


def test_the_pause_is_known_at_once_and_in_other_processes(meta):
    meta.will(Reply(headers={"X-App-Usage": '{"call_count":99}'}))
    assert usage.paused_until(line()) is None
    call(line(), "GET", "me", type="t")
    until = usage.paused_until(line())
    assert timedelta(minutes=4) < until - timezone.now() <= timedelta(minutes=5)
    usage.forget()
    assert abs(usage.paused_until(line()) - until) < timedelta(seconds=1)
    other = line(external_id="2", page_id="2", app_id="3")
    assert usage.paused_until(other) is None
    assert 0 < valkey().ttl("graph:pause:app:505000000000001") <= 300


def test_a_shorter_pause_does_not_end_a_longer_one():
    usage.hold(APP, timedelta(minutes=5))
    until = usage.paused_until(line())
    usage.hold(APP, timedelta(seconds=1))
    assert usage.paused_until(line()) == until
    usage.forget()
    usage.hold(APP, timedelta(seconds=1))
    assert usage.paused_until(line()) - until < timedelta(seconds=1)
    assert usage.paused_until(line()) > timezone.now() + timedelta(minutes=4)


def test_a_limit_of_the_app_pauses_all_its_channels(meta):
    meta.will(graph_error(4))
    with pytest.raises(Exception, match="4"):
        call(line(), "GET", "me", type="t")
    assert usage.paused_until(line(external_id="2", page_id="2")) is not None


def test_without_valkey_a_process_knows_what_it_was_told(monkeypatch, caplog):

    closed = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(usage, "valkey", lambda: closed)
    usage.hold(APP, timedelta(minutes=5))
    assert usage.paused_until(line()) is not None
    assert usage.paused_until(line(app_id="3", external_id="2", page_id="2")) is None
    assert caplog.text.count("this process's own") == 1
