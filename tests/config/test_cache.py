"""A cache that may be away, and in which no workspace finds another's keys."""

import pytest
from django.core.cache import cache, caches
from django_tenants.utils import schema_context

from tests.factories import PASSWORD, make_invitation

AWAY = "redis://127.0.0.1:1/0"


@pytest.fixture
def away(settings):
    settings.REDIS_URL = AWAY
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": AWAY}}


CALLS = [
    ("get", lambda: cache.get("key"), None),
    ("get, otherwise", lambda: cache.get("key", "other"), "other"),
    ("set", lambda: cache.set("key", 1), None),
    ("add", lambda: cache.add("key", 1), True),
    ("touch", lambda: cache.touch("key"), False),
    ("delete", lambda: cache.delete("key"), False),
    ("get_many", lambda: cache.get_many(["a", "b"]), {}),
    ("set_many", lambda: cache.set_many({"a": 1}), []),
    ("has_key", lambda: "key" in cache, False),
    ("get_or_set", lambda: cache.get_or_set("key", 7), 7),
]


@pytest.mark.parametrize(("_case", "call", "answer"), CALLS, ids=[case for case, _, _ in CALLS])
def test_while_it_is_away(_case, call, answer, away, caplog, db):
    assert call() == answer
    assert "the cache is away" in caplog.text


def test_while_it_is_there(db):
    cache.set("key", [1, 2], 60)
    assert (cache.get("key"), cache.add("key", 3), cache.delete("key"), cache.get("key", 5)) == ([1, 2], False, True, 5)
    cache.set("count", 1)
    assert cache.incr("count", 2) == 3


def test_while_it_is_away_people_sign_in(away, client_for, bo):
    client = client_for()
    assert client.post("/accounts/login/", {"login": bo.email, "password": PASSWORD}).status_code == 302
    assert client.get("/account/").status_code == 200


def test_while_it_is_away_a_wrong_password_is_wrong(away, client_for, bo):
    client = client_for()
    answer = client.post("/accounts/login/", {"login": bo.email, "password": "wrong"})
    assert (answer.status_code, "_auth_user_id" in client.session) == (200, False)


def test_while_it_is_away_invitations_and_addresses_are_answered(away, client_for, acme):
    invitation = make_invitation(acme)
    assert client_for().get(f"/invitations/{invitation.secret}/").status_code == 200
    assert client_for().get("/address-check/?slug=acme").status_code == 200


def test_no_workspace_finds_anothers_keys(db, acme, globex):
    for workspace in (acme, globex):
        with schema_context(workspace.schema_name):
            assert cache.get("who") is None
            cache.set("who", workspace.slug)
    assert cache.get("who") is None
    for workspace in (acme, globex):
        with schema_context(workspace.schema_name):
            assert cache.get("who") == workspace.slug
            assert caches["default"].make_key("who").startswith(f"{workspace.schema_name}:")
