"""From a host to a workspace: remembered per process, forgotten everywhere when it changes."""

import time

import pytest
from django.db import connection, transaction

from tests.factories import make_workspace
from workspaces.actions.workspaces import reactivate_workspace, suspend_workspace
from workspaces.models import Domain
from workspaces.tenancy import hosts
from workspaces.tenancy.hosts import HostCache, announce_host_change

HOST = "acme.localhost"


def until(true) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it did not come true within a minute"
        time.sleep(0.01)


def listening(cache: HostCache) -> HostCache:
    cache.workspace_at(HOST)
    until(lambda: cache._hears)
    cache.workspace_at(HOST)
    return cache


@pytest.fixture
def cache(db):
    """The one of the product, in the state it has in a process that runs."""
    return listening(hosts.hosts)


def status_at(cache: HostCache, host: str = HOST) -> str:
    return cache.workspace_at(host).status


def test_a_known_host_costs_no_query(cache, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert cache.workspace_at(HOST).slug == "acme"


def test_an_unknown_host_is_remembered_too(cache, django_assert_num_queries):
    cache.workspace_at("nope.localhost")
    with django_assert_num_queries(0):
        assert cache.workspace_at("nope.localhost") is None


def test_a_request_to_a_known_host_asks_the_database_nothing(cache, client_for, acme, django_assert_num_queries):
    client = client_for(workspace=acme)
    with django_assert_num_queries(0):
        assert client.get("/sign-in/").status_code == 302


def test_any_domain_of_a_workspace_leads_to_it(cache, acme):
    Domain.objects.create(tenant=acme, domain="inbox.acme.example", is_primary=False)
    assert cache.workspace_at("inbox.acme.example") == acme


def test_an_erased_workspace_has_no_host(cache, acme):
    acme.status = "ERASED"
    acme.save()
    cache.forget()
    assert cache.workspace_at(HOST) is None


def test_nothing_is_forgotten_before_the_commit(cache, acme, ops, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        suspend_workspace(acme, note="unpaid", by=ops)
        assert status_at(cache) == "ACTIVE"
    assert [callback.__name__ for callback in callbacks].count("_ring") == 1
    assert status_at(cache) == "SUSPENDED"


def test_a_new_workspace_is_found_at_once(cache, django_capture_on_commit_callbacks):
    assert cache.workspace_at("big-shop.localhost") is None
    with django_capture_on_commit_callbacks(execute=True):
        made = make_workspace(slug="big-shop")
    assert cache.workspace_at("big-shop.localhost") == made


def test_a_rollback_announces_nothing(cache, acme, ops, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        with transaction.atomic():
            suspend_workspace(acme, note="unpaid", by=ops)
            transaction.set_rollback(True)
        assert status_at(cache) == "ACTIVE"
    assert callbacks == []


def test_an_answer_that_changed_while_it_was_read_is_not_kept(db, django_assert_num_queries):
    cache = listening(HostCache())
    cache.forget()

    def change_meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        cache.forget()
        return answer

    with connection.execute_wrapper(change_meanwhile):
        assert cache.workspace_at(HOST).slug == "acme"
    with django_assert_num_queries(1):
        assert cache.workspace_at(HOST).slug == "acme"
    with django_assert_num_queries(0):
        assert cache.workspace_at(HOST).slug == "acme"


def test_other_processes_hear_of_it(transactional_db, acme, ops):
    other = listening(HostCache())
    suspend_workspace(acme, note="unpaid", by=ops)
    until(lambda: status_at(other) == "SUSPENDED")
    reactivate_workspace(acme, by=ops)
    until(lambda: status_at(other) == "ACTIVE")
    assert other.workspace_at(HOST) == acme


def test_what_is_remembered_has_a_bound(db, monkeypatch):
    monkeypatch.setattr(hosts, "MAX_HOSTS", 3)
    cache = HostCache()
    for number in range(10):
        cache.workspace_at(f"guess{number}.localhost")
        assert len(cache._known) <= 3


@pytest.fixture
def valkey_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}


def test_with_valkey_away_hosts_are_found_and_trusted_for_a_second(db, valkey_away, monkeypatch):
    cache = HostCache()
    assert cache.workspace_at(HOST).slug == "acme"
    assert (cache._hears, hosts.DEAF_SECONDS) == (False, 1.0)
    monkeypatch.setattr(hosts, "DEAF_SECONDS", 0.0)
    make_workspace(slug="big-shop")
    cache._known["big-shop.localhost"] = (time.monotonic(), None)
    assert cache.workspace_at("big-shop.localhost").slug == "big-shop"


def test_with_valkey_away_an_announcement_does_no_harm(db, valkey_away, django_capture_on_commit_callbacks, caplog):
    with django_capture_on_commit_callbacks(execute=True):
        announce_host_change()
    assert "other processes were not told" in caplog.text


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/accounts/login/", 200), ("/accounts/signup/", 200)])
def test_with_valkey_away_the_public_site_answers(path, status, db, valkey_away, client_for):
    assert client_for().get(path).status_code == status


def test_with_valkey_away_a_workspace_answers(db, valkey_away, client_for, bo, acme):
    assert client_for(bo, acme).get("/").status_code == 200
