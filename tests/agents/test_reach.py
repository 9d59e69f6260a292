"""Nobody takes anything from who may do more than they do themselves."""

from collections.abc import Callable

import pytest
from django_tenants.utils import schema_context

from agents.actions.agents import set_active
from agents.actions.members import change_role, suspend_member
from agents.models import Agent
from tests.factories import agent_of, make_member, make_position
from workspaces.actions import memberships
from workspaces.models import Membership
from workspaces.refusals import NotAllowed


def switch_off(mei: Membership, by: Agent) -> None:
    set_active(agent_of(mei.user, mei.workspace), False, by=by, workspace=mei.workspace)


def suspend(mei: Membership, by: Agent) -> None:
    suspend_member(mei, note="", by=by)


def make_viewer(mei: Membership, by: Agent) -> None:
    change_role(mei, "VIEWER", by=by)


@pytest.mark.parametrize("act", [switch_off, suspend, make_viewer])
def test_a_member_who_holds_more_is_left_alone(act: Callable[[Membership, Agent], None], acme):
    mei = make_member(acme, position="administrator")
    make_position(acme, slug="lead", permissions=["members.manage", "team.manage", "team.view"])
    lead = make_member(acme, position="lead")
    with schema_context(acme.schema_name):
        with pytest.raises(NotAllowed, match="do not have these permissions yourself"):
            act(mei, agent_of(lead.user, acme))
        found = agent_of(mei.user, acme)
        assert (found.is_active, found.role) == (True, "AGENT")
    mei.refresh_from_db()
    assert (mei.role, mei.status) == ("MEMBER", "ACTIVE")


def test_words_beyond_the_eighth_cost_nothing(client_for, acme, sam, django_assert_max_num_queries):
    client = client_for(sam, acme)
    with django_assert_max_num_queries(14) as asked:
        assert client.get("/team/", {"q": "a " * 5000}).status_code == 200
    assert max(query["sql"].count("LIKE") for query in asked.captured_queries) == 8 * 3


@pytest.mark.parametrize(("position", "after"), [("administrator", "agent"), ("supervisor", "supervisor")])
def test_who_is_no_longer_admin_no_longer_holds_its_position(position: str, after: str, acme, ana):
    chief = make_member(acme, role="ADMIN", position=position)
    memberships.change_role(chief, "MEMBER", by=ana)
    with schema_context(acme.schema_name):
        found = agent_of(chief.user, acme)
        assert (found.role, found.position.slug) == ("AGENT", after)
