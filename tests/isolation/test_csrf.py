"""No door acts without the token of its own host's page."""

import pytest

from tests.isolation.cast import Cookies
from tests.isolation.doors import DOORS
from tests.isolation.knocking import address_of, knock, what_is_sent
from tests.isolation.urls import public_urls, workspace_urls
from tests.isolation.world import World

# What others post carries its own proof: Google's, where it is set up, in a cookie of its own; Meta's is a signature.
EXEMPT = {"google_login_by_token", "webhooks", "webhooks_of_workspace"}
STRONGEST = {"acme": "owner", "": "operator"}
EVERY = [pytest.param(host, name, id=f"{host or 'public'}-{name}") for host, doors in DOORS.items() for name in doors]


def test_no_other_view_is_exempt():
    urls = [*workspace_urls(), *public_urls()]
    assert {url.name for url in urls if getattr(url.view, "csrf_exempt", False)} == EXEMPT


@pytest.mark.parametrize(("host", "name"), EVERY)
def test_every_door_wants_a_token(host: str, name: str, world: World, cookies: Cookies):
    address, sent = address_of(name, host, world.ids["acme"]), what_is_sent(DOORS[host][name], world.ids["acme"])
    for who, method in (("anonymous", "post"), (STRONGEST[host], "post"), (STRONGEST[host], "delete")):
        client = cookies.client(who, host, enforce_csrf_checks=True)
        answer = knock(client, method, address, world, sent if method == "post" else None)
        assert answer.tables == set()
        assert name in EXEMPT or "403_csrf.html" in [template.name for template in answer.response.templates]


def token_and_client(cookies: Cookies, who: str, host: str) -> tuple[str, object]:
    client = cookies.client(who, host, enforce_csrf_checks=True)
    page = client.get("/settings/" if host else "/account/").content.decode()
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0], client


def test_with_its_token_a_form_is_taken(cookies: Cookies):
    token, client = token_and_client(cookies, "owner", "acme")
    assert client.post("/availability/", {"availability": "AWAY", "csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize(("other", "door"), [("globex", "/availability/"), ("", "/account/preferences/")])
def test_the_token_of_one_host_is_none_on_another(other, door, cookies: Cookies):
    token, _ = token_and_client(cookies, "owner", "acme")
    _, client = token_and_client(cookies, "owner", other)
    answer = client.post(door, {"availability": "AWAY", "theme": "dark", "csrfmiddlewaretoken": token})
    assert "403_csrf.html" in [template.name for template in answer.templates]


@pytest.mark.parametrize("origin", ["http://globex.localhost", "http://localhost", "http://acme.localhost:1", "null"])
def test_a_form_sent_from_another_host_is_refused_with_token_and_all(origin, cookies: Cookies):
    token, client = token_and_client(cookies, "owner", "acme")
    form = {"availability": "AWAY", "csrfmiddlewaretoken": token}
    assert client.post("/availability/", form, headers={"Origin": origin}).status_code == 403
    assert client.post("/availability/", form, headers={"Origin": "http://acme.localhost"}).status_code == 302
