"""The door: what is answered 200 is in the database, and everything else has its own status."""

import json
import re

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.wsgi import application
from pages.webhooks.fast_door import ADDRESSES
from pages.webhooks.signatures import signature
from tests import webhooks
from tests.factories import make_workspace
from tests.webhooks import ADDRESS, SECRET, post
from workspaces.models import Delivery, MetaApp

BODY = {"object": "page", "entry": []}


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET, settings.META_VERIFY_TOKEN = SECRET, "the word"


@pytest.fixture(autouse=True, params=["in front of Django", "in Django"])
def either_door(request, monkeypatch):
    """Deliveries are taken by the first; both are to answer the same."""
    if request.param == "in front of Django":
        monkeypatch.setattr(webhooks, "CLIENT", WsgiClient)


class WsgiClient(Client):
    """By way of the application that the server runs."""

    def post(self, address, *args, **kwargs):
        if not ADDRESSES.fullmatch(address):
            return super().post(address, *args, **kwargs)
        asked = RequestFactory(**self.defaults).post(address, *args, **kwargs)
        told = []
        body = b"".join(application(asked.environ, lambda status, headers: told.append((status, headers))))
        ((status, headers),) = told
        return HttpResponse(body, status=int(status.split()[0]), headers=dict(headers))


def get(**query):
    return Client(HTTP_HOST=django_settings.BASE_DOMAIN).get(ADDRESS, {f"hub.{k}": v for k, v in query.items()})


def test_the_handshake_gives_the_challenge_back(db):
    answer = get(mode="subscribe", verify_token="the word", challenge="11588")
    assert (answer.status_code, answer.content) == (200, b"11588")


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "subscribe", "verify_token": "another", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": "the word", "challenge": "1"},
        {"mode": "subscribe", "challenge": "1"},
        {},
    ],
)
def test_a_wrong_word_gets_nothing(query, db):
    answer = get(**query)
    assert (answer.status_code, b"1" in answer.content) == (403, False)


@pytest.mark.parametrize("challenge", ["", "alert(1)", "<script>", "1\n2", "ä", "1" * 201])
def test_only_a_challenge_is_said_back(challenge, db):
    """Who knows the word could otherwise have us serve a script of theirs."""
    answer = get(mode="subscribe", verify_token="the word", challenge=challenge)
    assert (answer.status_code, answer.content) == (400, b"challenge")
    assert get(mode="subscribe", verify_token="the word", challenge="1")["X-Content-Type-Options"] == "nosniff"


def test_without_a_word_nobody_is_let_in(db, settings):
    settings.META_VERIFY_TOKEN = ""
    assert get(mode="subscribe", verify_token="", challenge="1").status_code == 403


def test_a_delivery_is_kept_as_it_came(db):
    raw = rb'{"object":"page","entry":[{"id":"1","text":"\u00e4\/\ud83d\ude00"}]}'
    assert post(raw).status_code == 200
    kept = Delivery.objects.get()
    assert (bytes(kept.body), kept.state, kept.workspace_id, kept.attempts) == (raw, "WAITING", None, 0)


def test_metas_own_example_of_an_escaped_body(db, settings):
    settings.META_APP_SECRET = "test_app_secret"
    raw = rb'{"object":"page","entry":[{"id":"1","text":"\u00e4\u00f6"}]}'
    signed = "sha256=d9396b7c8e331542cd79a45997636c9066391c9d57ee57a491d94f41c5979839"
    assert post(raw, secret="any", **{"X-Hub-Signature-256": signed}).status_code == 200
    again = json.dumps(json.loads(raw), ensure_ascii=False).encode()
    assert post(again, secret="any", **{"X-Hub-Signature-256": signed}).status_code == 403


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (BODY, {"X-Hub-Signature-256": ""}, 403),
        (BODY, {"X-Hub-Signature-256": "sha256=" + "0" * 64}, 403),
        (BODY, {"X-Hub-Signature-256": "sha1=" + "0" * 40}, 403),
        (BODY, {"X-Hub-Signature-256": "ä" * 71}, 403),
        (b"not json", {}, 400),
        (b" ", {}, 400),
        (b'{"object": NaN}', {}, 400),
        (b"[" * 100_000, {}, 400),
        ({"object": "page", "entry": [{}] * 1001}, {}, 413),
        (b'"' + b"x" * (4 * 1024 * 1024) + b'"', {}, 413),
    ],
)
def test_what_is_turned_away_leaves_nothing(body, headers, status, db):
    assert post(body, **headers).status_code == status
    assert Delivery.objects.count() == 0


def test_another_content_is_no_delivery(db):
    raw = json.dumps(BODY).encode()
    browser = Client(HTTP_HOST=django_settings.BASE_DOMAIN)
    signed = {"X-Hub-Signature-256": signature(raw, SECRET)}
    assert browser.post(ADDRESS, raw, "text/plain", headers=signed).status_code == 415
    assert browser.put(ADDRESS, raw, "application/json", headers=signed).status_code == 405
    assert Delivery.objects.count() == 0


def test_without_a_secret_nothing_is_believed(db, settings):
    settings.META_APP_SECRET = settings.INSTAGRAM_APP_SECRET = ""
    assert post(BODY, secret="").status_code == 403


def test_the_instagram_secret_signs_too(db, settings):
    settings.INSTAGRAM_APP_SECRET = "instagram's own"
    assert post(BODY, secret="instagram's own").status_code == 200


def test_a_workspaces_own_app_has_its_own_address(db):
    workspace = make_workspace()
    MetaApp.objects.create(workspace=workspace, app_id="9", app_secret="their secret", verify_token="their word")
    own = f"{ADDRESS}{workspace.pk}/"
    assert post(BODY, secret="their secret", address=own).status_code == 200
    assert Delivery.objects.get().workspace_id == workspace.pk
    assert post(BODY, secret=SECRET, address=own).status_code == 403
    assert post(BODY, secret="their secret").status_code == 403
    browser = Client(HTTP_HOST=django_settings.BASE_DOMAIN)
    query = {"hub.mode": "subscribe", "hub.verify_token": "their word", "hub.challenge": "7"}
    assert browser.get(own, query).content == b"7"


def test_nobodys_address_is_not_found(db):
    assert post(BODY, address=f"{ADDRESS}{'0' * 8}-0000-7000-8000-{'0' * 12}/").status_code == 404
    assert post(BODY, address=f"{ADDRESS}nonsense/").status_code == 404


def test_a_dead_connection_is_replaced(transactional_db):
    post(BODY)
    connection.connection.pgconn.finish()
    assert post(BODY).status_code == 200
    assert Delivery.objects.count() == 2


def test_what_is_turned_away_is_counted(db, capsys):
    def counted():
        call_command("webhooks", "status")
        told = capsys.readouterr().out.splitlines()[-1]
        return int(found.group(1)) if (found := re.search(r"signature (\d+)", told)) else 0

    before = counted()
    post(BODY, secret="another")
    post(BODY, secret="yet another")
    assert counted() == before + 2
