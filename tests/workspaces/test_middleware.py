"""Which site a host gets, and what a session counts there."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from tests.factories import add_totp
from workspaces.actions.memberships import suspend_member
from workspaces.actions.workspaces import close_workspace, suspend_workspace
from workspaces.models import Domain, Workspace
from workspaces.tenancy.hosts import hosts

pytestmark = pytest.mark.django_db

PUBLIC, ACME, NOWHERE = "public", "acme", "nowhere"

HOSTS = [
    ("bare domain", "localhost", PUBLIC),
    ("with a port", "localhost:8000", PUBLIC),
    ("with another port", "localhost:1", PUBLIC),
    ("capitals", "LocalHost", PUBLIC),
    ("root dot", "localhost.", PUBLIC),
    ("workspace", "acme.localhost", ACME),
    ("workspace with a port", "acme.localhost:8000", ACME),
    ("workspace in capitals", "ACME.LocalHost", ACME),
    ("workspace with a root dot", "acme.localhost.", ACME),
    ("workspace with a root dot and a port", "acme.localhost.:8000", ACME),
    ("custom domain", "inbox.acme.example", ACME),
    ("custom domain in capitals", "Inbox.Acme.Example:443", ACME),
    ("unknown workspace", "nope.localhost", NOWHERE),
    ("schema name", "ws-acme.localhost", NOWHERE),
    ("below a workspace", "www.acme.localhost", NOWHERE),
    ("workspace's name elsewhere", "acme.localhost.evil.example", NOWHERE),
    ("bare slug", "acme", NOWHERE),
    ("address", "127.0.0.1:8000", NOWHERE),
    ("address of six", "[::1]:8000", NOWHERE),
    ("not a host", "acme.localhost/..", NOWHERE),
    ("spaces", "acme localhost", NOWHERE),
    ("nothing", "", NOWHERE),
]


@pytest.mark.parametrize(("_case", "host", "site"), HOSTS, ids=[case for case, _, _ in HOSTS])
def test_each_host_leads_to_one_site(_case, host, site, acme):
    Domain.objects.create(tenant=acme, domain="inbox.acme.example", is_primary=False)
    answer = Client(HTTP_HOST=host).get("/sign-in/")
    assert answer.status_code == {PUBLIC: 404, ACME: 302, NOWHERE: 404}[site]
    if site == ACME:
        assert answer["Location"].startswith("http://localhost:8000/enter/acme/?state=")
    templates = {template.name for template in answer.templates}
    assert ("workspace_not_found.html" in templates) == (site == NOWHERE)


@pytest.mark.parametrize("host", ["www.localhost", "WWW.localhost:8000", "www.localhost."])
@pytest.mark.parametrize("path", ["/", "/accounts/login/?next=/account/", "/nowhere/?a=b%20c"])
def test_www_leads_to_the_public_site(host, path):
    answer = Client(HTTP_HOST=host).get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"http://localhost:8000{path}")


def test_each_host_gets_its_own_urls(client_for, acme):
    assert client_for().get("/accounts/login/").status_code == 200
    assert client_for(workspace=acme).get("/accounts/login/").status_code == 404
    assert client_for().get("/team/").status_code == 404


def test_health_is_answered_whatever_the_host():
    answers = [Client(HTTP_HOST=host).get("/health/") for host in ["10.0.0.7", "localhost", "acme.localhost", "nope"]]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"status": "ok"})] * 4


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/team/", "/admin/"])
def test_a_suspended_workspace_says_so_to_everybody(path, client_for, acme, ops, bo):
    inside, outside = client_for(bo, acme), client_for(workspace=acme)
    suspend_workspace(acme, note="The bill of May is open.", by=ops)
    hosts.forget()
    for client in (inside, outside):
        answer = client.get(path)
        assert (answer.status_code, answer.templates[0].name) == (403, "workspace_suspended.html")
        # Why, and whose it is, stands in the chooser, where only its members look.
        assert "The bill of May is open." not in answer.text
        assert "Acme Outfitters" not in answer.text
    assert "The bill of May is open." in client_for(bo).get("/workspaces/").text


def test_a_closed_workspace_says_so(client_for, acme, ana, bo):
    close_workspace(acme, note="We moved.", by=ana)
    hosts.forget()
    answer = client_for(workspace=acme).get("/team/")
    assert (answer.status_code, answer.templates[0].name) == (403, "workspace_closed.html")
    assert "We moved." not in answer.text
    for person in (ana, bo):
        assert "We moved." in client_for(person).get("/workspaces/").text


def test_an_erased_workspace_is_nowhere(client_for, acme):
    Workspace.objects.filter(pk=acme.pk).update(status="ERASED")
    assert client_for(workspace=acme).get("/").status_code == 404


def test_one_thread_serves_workspaces_in_turn(client_for, acme, globex, ana):
    """The schema of the last request is never that of the next."""
    clients = {"ws_acme": client_for(ana, acme), "ws_globex": client_for(ana, globex), "public": client_for(ana)}
    for schema in ["ws_acme", "ws_globex", "ws_acme", "public", "ws_globex", "public", "ws_acme"]:
        path = "/account/" if schema == "public" else "/team/"
        answer = clients[schema].get(path)
        assert (answer.status_code, connection.schema_name) == (200, schema)
        if schema != "public":
            assert len(answer.context["page"]) == {"ws_acme": 4, "ws_globex": 2}[schema]


def test_a_session_of_one_workspace_is_nobody_in_another(client_for, acme, globex, ana):
    cookie = client_for(ana, acme).cookies["session"].value
    copied = client_for(workspace=globex)
    copied.cookies["session"] = cookie
    assert copied.get("/")["Location"] == "/sign-in/?next=/"


def test_a_session_of_a_workspace_is_nobody_on_the_public_host(client_for, acme, ana):
    cookie = client_for(ana, acme).cookies["session"].value
    copied = client_for()
    copied.cookies["session"] = cookie
    for path in ["/account/", "/workspaces/", "/enter/acme/?state=x", "/accounts/email/", "/admin/"]:
        assert copied.get(path)["Location"].startswith(("/accounts/login/", "/admin/login/"))


def test_a_public_session_is_nobody_in_a_workspace(client_for, acme, ana):
    cookie = client_for(ana).cookies["session"].value
    copied = client_for(workspace=acme)
    copied.cookies["session"] = cookie
    assert copied.get("/team/")["Location"] == "/sign-in/?next=/team/"


def test_a_script_is_told_that_nobody_is_signed_in(client_for, acme):
    client = client_for(workspace=acme)
    assert client.get("/team/", headers={"HX-Request": "true"}).status_code == 401
    assert client.get("/team/")["Location"] == "/sign-in/?next=/team/"


def test_a_script_without_any_token_is_told_the_same(client_for, acme, ana):
    client = client_for(ana, acme, enforce_csrf_checks=True)
    assert client.post("/pulse/", headers={"HX-Request": "true"}).status_code == 401
    assert client.post("/pulse/").status_code == 403


def test_whoever_is_no_longer_a_member_is_signed_out(client_for, acme, ana, bo):
    client = client_for(bo, acme)
    bo.memberships.update(status="SUSPENDED")
    before = Session.objects.count()
    answer = client.get("/team/")
    assert (answer.status_code, answer.templates[0].name) == (403, "not_a_member.html")
    assert Session.objects.count() == before - 1
    assert client.get("/team/").status_code == 302


def test_suspension_ends_sessions_here_and_only_here(client_for, acme, globex, ana, bo, grace):
    in_acme, in_globex, public = client_for(ana, acme), client_for(ana, globex), client_for(ana)
    suspend_member(globex.memberships.get(user=ana), by=grace)
    assert in_globex.get("/team/")["Location"] == "/sign-in/?next=/team/"
    assert [in_acme.get("/team/").status_code, public.get("/account/").status_code] == [200, 200]


@pytest.fixture
def strict(acme):
    acme.requires_two_factor = True
    acme.save()
    hosts.forget()
    return acme


def test_whoever_lacks_a_second_factor_is_led_to_it_and_not_in_circles(client_for, strict, bo):
    inside, public = client_for(bo, strict), client_for(bo)
    answer = inside.get("/team/")
    assert (answer.status_code, answer["Location"]) == (302, "http://localhost:8000/enter/acme/")
    told = public.get("/enter/acme/")
    assert (told.status_code, told.templates[0].name) == (403, "workspaces/two_factor_needed.html")


def test_with_a_second_factor_the_same_session_goes_on(client_for, strict, bo):
    client = client_for(bo, strict)
    add_totp(bo)
    assert client.get("/team/").status_code == 200


def test_what_one_person_was_shown_is_kept_by_nobody_else(client_for, acme, bo):
    pages = [client_for(bo, acme).get(path) for path in ("/team/", "/inbox/mine/", "/stream-token/")]
    assert ["private" in page["Cache-Control"] and "no-cache" in page["Cache-Control"] for page in pages] == [True] * 3
