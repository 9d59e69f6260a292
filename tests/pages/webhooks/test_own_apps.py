"""A workspace's own app at the door: known for a few seconds, believed at once when new, and never without end."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.wsgi import application
from pages.webhooks import own_apps
from pages.webhooks.digesting import digest_deliveries
from pages.webhooks.signatures import signature
from tests.webhooks import ADDRESS, SECRET, connect, page, post, text
from workspaces.actions import deliveries
from workspaces.actions.deliveries import forget_unrouted
from workspaces.models import Delivery, MetaApp

BODY = {"object": "page", "entry": []}


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def app(acme):
    return MetaApp.objects.create(workspace=acme, app_id="9", app_secret="theirs")


@pytest.fixture
def say(acme):
    """In front of Django, as Meta would; the status."""

    def deliver(body=b'{"object":"page","entry":[]}', secret="theirs"):
        signed = {"X-Hub-Signature-256": signature(body, secret)}
        asked = RequestFactory(headers=signed).post(f"{ADDRESS}{acme.pk}/", body, "application/json")
        told = []
        b"".join(application(asked.environ, lambda status, headers: told.append(status)))
        return int(told[0].split()[0])

    return deliver


def test_it_is_not_looked_up_with_each_delivery(app, say):
    assert say() == 200
    with CaptureQueriesContext(connection) as asked:
        assert [say() for _ in range(5)] == [200] * 5
    assert [one["sql"] for one in asked if "INSERT" not in one["sql"]] == []


def test_a_new_secret_is_believed_at_once(app, say):
    assert say() == 200
    app.app_secret = "new"
    app.save()
    assert say(secret="new") == 200
    assert say(secret="theirs") == 403


def test_an_app_that_is_new_is_known_at_once(say, acme):
    MetaApp.objects.create(workspace=acme, app_id="9", app_secret="theirs")
    assert say() == 200


def test_an_app_that_is_gone_is_believed_for_a_few_seconds_at_most(app, say, monkeypatch):
    assert say() == 200
    app.delete()
    monkeypatch.setattr(own_apps, "KNOWN_SECONDS", 0)
    assert say() == 404
    assert own_apps.KNOWN_SECONDS == 0
    assert Delivery.objects.count() == 1


def test_wrong_signatures_do_not_make_the_door_look_each_time(app, say, monkeypatch):
    monkeypatch.setattr(own_apps, "KNOWN_SECONDS", 600)
    monkeypatch.setattr(own_apps, "AGAIN_SECONDS", 600)
    assert say(secret="wrong") == 403
    with CaptureQueriesContext(connection) as asked:
        assert {say(secret="wrong") for _ in range(20)} == {403}
    assert len(asked) == 0
    assert say() == 200


def test_neither_do_addresses_of_nobody(say, acme, monkeypatch):
    monkeypatch.setattr(own_apps, "KNOWN_SECONDS", 600)
    monkeypatch.setattr(own_apps, "AGAIN_SECONDS", 600)
    with CaptureQueriesContext(connection) as asked:
        assert {say() for _ in range(5)} == {404}
    assert len(asked) == 1


def test_a_secret_that_cannot_be_read_lets_nobody_in_and_meta_comes_again(app, say):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE meta_apps SET app_secret = 'of another key'")
    assert say() == 503


@pytest.mark.parametrize("state", Delivery.State.values)
def test_what_it_leaves_lying_has_an_end(app, acme, globex, say, monkeypatch, state, capsys):
    monkeypatch.setattr(own_apps, "MOST_ROWS", 3)
    Delivery.objects.create(body=b"{}", workspace_id=acme.pk, state=state)
    assert [say() for _ in range(4)] == [200, 200, 429, 429]
    # Nobody else hears of it.
    MetaApp.objects.create(workspace=globex, app_id="10", app_secret="others")
    assert post(BODY, secret="others", address=f"{ADDRESS}{globex.pk}/").status_code == 200
    assert post(BODY).status_code == 200
    call_command("webhooks", "status")
    assert "backlog" in capsys.readouterr().out.splitlines()[-1]


def test_its_bytes_have_an_end_too(app, say, monkeypatch):
    monkeypatch.setattr(own_apps, "MOST_BYTES", 100)
    body = b'{"object":"page","entry":[],"x":"' + b"x" * 100 + b'"}'
    assert [say(body), say(body)] == [200, 429]


def test_there_is_room_again_when_it_has_moved(app, acme, say, monkeypatch):
    monkeypatch.setattr(own_apps, "MOST_ROWS", 1)
    messenger = connect(acme)
    address = f"{ADDRESS}{acme.pk}/"
    assert post(page(messenger, text(messenger)), secret="theirs", address=address).status_code == 200
    assert say() == 429
    digest_deliveries()
    monkeypatch.setattr(own_apps, "KNOWN_SECONDS", 0)
    assert say() == 200


def test_of_what_is_unrouted_for_an_own_app_the_latest_is_kept(acme, globex, monkeypatch):
    """It may speak for accounts that are connected elsewhere, and would close its own door with them."""
    monkeypatch.setattr(deliveries, "UNROUTED_OF_OWN_APP", 2)
    now = timezone.now()
    for workspace_id in [acme.pk, acme.pk, acme.pk, globex.pk, None, None, None]:
        Delivery.objects.create(body=b"{}", workspace_id=workspace_id, state="UNROUTED", received_at=now)
    first = Delivery.objects.filter(workspace_id=acme.pk).earliest("id").pk
    assert forget_unrouted() == 1
    assert not Delivery.objects.filter(pk=first).exists()
    assert Delivery.objects.count() == 6
