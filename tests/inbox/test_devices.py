"""One's own devices: added, tried and removed by their agent alone, and leading nowhere but to the open internet."""

import uuid

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from agents.actions import push as subscribing
from agents.models import PushSubscription
from inbox.attention import key_of, who_looks
from tests import factories
from tests.conftest import make_client
from tests.push_service import Browser, push_service
from workspaces import sessions
from workspaces.encryption import decrypt
from workspaces.models import User, WebPushKey, Workspace
from workspaces.refusals import NotAllowed
from workspaces.valkey import valkey

BROWSER = Browser("https://push.example/one")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
def at_work(acme: Workspace):
    """Signed in on both hosts, as a browser is."""

    def at_work(user: User, workspace: Workspace = acme):
        login = uuid.UUID(make_client(user).session[sessions.LOGIN])
        return make_client(user, workspace, login_id=login, HTTP_USER_AGENT=CHROME)

    yield at_work
    valkey().delete(key_of(acme.schema_name))


def rows(workspace: Workspace) -> list[PushSubscription]:
    with schema_context(workspace.schema_name):
        return list(PushSubscription.objects.select_related("agent__user"))


def add(client, browser=BROWSER, **over):
    return client.post("/notifications/", {**browser.said, **over})


def test_a_browser_is_added_shown_and_removed(at_work, acme, bo):
    client = at_work(bo)
    assert "No device is told yet" in client.get("/notifications/").content.decode()
    assert add(client).status_code == 204
    (device,) = rows(acme)
    assert (device.agent.user, device.browser, device.endpoint) == (bo, "Chrome on Linux", BROWSER.endpoint)
    shown = client.get("/notifications/").content.decode()
    assert f'data-mark="{device.mark}"' in shown
    assert BROWSER.endpoint not in shown
    assert client.post(f"/notifications/{device.pk}/removal/").status_code == 302
    assert rows(acme) == []


def test_the_same_browser_again_is_the_same_device(at_work, acme, bo):
    client = at_work(bo)
    add(client)
    (before,) = rows(acme)
    add(client)
    assert [device.pk for device in rows(acme)] == [before.pk]


def test_one_browser_is_one_agents(at_work, acme, ana, bo):
    add(at_work(bo))
    assert add(at_work(ana)).status_code == 204
    assert [device.agent.user for device in rows(acme)] == [ana]
    assert "No device is told yet" in at_work(bo).get("/notifications/").content.decode()


def test_somebody_elses_device_is_not_there(at_work, acme, globex, ana, bo, grace):
    add(at_work(bo))
    (device,) = rows(acme)
    for client in (at_work(ana), at_work(grace, globex), at_work(ana, globex)):
        assert client.post(f"/notifications/{device.pk}/removal/").status_code == 404
        assert client.post(f"/notifications/{device.pk}/trial/").status_code == 404
    with schema_context(acme.schema_name), pytest.raises(NotAllowed):
        subscribing.unsubscribe(device, by=factories.agent_of(ana, acme))
    assert rows(acme) == [device]


def test_what_tells_a_browser_is_encrypted_in_the_database(at_work, acme, bo):
    add(at_work(bo))
    with schema_context(acme.schema_name), connection.cursor() as cursor:
        cursor.execute("SELECT p256dh, auth FROM push_subscriptions")
        stored = cursor.fetchone()
    assert [decrypt(secret) for secret in stored] == [BROWSER.said["p256dh"], BROWSER.said["auth"]]
    assert BROWSER.said["auth"] not in stored


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/one",
        "ftp://push.example/one",
        "https://localhost/one",
        "https://printer/one",
        "https://printer.local/one",
        "https://127.0.0.1/one",
        "https://10.0.0.8/one",
        "https://127.1/one",
        "https://8.8.8.8/one",
        "https://[::1]/one",
        "https://169.254.169.254/latest",
        "https://valkey.internal:6379/one",
        "https://name:word@push.example/one",
        "https://push.example:0/one",
        "https://push.exämple/one",
        "https://push.example/o\nne",
        "https://push.example/o ne",
        "https:///one",
        "not an address",
        f"https://push.example/{'x' * 1000}",
    ],
)
def test_an_endpoint_is_a_name_of_the_open_internet(endpoint, at_work, acme, bo, settings):
    settings.GRAPH_URL = ""
    answer = add(at_work(bo), endpoint=endpoint)
    assert (answer.status_code, rows(acme)) == (422, [])


def test_another_port_of_the_place_where_meta_is_played_is_inside(at_work, acme, bo, settings):
    settings.GRAPH_URL = "http://127.0.0.1:8100"
    client = at_work(bo)
    assert add(client, endpoint="http://127.0.0.1:81001/one").status_code == 422
    assert add(client, endpoint="http://127.0.0.1:8100.evil.example/one").status_code == 422
    assert add(client, endpoint="http://127.0.0.1:8100/one").status_code == 204


@pytest.mark.parametrize(
    "wrong", [{"p256dh": "AAAA"}, {"p256dh": "B" * 87}, {"auth": "AAAA"}, {"auth": "ä"}, {"auth": ""}, {"p256dh": "!"}]
)
def test_keys_that_nothing_could_be_written_with_are_refused(wrong, at_work, acme, bo):
    assert add(at_work(bo), **wrong).status_code == 422
    assert rows(acme) == []


def test_ten_devices_and_no_more(at_work, acme, bo):
    client = at_work(bo)
    for number in range(subscribing.MOST):
        assert add(client, endpoint=f"https://push.example/{number}").status_code == 204
    answer = add(client, endpoint="https://push.example/another")
    assert (answer.status_code, answer.content.decode()[:10]) == (422, "10 devices")
    assert add(client, endpoint="https://push.example/3").status_code == 204
    assert len(rows(acme)) == subscribing.MOST


def test_devices_of_log_ins_that_are_over_take_no_place(at_work, acme, bo):
    first = at_work(bo)
    for number in range(subscribing.MOST):
        add(first, endpoint=f"https://push.example/{number}")
    first.post("/sign-out/")
    second = at_work(bo)
    assert "No device is told yet" in second.get("/notifications/").content.decode()
    assert add(second).status_code == 204
    assert [device.endpoint for device in rows(acme)] == [BROWSER.endpoint]


def test_an_endpoint_that_the_browser_changed_takes_the_old_ones_place(at_work, acme, ana, bo):
    client = at_work(bo)
    add(client)
    told = client.get("/notifications/key/").json()
    assert told["key"] == WebPushKey.objects.current().public_key
    changed = {"endpoint": "https://push.example/two", "replaces": BROWSER.endpoint}
    assert add(at_work(ana), **changed).status_code == 422
    assert add(client, **changed).status_code == 204
    assert [(device.agent.user, device.endpoint) for device in rows(acme)] == [(bo, "https://push.example/two")]


def test_who_is_switched_off_adds_none(at_work, acme, bo):
    with schema_context(acme.schema_name):
        agent = factories.agent_of(bo, acme)
        agent.is_active = False
        agent.save()
    assert add(at_work(bo)).status_code == 403
    assert rows(acme) == []


def test_it_is_tried_on_the_device_even_while_its_page_is_open(at_work, acme, bo, run_tasks, settings):
    with push_service() as service:
        settings.GRAPH_URL = service.url
        browser, client = service.browser(), at_work(bo)
        add(client, browser)
        (device,) = rows(acme)
        answer = client.post(f"/notifications/{device.pk}/trial/", follow=True)
        assert "A notification is on its way to Chrome on Linux." in answer.content.decode()
        run_tasks()
        assert [(told["title"], told["always"]) for told in service.told(browser)] == [("It works", True)]


def test_it_is_not_tried_without_end(at_work, acme, bo, run_tasks):
    client = at_work(bo)
    add(client)
    (device,) = rows(acme)
    said = [client.post(f"/notifications/{device.pk}/trial/", follow=True).content.decode() for _ in range(11)]
    assert ["is on its way" in page for page in said] == [True] * 10 + [False]
    assert "That is a lot of trials for one minute." in said[-1]


def test_a_page_says_that_it_is_looked_at_where_there_is_a_device(at_work, acme, bo):
    client, page = at_work(bo), uuid.uuid4().hex
    assert client.post("/attention/", {"page": page, "looks": "1"}).json() == {"again": False}
    assert who_looks(acme.schema_name) == set()
    add(client)
    agent = factories.agent_of(bo, acme)
    assert client.post("/attention/", {"page": page, "looks": "1"}).json() == {"again": True}
    assert who_looks(acme.schema_name) == {agent.pk}
    client.post("/attention/", {"page": page, "looks": ""})
    assert who_looks(acme.schema_name) == set()
    assert client.post("/attention/", {"page": "x"}).status_code == 400


def test_the_key_is_made_once(acme):
    keys = {WebPushKey.objects.current().public_key for _ in range(3)}
    assert (len(keys), len(keys.pop()), WebPushKey.objects.count()) == (1, 87, 1)


def test_of_two_that_make_the_key_at_once_one_is_kept(at_once):
    found = at_once(*[lambda: WebPushKey.objects.current().public_key] * 3, racing_for="web_push_keys")
    assert len(set(found)) == 1
    assert len(found[0]) == 87


def test_the_service_worker_is_served_for_the_whole_host(at_work, acme, bo, client_for):
    answer = client_for(None, acme).get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"notificationclick" in b"".join(answer.streaming_content)
    assert "worker-src 'self'" in at_work(bo).get("/notifications/")["Content-Security-Policy"]


def test_the_sound_is_for_ones_own_alone_if_so_preferred(at_work, acme, ana):
    with schema_context(acme.schema_name):
        message = factories.make_message(factories.make_chat())
    client = at_work(ana)
    assert client.get(f"/notices/?ids={message.pk}").json() == {"for_you": True}
    ana.preferences.told_of_unassigned = False
    ana.preferences.save()
    assert client.get(f"/notices/?ids={message.pk}").json() == {"for_you": False}
