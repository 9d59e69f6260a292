"""Addresses of both admins that no link leads to: a list answers them with itself, never with an error."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.admin.agents import AgentAdmin
from tests import factories
from tests.agents.test_workspace_admin import LISTS
from tests.workspaces.test_operators_admin import LISTS as OPERATORS_LISTS
from workspaces.admin.house import short_search

NONSENSE = ["%00", "zz", "9" * 30]
NUMBERS = ["9999", "0", "-1", "99999"]
MOMENTS = ["2024-01-01T00:00:00%2B23:00", "9999-12-31T23:59:59-23:00"]
DAYS = ["created_at", "joined_at", "changed_at"]
VALUES = {
    **dict.fromkeys(["role__exact", "status__exact", "switch", "id__exact", "is_active__exact"], NONSENSE),
    **dict.fromkeys(["p", "o", "all", "e", "q"], NONSENSE + NUMBERS),
    **{f"{day}__year": NONSENSE + NUMBERS for day in DAYS},
    **{f"{day}__{end}": NONSENSE + MOMENTS for day in DAYS for end in ("gte", "lt")},
}
DATES = [
    "year=9999&{0}__month=12&{0}__day=31",
    "year=9999&{0}__month=12",
    "year=2024&{0}__month=13",
    "year=1&{0}__day=0",
]
QUERIES = [f"{lookup}={value}" for lookup, values in VALUES.items() for value in values]
QUERIES += [f"{day}__" + dates.format(day) for day in DAYS for dates in DATES]


def answered(client, path):
    """As a browser goes on: a redirect leads to a page."""
    response = client.get(path)
    if response.status_code == 302:
        assert response["Location"].endswith("?e=1")
        response = client.get(response["Location"])
    return response.status_code


# Committing for real: after what the database refuses, a transaction around the test would be of no more use.
@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_the_workspace_is_always_answered(name, transactional_db, client_for, ana, acme):
    client = client_for(ana, acme)
    statuses = {query: answered(client, f"{LISTS[name]}?{query}") for query in QUERIES}
    assert {query: status for query, status in statuses.items() if status not in {200, 400}} == {}


@pytest.mark.parametrize("name", OPERATORS_LISTS)
def test_a_list_of_the_operators_is_always_answered(name, transactional_db, client_for, ops):
    factories.add_totp(ops)
    client = client_for(ops)
    statuses = {query: answered(client, f"{OPERATORS_LISTS[name]}?{query}") for query in QUERIES}
    assert {query: status for query, status in statuses.items() if status not in {200, 400}} == {}


def test_what_cannot_be_a_value_leads_to_the_whole_list(transactional_db, client_for, ana, acme):
    client = client_for(ana, acme)
    path = LISTS["members"]
    response = client.get(f"{path}?role__exact=%00")
    assert (response.status_code, response["Location"]) == (302, f"{path}?e=1")
    assert "Here is the whole list" in client.get(response["Location"]).content.decode()


def test_a_fault_of_ours_is_not_hidden_in_a_circle(client_for, ana, acme, monkeypatch):
    def fail(*args):
        raise ValueError("ours")

    monkeypatch.setattr(AgentAdmin, "since", fail)
    client = client_for(ana, acme)
    for path in (LISTS["agents"], f"{LISTS['agents']}?e=1"):
        with pytest.raises(ValueError, match="ours"):
            client.get(path)


@pytest.mark.parametrize("selected", ["zz", "\0", "9" * 40, "", "-1"])
@pytest.mark.parametrize("query", ["", "?e=1", "?role__exact=%00"])
def test_a_selection_of_nothing_that_is_does_nothing(selected, query, transactional_db, client_for, ana, acme):
    client = client_for(ana, acme)
    form = {"action": "pause_all", "_selected_action": selected, "index": "0"}
    response = client.post(f"{LISTS['agents']}{query}", form)
    assert response.status_code == 302


@pytest.mark.parametrize("term", ["%00", "a%00na", "ana%00", "x" * 5000, "a+" * 1000, "%22", "%F0%9F%98%80"])
def test_any_search_is_answered(term, db, client_for, ana, acme, ops):
    factories.add_totp(ops)
    for client, path in ((client_for(ana, acme), LISTS["members"]), (client_for(ops), "/admin/workspaces/user/")):
        assert client.get(f"/admin/search/?s={term}").status_code == 200
        assert client.get(f"{path}?q={term}").status_code == 200


def test_a_search_has_an_end():
    assert short_search(" ana\0 " + "b " * 20) == "ana b b b b b b b"
    assert len(short_search("x" * 5000)) == 100


@pytest.mark.parametrize("query", ["s=" + "a+" * 1000, "q=" + "a+" * 1000])
def test_a_thousand_words_are_eight(query, db, client_for, ana, acme):
    path = "/admin/search/" if query.startswith("s") else LISTS["members"]
    client = client_for(ana, acme)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{path}?{query}")
    assert max(found["sql"].upper().count("%A%") for found in queries.captured_queries) <= 8 * 5
