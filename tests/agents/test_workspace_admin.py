"""The workspace's admin: who gets in, what they see, and that nothing of another workspace is ever among it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django_tenants.utils import schema_context

from agents.actions.agents import set_receiving
from agents.admin.site import workspace_admin
from agents.models import Position
from tests import factories
from workspaces.audit import record

LISTS = {
    "agents": "/admin/agents/agent/",
    "positions": "/admin/agents/position/",
    "holidays": "/admin/agents/holiday/",
    "status log": "/admin/agents/agentstatuslog/",
    "members": "/admin/workspaces/membership/",
    "invitations": "/admin/workspaces/invitation/",
    "audit log": "/admin/workspaces/useractivity/",
}


@pytest.fixture
def browser(db, client_for, acme):
    return lambda user, **over: client_for(user, acme, **over)


@pytest.mark.parametrize(
    ("_case", "who", "status"),
    [("owner", "ana", 200), ("supervisor", "sam", 200), ("agent", "bo", 403), ("viewer", "vi", 403)],
)
def test_the_position_opens_the_admin(_case, who, status, browser, request):
    assert browser(request.getfixturevalue(who)).get("/admin/").status_code == status


@pytest.mark.parametrize("path", ["/admin/", *LISTS.values(), "/admin/search/?s=ana", "/admin/agents/"])
def test_who_is_signed_out_signs_in_with_us_and_comes_back(path, browser):
    response = browser(None).get(path)
    target = path.replace("?", "%3F").replace("=", "%3D")
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={target}")


def test_there_is_no_log_in_form_and_no_password_page(browser, ana):
    response = browser(None).get("/admin/login/?next=/admin/agents/agent/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/admin/agents/agent/")
    names = {url.name for url in workspace_admin.get_urls() if hasattr(url, "name")}
    assert not names & {"password_change", "password_change_done", "autocomplete", "view_on_site"}
    assert b"password" not in browser(ana).get("/admin/").content


def test_an_operator_who_is_no_member_has_no_session_here(browser, ops):
    assert browser(ops).get("/admin/").status_code == 403


def test_an_operator_who_is_an_agent_has_an_agents_rights(browser, ops, acme):
    factories.make_member(acme, ops, position="agent")
    assert browser(ops).get("/admin/").status_code == 403


def test_an_agent_who_is_switched_off_is_out(browser, sam, acme, agent_of):
    with schema_context(acme.schema_name):
        agent = agent_of(sam, acme)
        agent.is_active = False
        agent.save()
    assert browser(sam).get("/admin/").status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("_case", "codes", "seen"),
    [
        ("nothing but the door", [], set()),
        ("team", ["team.view"], {"agents", "positions", "holidays", "status log"}),
        ("positions", ["positions.manage"], {"positions"}),
        ("members", ["members.view"], {"members", "invitations"}),
        ("audit", ["audit.view"], {"audit log"}),
    ],
)
def test_each_list_asks_for_its_own_permission(_case, codes, seen, name, browser, acme):
    position = factories.make_position(acme, permissions=["admin.open", *codes])
    person = factories.make_user()
    factories.make_member(acme, person, position=position.slug)
    client = browser(person)
    assert client.get(LISTS[name]).status_code == (200 if name in seen else 403)
    link = f'href="{LISTS[name]}"'.encode()
    assert (link in client.get("/admin/").content) == (name in seen)


def foreign_rows(globex):
    """What another workspace has of each model that all workspaces share."""
    grace = globex.owner
    stranger = factories.make_user(first_name="Zebulon", email="zebulon@elsewhere.example")
    member = factories.make_member(globex, stranger)
    invitation = factories.make_invitation(globex, email="zebulon-guest@elsewhere.example")
    activity = record("member.joined", "Zebulon did it", by=grace, workspace=globex)
    return {"membership": member, "invitation": invitation, "useractivity": activity}


@pytest.mark.parametrize("model", ["membership", "invitation", "useractivity"])
def test_nothing_of_another_workspace_is_listed_or_found(model, browser, ana, globex):
    foreign = foreign_rows(globex)
    client = browser(ana)
    base = f"/admin/workspaces/{model}/"
    for query in ("", "?q=elsewhere", f"?workspace__id__exact={globex.pk}", f"?pk={foreign[model].pk}"):
        page = client.get(base + query, follow=True)
        assert (page.status_code, b"ebulon" in page.content) == (200, False)
    for page in ("change", "delete", "history"):
        assert client.get(f"{base}{foreign[model].pk}/{page}/").status_code in {403, 404}
        assert client.post(f"{base}{foreign[model].pk}/{page}/", {"role": "VIEWER"}).status_code in {403, 404}
    assert client.get(f"{base}{foreign[model].pk}/change/").status_code == 404


@pytest.mark.parametrize(
    ("model", "action"),
    [("membership", "suspend"), ("membership", "reactivate"), ("invitation", "resend"), ("invitation", "withdraw")],
)
def test_no_door_reaches_another_workspace(model, action, browser, ana, globex):
    row = foreign_rows(globex)[model]
    before = type(row).objects.filter(pk=row.pk).values().get()
    client = browser(ana)
    url = f"/admin/workspaces/{model}/{row.pk}/{action}/"
    assert client.get(url).status_code == 404
    assert client.post(url, {"_form_submitted": "on", "note": "x"}).status_code == 404
    bulk = {"action": f"{action}_all", "_selected_action": [str(row.pk)]}
    client.post(f"/admin/workspaces/{model}/", bulk)
    assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_filters_and_search_name_nobody_from_outside(browser, ana, globex):
    foreign_rows(globex)
    client = browser(ana)
    pages = [*LISTS.values(), "/admin/", "/admin/workspaces/invitation/add/", "/admin/search/?s=zebulon"]
    assert [path for path in pages if b"ebulon" in client.get(path).content] == []


@pytest.mark.parametrize(
    "query", ["token_hash__startswith=a", "user__password__startswith=a", "invited_by__password__startswith=a"]
)
def test_no_secret_is_guessed_through_a_filter(query, browser, ana, acme):
    factories.make_invitation(acme)
    model = "membership" if query.startswith("user") else "invitation"
    assert browser(ana).get(f"/admin/workspaces/{model}/?{query}").status_code == 400


def test_search_forgets_with_the_permission(browser, sam, acme):
    client = browser(sam)
    found = [(row.title, row.description) for row in client.get("/admin/search/?s=lindqvist").context["results"]]
    assert found == [("Bo Lindqvist", "Agents"), ("Bo Lindqvist in Acme Outfitters", "Members")]
    with schema_context(acme.schema_name):
        Position.objects.filter(slug="supervisor").update(permissions=["admin.open"])
    assert b"Lindqvist" not in client.get("/admin/search/?s=lindqvist").content


def fill(acme, people):
    """This many more of everything that is listed."""
    owner = factories.agent_of(acme.owner, acme)
    for number in range(people):
        member = factories.make_member(acme, factories.make_user(first_name=f"P{number}"))
        factories.make_invitation(acme)
        factories.make_position(acme)
        with schema_context(acme.schema_name):
            set_receiving(factories.agent_of(member.user, acme), False, by=owner, workspace=acme)


def queries_of(client, path):
    """Now and then one of two requests looks its host up anew: the other one counts."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", [*LISTS, "dashboard"])
def test_thirty_rows_cost_as_many_queries_as_three(name, browser, ana, acme):
    client = browser(ana)
    path = LISTS.get(name, "/admin/")
    counts = []
    for people in (3, 27):
        fill(acme, people)
        counts.append(min(queries_of(client, path) for _ in range(2)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", LISTS)
def test_every_column_sorts_every_filter_filters(name, browser, ana, acme):
    fill(acme, 2)
    client = browser(ana)
    columns = range(1, 9)
    queries = [f"?o={number}" for number in columns] + ["?q=a+b", "?area=member", "?state=expired", "?two_factor=no"]
    assert {client.get(LISTS[name] + query, follow=True).status_code for query in queries} == {200}


def test_the_policy_is_relaxed_for_the_admin_alone(browser, ana):
    client = browser(ana)
    admin = client.get("/admin/")["Content-Security-Policy"]
    assert "'unsafe-eval'" in admin
    assert "script-src 'self' 'unsafe-eval';" in admin.replace("'unsafe-eval' 'self'", "'self' 'unsafe-eval'")
    assert "style-src 'self';" in admin
    assert "unsafe" not in client.get("/")["Content-Security-Policy"]


def test_signing_out_in_the_admin_ends_the_log_in(browser, ana):
    client = browser(ana)
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/").status_code == 302
    assert client.get("/admin/")["Location"] == "/sign-in/?next=/admin/"


def test_each_host_has_its_own_admin_and_not_the_others():
    assert set(get_resolver("config.urls").namespace_dict) & {"workspace_admin", "operators"} == {"workspace_admin"}
    assert set(get_resolver("config.urls_public").namespace_dict) & {"workspace_admin", "operators"} == {"operators"}
