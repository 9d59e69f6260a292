"""Whether somebody works here and receives chats: who may turn it, and that it says who did and why."""

import pytest
from django_tenants.utils import schema_context

from agents.actions.agents import set_active, set_receiving
from agents.models import Agent, AgentStatusLog
from tests.factories import agent_of, make_member, make_position
from workspaces.actions.memberships import change_role, reactivate_member, suspend_member, transfer_ownership
from workspaces.models import Role, UserActivity
from workspaces.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_acme(acme):
    with schema_context(acme.schema_name):
        yield


def state(user) -> tuple[bool, bool]:
    agent = Agent.objects.get(user=user)
    return agent.is_active, agent.can_receive_new_chats


def logs(user) -> list[tuple]:
    found = AgentStatusLog.objects.filter(agent__user=user).order_by("changed_at", "id")
    return [(log.switch, log.changed_to == "ON", log.changed_by and log.changed_by.name, log.note) for log in found]


def turn(act, who, on, by, acme, note="") -> None:
    act(agent_of(who, acme), on, by=agent_of(by, acme), note=note, workspace=acme)


@pytest.mark.parametrize(("_case", "by"), [("supervisor", "sam"), ("owner", "ana")])
def test_receiving_is_turned_by(_case, by, request, acme, bo):
    actor = request.getfixturevalue(by)
    before = UserActivity.objects.count()
    turn(set_receiving, bo, False, actor, acme, note="lunch")
    assert state(bo) == (True, False)
    assert logs(bo) == [("can_receive_new_chats", False, actor.name, "lunch")]
    row = UserActivity.objects.first()
    assert UserActivity.objects.count() == before + 1
    assert (row.activity_type, row.user, row.workspace) == ("agent.status", actor, acme)
    assert row.description == "Switched “receives new chats” off for Bo Lindqvist (lunch)"


@pytest.mark.parametrize(("_case", "by"), [("supervisor", "sam"), ("owner", "ana")])
def test_working_is_turned_by(_case, by, request, acme, bo):
    actor = request.getfixturevalue(by)
    turn(set_active, bo, False, actor, acme, note="left")
    turn(set_active, bo, True, actor, acme)
    assert state(bo) == (True, True)
    assert logs(bo) == [("is_active", False, actor.name, "left"), ("is_active", True, actor.name, "")]


REFUSED = [
    ("a colleague's receiving, by an agent", set_receiving, "sam", False, "bo", NotAllowed),
    ("a colleague's receiving, by a viewer", set_receiving, "bo", False, "vi", NotAllowed),
    ("a colleague's work, by an agent", set_active, "sam", False, "bo", NotAllowed),
    ("a colleague's work, by a viewer", set_active, "bo", False, "vi", NotAllowed),
    ("one's own work, by a supervisor", set_active, "sam", False, "sam", Refused),
    ("one's own work, by the owner", set_active, "ana", False, "ana", Refused),
    ("the owner's work, by a supervisor", set_active, "ana", False, "sam", NotAllowed),
    ("a viewer's receiving, by the owner", set_receiving, "vi", True, "ana", Refused),
    ("one's own receiving, by an agent", set_receiving, "bo", False, "bo", NotAllowed),
    ("one's own receiving, by a viewer", set_receiving, "vi", True, "vi", NotAllowed),
]


@pytest.mark.parametrize(("_case", "act", "who", "on", "by", "refusal"), REFUSED, ids=[case[0] for case in REFUSED])
def test_not_turned(_case, act, who, on, by, refusal, request, acme):
    who, by = request.getfixturevalue(who), request.getfixturevalue(by)
    before, rows = state(who), UserActivity.objects.count()
    with pytest.raises(refusal):
        turn(act, who, on, by, acme)
    assert (state(who), logs(who), UserActivity.objects.count()) == (before, [], rows)


def test_the_owner_stays_active_whoever_asks(acme, ana):
    admin = make_member(acme, role=Role.ADMIN).user
    with pytest.raises(Refused, match="stays active"):
        turn(set_active, ana, False, admin, acme)
    assert state(ana)[0]


def test_an_admin_is_switched_off_by_an_admin(acme, ana):
    admin = make_member(acme, role=Role.ADMIN).user
    turn(set_active, admin, False, ana, acme)
    assert state(admin)[0] is False


def test_turned_to_what_it_is_nothing_happens(acme, bo, sam):
    before = UserActivity.objects.count()
    turn(set_active, bo, True, sam, acme)
    turn(set_receiving, bo, True, sam, acme)
    assert (logs(bo), UserActivity.objects.count()) == ([], before)


def test_who_does_not_work_here_receives_nothing_and_does_nothing(acme, bo, sam):
    Agent.objects.filter(user=bo).update(is_active=False, can_receive_new_chats=False)
    with pytest.raises(Refused, match="does not work here"):
        turn(set_receiving, bo, True, sam, acme)
    assert agent_of(bo, acme).codes == frozenset()


def test_who_is_suspended_is_not_switched_on_here(acme, bo, sam, ana):
    suspend_member(acme.memberships.get(user=bo), by=ana, note="holiday")
    with pytest.raises(Refused, match="reactivate it under Members"):
        turn(set_active, bo, True, sam, acme)
    assert state(bo)[0] is False


class TestFollowingTheMembership:
    def test_suspension_and_return(self, acme, bo, ana):
        membership = acme.memberships.get(user=bo)
        suspend_member(membership, by=ana, note="holiday")
        assert state(bo) == (False, True)
        reactivate_member(membership, by=ana, note="back")
        assert state(bo) == (True, True)
        assert logs(bo) == [("is_active", False, "Ana Alvarez", "holiday"), ("is_active", True, "Ana Alvarez", "back")]

    def test_by_an_operator_the_note_says_who(self, acme, bo, ops):
        suspend_member(acme.memberships.get(user=bo), by=ops, note="abuse")
        assert logs(bo) == [("is_active", False, None, "abuse (by Switchboard's operators)")]

    def test_another_role_does_not_switch_anybody_on(self, acme, bo, sam, ana):
        turn(set_active, bo, False, sam, acme, note="left")
        change_role(acme.memberships.get(user=bo), Role.ADMIN, by=ana)
        assert state(bo)[0] is False
        assert len(logs(bo)) == 1

    def test_who_becomes_a_viewer_receives_no_more(self, acme, bo, ana):
        change_role(acme.memberships.get(user=bo), Role.VIEWER, by=ana)
        assert state(bo) == (True, False)
        assert logs(bo) == [("can_receive_new_chats", False, "Ana Alvarez", "Viewers receive no new chats")]
        assert bo.pk not in set(Agent.objects.receiving().values_list("user", flat=True))

    def test_the_new_owner_works_here(self, acme, bo, sam, ana):
        turn(set_active, bo, False, sam, acme)
        transfer_ownership(acme, acme.memberships.get(user=bo), by=ana)
        assert state(bo)[0] is True

    @pytest.mark.parametrize(("role", "agent_role"), [("ADMIN", "ADMIN"), ("MEMBER", "AGENT"), ("VIEWER", "VIEWER")])
    def test_a_new_member_begins_with(self, role, agent_role, acme):
        agent = agent_of(make_member(acme, role=role).user, acme)
        assert (agent.role, agent.is_active, agent.can_receive_new_chats) == (agent_role, True, agent_role == "AGENT")


def test_two_supervisors_at_once_leave_one_row_each_time_it_turned(acme, bo, sam, ana, at_once):
    def off(by):
        with schema_context(acme.schema_name):
            turn(set_active, bo, False, by, acme)

    results = at_once(lambda: off(sam), lambda: off(ana), racing_for="agents")
    assert results == [None, None]
    assert (state(bo)[0], len(logs(bo))) == (False, 1)


def test_receiving_is_who_is_active_and_receives(acme, bo, sam, ana):
    names = lambda: {agent.user.first_name for agent in Agent.objects.receiving()}  # noqa: E731
    assert names() == {"Bo", "Sam"}
    turn(set_active, bo, False, sam, acme)
    assert names() == {"Sam"}


def test_a_position_of_ones_own_is_enough_to_manage(acme, bo, sam):
    position = make_position(acme, permissions=["team.view", "team.manage"])
    Agent.objects.filter(user=bo).update(position=position)
    turn(set_receiving, sam, False, bo, acme)
    assert state(sam) == (True, False)
