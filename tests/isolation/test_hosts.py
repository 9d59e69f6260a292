"""Whatever a request says of its host, it is answered by one workspace, and by the one its session is for."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django_tenants.utils import schema_context

from tests.isolation.cast import Cookies
from tests.isolation.doors import ANSWER, DOORS
from tests.isolation.knocking import address_of, taken_back, text_of, what_is_sent
from tests.isolation.world import MARKS, World


@pytest.fixture
def at(cookies: Cookies):
    """ana's session of acme's host, shown with any host and any headers."""

    def get(host: str, address: str = "/", **headers: str):
        client = Client(HTTP_HOST=host)
        client.cookies["session"] = cookies.keys["owner", "acme"]
        return client.get(address, **headers)

    return get


@pytest.mark.parametrize(
    "host", ["acme.localhost", "ACME.localhost", "acme.localhost:8000", "acme.LOCALHOST.:443", "acme.localhost."]
)
def test_spellings_of_one_host(host, at, world: World):
    answer = at(host)
    assert answer.status_code == 200
    assert MARKS["acme"] in text_of(answer)
    assert not world.given_away("globex", text_of(answer))


@pytest.mark.parametrize("host", ["globex.localhost", "GLOBEX.localhost:8000", "globex.localhost."])
def test_the_session_does_not_count_at_any_spelling_of_another_host(host, at, world: World):
    answer = at(host)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/")


NOWHERE = """nowhere.localhost acme globex ws_acme evil.acme.localhost acme.localhost.evil.example evil.example
    127.0.0.1 127.0.0.1:8000 [::1] [::1]:8000 0 10.0.0.1 acme.localhost@globex.localhost
    acme.localhost,globex.localhost acme.localhost/globex acme.localhost?globex acme.localhost#globex
    acme..localhost .acme.localhost acme.localhost.. acme.localhost:port acme.localhost:80:80 acme_localhost
    acme%2elocalhost acme.localhost%00 xn--acme.localhost acme。localhost *.localhost %.localhost
    acme.localhost' http://acme.localhost acme.localhost\\globex""".split()


@pytest.mark.parametrize("host", [*NOWHERE, "", " ", "a" * 300 + ".localhost", "acme.localhost\tglobex"])
def test_an_unknown_host_is_no_workspace(host, at, world: World):
    for address in ("/", "/team/", "/admin/"):
        answer = at(host, address)
        assert answer.status_code == 404
        assert "There is no workspace at this address" in text_of(answer)
        for place in MARKS:
            assert not world.given_away(place, text_of(answer), but=host)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "localhost."])
def test_the_public_host_knows_no_session_of_a_workspace(host, at):
    assert at(host).status_code == 200
    assert at(host, "/account/")["Location"].startswith("/accounts/login/")


HEADERS = """X-Forwarded-Host X-Host X-Original-Host X-Forwarded-Server X-HTTP-Host-Override X-Original-URL
    X-Rewrite-URL Forwarded X-Forwarded-Proto X-Tenant X-Workspace""".split()


@pytest.mark.parametrize(
    ("host", "claimed"), [("acme", "globex"), ("globex", "acme"), ("nowhere", "acme"), ("", "acme")]
)
def test_no_header_changes_the_host(host, claimed, at, world: World):
    name = f"{host}.localhost".removeprefix(".")
    value = {"Forwarded": f"host={claimed}.localhost", "X-Original-URL": "/team/", "X-Rewrite-URL": "/team/"}
    plain = at(name)
    for header in HEADERS:
        tricked = at(name, headers={header: value.get(header, f"{claimed}.localhost")})
        assert tricked.status_code == plain.status_code, header
        for place in MARKS:
            assert world.given_away(place, text_of(tricked)) == world.given_away(place, text_of(plain)), header


def test_the_schema_does_not_come_from_the_address(at, world: World):
    for address in (
        "http://globex.localhost/team/",
        "//globex.localhost/team/",
        "/team/?schema=ws_globex&tenant=globex",
    ):
        answer = at("acme.localhost", PATH_INFO=address)
        assert not world.given_away("globex", text_of(answer), but=address)


def test_requests_by_turns_stay_apart(cookies: Cookies, world: World):
    """The connection of a process goes from one workspace to the other and back."""
    for _ in range(3):
        for who, place, other in [
            ("owner", "acme", "globex"),
            ("outsider", "globex", "acme"),
            ("owner", "globex", "acme"),
        ]:
            answer = cookies.client(who, place).get("/team/")
            assert MARKS[place] in text_of(answer)
            assert not world.given_away(other, text_of(answer))
        assert cookies.client("owner", "").get("/account/").status_code == 200
        assert cookies.client("owner", "").get("/team/").status_code == 404


def test_an_error_in_one_workspace_leaves_nothing_for_the_next(cookies: Cookies, world: World, monkeypatch):
    monkeypatch.setattr("agents.views.team.page_of", lambda *args, **kwargs: 1 / 0)
    broken = cookies.client("owner", "acme", raise_request_exception=False).get(f"/team/{world.ids['acme']['agent']}/")
    assert broken.status_code == 500
    assert not world.given_away("globex", text_of(broken))
    answer = cookies.client("outsider", "globex").get("/team/")
    assert not world.given_away("acme", text_of(answer))


EVIL = """//evil.example //evil.example/team/ https://evil.example http:evil.example http:///evil.example
    /\\evil.example \\\\evil.example /%09/evil.example ///evil.example javascript:alert(1) http://globex.localhost/
    http://acme.localhost@evil.example/ https://acme.localhost.evil.example""".split()


@pytest.mark.parametrize("target", [*EVIL, "/\t/evil.example", "/\n/evil.example", " //evil.example"])
def test_nobody_is_led_away(target, cookies: Cookies, world: World):
    """Every place of a workspace's host that takes an address to go on to."""
    client, ids = cookies.client("owner", "acme"), world.ids["acme"]
    pause = f"/admin/agents/agent/{ids['agent']}/pause/"
    led = [
        client.get("/sign-in/", {"next": target}),
        client.post("/availability/", {"availability": "AWAY", "next": target}),
        client.post(f"/settings/members/{ids['member']}/role/", headers={"Referer": target}),
        client.get("/admin/login/", {"next": target}),
        client.post(pause, ANSWER, headers={"HX-Request": "true", "HX-Current-URL": target}),
    ]
    for answer in led:
        assert stays_here(answer.headers.get("Location") or answer.headers["HX-Redirect"])


def stays_here(address: str) -> bool:
    """As a browser reads it: without tabs and line ends, a backslash as a slash."""
    read = re.sub(r"[\t\r\n]", "", address).strip().replace("\\", "/")
    return read.startswith("/") and not read.startswith("//")


OUTSIDE = dict.fromkeys(("next", "redirect_to", "url", "return_to", "back"), "https://evil.example/")

# Where somebody who connects a channel logs in; the address is of the settings.
TO_META = {"pages:connect-facebook", "pages:connect-instagram"}


@pytest.mark.parametrize(("host", "who"), [("acme", "owner"), ("", "anonymous"), ("", "owner"), ("", "operator")])
def test_no_door_leads_out_of_the_house(host, who, cookies: Cookies, world: World):
    for name, door in DOORS[host].items():
        address, sent = address_of(name, host, world.ids["acme"]), what_is_sent(door, world.ids["acme"])
        for method, data in (("get", OUTSIDE), ("post", sent | OUTSIDE)):
            with taken_back():
                answer = getattr(cookies.client(who, host), method)(
                    address,
                    data,
                    headers={"Referer": "https://evil.example/", "HX-Current-URL": "https://evil.example/"},
                )
            where = urlsplit(answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "")
            assert where.scheme in {"", "http"}, name
            if name in TO_META and method == "get":
                assert where.netloc in {"", urlsplit(settings.META_HOSTS["facebook"]).netloc}, name
                continue
            assert f".{where.hostname or settings.BASE_DOMAIN}".endswith(f".{settings.BASE_DOMAIN}"), (name, method)


def test_caches_are_apart(world: World):
    for slug in MARKS:
        with schema_context(f"ws_{slug}"):
            cache.set("greeting", slug)
    cache.set("greeting", "public")
    read = {}
    for schema in ("ws_acme", "ws_globex", "public"):
        with schema_context(schema):
            read[schema] = cache.get("greeting")
    assert read == {"ws_acme": "acme", "ws_globex": "globex", "public": "public"}


def test_every_key_in_the_store_begins_with_its_schema():
    with schema_context("ws_acme"):
        assert cache.make_key("greeting").startswith("ws_acme:")
    assert cache.make_key("greeting").startswith("public:")
