"""No page of one workspace tells of another: not through search, filters, raw ids or what a form is sent."""

import pytest
from django_tenants.utils import schema_context

from agents.models import Agent
from tests.isolation.cast import Cookies
from tests.isolation.doors import ANSWER, DOORS, NOTE, OPERATORS_MODELS, WORKSPACE_MODELS
from tests.isolation.knocking import address_of, knock, text_of, what_is_sent
from tests.isolation.world import MARKS, World
from workspaces.models import Workspace

RANDOM_ID = "01a1fc8a-0000-7000-8000-000000000000"


@pytest.fixture
def ana(cookies: Cookies):
    """acme's owner, and an agent of globex, on acme's host."""
    return cookies.client("owner", "acme")


@pytest.mark.parametrize("name", DOORS["acme"])
def test_globex_tells_nothing_of_acme(name: str, world: World, cookies: Cookies):
    door, own, foreign = DOORS["acme"][name], world.ids["globex"], {**world.ids["acme"], **world.ids["globex"]}
    addresses = [address_of(name, "acme", ids) for ids in (foreign, world.ids["acme"])]
    sent = what_is_sent(door, world.ids["acme"])
    answers = [
        knock(cookies.client("outsider", "globex"), "get", addresses[0], world),
        knock(cookies.client("outsider", "globex"), "post", addresses[1], world, sent),
    ]
    for answer in answers:
        assert not world.given_away("acme", text_of(answer.response), but=f"{addresses} {sent}")
        assert not any("ws_acme" in table for table in answer.tables)
    if own.keys() & set(door.ids):
        assert answers[1].tables == set()


# What both workspaces have: a Kim, a night shift, a guest, a lunch.
COMMON = ["kim", "night", "guest", "lunch"]
LISTS = [f"/admin/{model.replace('_', '/')}/" for model in WORKSPACE_MODELS]


@pytest.mark.parametrize("address", [f"{address}?q=" for address in LISTS] + ["/admin/search/?s=", "/team/?q="])
def test_searching_finds_ones_own_alone(address, ana, world):
    for term in COMMON:
        page = ana.get(address + term)
        assert page.status_code == 200
        assert not world.given_away("globex", text_of(page)), term


def test_searching_finds_at_all(ana, world):
    found = [
        text_of(ana.get(address)) for address in ("/admin/search/?s=kim", "/team/?q=kim", "/admin/agents/agent/?q=kim")
    ]
    assert ["kimqzvak" in page.lower() for page in found] == [True, True, True]


# What one could try to look through a list of one's own at rows of others.
LOOKUPS = [
    "workspace__id__exact={workspace}",
    "workspace__slug={slug}",
    "user={user}",
    "user__memberships__workspace__slug={slug}",
    "invited_by__memberships__workspace__slug={slug}",
    "agent={agent}",
    "position__id__exact={position}",
    "person={user}",
    "pk__in={member},{invitation},{activity},{log},{position},{agent}",
    "_to_field=id&_popup=1&all=1&_facets=True",
]


@pytest.mark.parametrize("address", LISTS)
def test_no_filter_in_the_address_reaches_further(address, ana, world):
    for lookup in LOOKUPS:
        query = lookup.format(**world.ids["globex"])
        page = ana.get(f"{address}?{query}")
        assert page.status_code in {200, 302, 400}, lookup
        assert not world.given_away("globex", text_of(page), but=query), lookup


@pytest.mark.parametrize(
    "query", ["person={user}", "what=member.&person={user}", "before=2999-01-01T00:00:00+00:00_{activity}"]
)
def test_the_log_is_filtered_among_ones_own(query, ana, world):
    query = query.format(**world.ids["globex"])
    page = ana.get(f"/settings/activity/?{query}")
    assert not world.given_away("globex", text_of(page), but=query)


SECRETS = [
    "password__startswith=md5",
    "user__password__startswith=md5",
    "invited_by__password__startswith=md5",
    "owner__password__startswith=md5",
    "agent__user__password__startswith=md5",
    "changed_by__user__password__startswith=md5",
    "token_hash__startswith=a",
    "session_key__startswith=a",
    "user__authenticator__data__icontains=secret",
    "user__usersession__session_key__startswith=a",
]


@pytest.mark.parametrize(
    ("host", "model"), [("acme", model) for model in WORKSPACE_MODELS] + [("", model) for model in OPERATORS_MODELS]
)
def test_no_secret_is_guessed_by_filtering(host, model, cookies):
    client = cookies.client("owner" if host else "operator", host)
    for secret in SECRETS:
        answer = client.get(f"/admin/{model.replace('_', '/')}/?{secret}")
        # Refused, or not understood because this model leads nowhere near it.
        assert answer.status_code == 400 or answer.headers.get("Location", "").endswith("?e=1"), secret


@pytest.mark.parametrize(
    "address",
    [
        "/team/{}/",
        "/admin/agents/agent/{}/change/",
        "/admin/workspaces/membership/{}/change/",
        "/admin/agents/position/{}/delete/",
    ],
)
@pytest.mark.parametrize("kind", ["agent", "member", "position"])
def test_an_id_of_globex_is_as_unknown_as_any_other(address, kind, ana, world):
    foreign, unknown = (ana.get(address.format(pk)) for pk in (world.ids["globex"][kind], RANDOM_ID))
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


GUEST = {"email": "new@person.example", "role": "MEMBER", "position": "{foreign[position_slug]}"}
WORKING = DOORS["acme"]["workspace_admin:agents_agent_change"].send
# One's own row in the address, something of globex in what is sent.
MIXED = [
    ("/team/{agent}/position/", {"position": "{foreign[position_slug]}"}),
    ("/team/{agent}/position/", {"position": "{foreign[position]}"}),
    ("/admin/agents/agent/{agent}/change/", {**WORKING, "position": "{foreign[position]}"}),
    ("/settings/ownership/", {"transfer": "true", "transfer-to": "{foreign[member]}", "transfer-confirm": "acme"}),
    ("/settings/invitations/", GUEST),
    ("/admin/workspaces/invitation/add/", GUEST),
    ("/admin/agents/agent/", {"action": "pause_all", "_selected_action": "{foreign[agent]}", **NOTE}),
    ("/admin/workspaces/membership/", {"action": "suspend_all", "_selected_action": "{foreign[member]}", **NOTE}),
    ("/admin/workspaces/invitation/", {"action": "withdraw_all", "_selected_action": "{foreign[invitation]}"}),
    (
        "/admin/agents/position/",
        {"action": "delete_selected", "_selected_action": "{foreign[position]}", "post": "yes"},
    ),
]


@pytest.mark.parametrize(("address", "sent"), MIXED)
def test_nothing_of_globex_is_taken_into_acme(address, sent, ana, world):
    ids = {**world.ids["acme"], "foreign": world.ids["globex"]}
    sent = {name: value.format(**ids) for name, value in sent.items()}
    answer = knock(ana, "post", address.format(**ids), world, sent)
    assert answer.tables == set()
    assert not world.given_away("globex", text_of(answer.response), but=str(sent))


@pytest.mark.parametrize(
    ("model", "action"),
    [
        ("agents_agent", "pause_all"),
        ("workspaces_membership", "suspend_all"),
        ("workspaces_invitation", "withdraw_all"),
    ],
)
def test_a_bulk_action_across_all_pages_stays_inside(model, action, ana, world):
    kind = WORKSPACE_MODELS[model].kind
    sent = {"action": action, "_selected_action": world.ids["globex"][kind], "select_across": "1", **NOTE}
    address, before = f"/admin/{model.replace('_', '/')}/", states(world)
    assert ana.post(address, sent).status_code == 302
    after = states(world)
    assert after["globex"] == before["globex"]
    assert after["acme"] != before["acme"]


def states(world: World) -> dict[str, list[object]]:
    """Who is in which state, by workspace."""
    found: dict[str, list[object]] = {}
    for slug in MARKS:
        workspace = Workspace.objects.get(slug=slug)
        with schema_context(workspace.schema_name):
            found[slug] = sorted(map(str, Agent.objects.values_list("pk", "is_active", "can_receive_new_chats")))
        found[slug] += sorted(map(str, workspace.memberships.values_list("pk", "role", "status")))
        found[slug] += sorted(map(str, workspace.invitations.values_list("pk", "withdrawn_at")))
    return found


def test_the_same_person_is_another_agent_elsewhere(cookies, world):
    """ana owns acme; in globex she is an agent, and may there what an agent may."""
    there = cookies.client("owner", "globex")
    assert (there.get("/team/").status_code, there.get("/settings/").status_code, there.get("/admin/").status_code) == (
        200,
        403,
        403,
    )
    answer = knock(there, "post", "/team/{agent}/active/".format(**world.ids["globex"]), world, {"on": "", **ANSWER})
    assert (answer.sign, answer.tables) == ("x", set())
