"""Online, away, off; idle and back; since when somebody is gone. Who may say it, and what is written down."""

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.actions.agents import set_active, set_availability, set_idle
from agents.availability import standing_of
from agents.models import Agent, AgentStatusLog
from tests.factories import agent_of, make_member, make_position
from workspaces.actions.memberships import change_role, reactivate_member, suspend_member
from workspaces.models import Role, UserActivity
from workspaces.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_acme(acme):
    with schema_context(acme.schema_name):
        yield


def logs(user) -> list[tuple]:
    found = AgentStatusLog.objects.filter(agent__user=user, switch="availability").order_by("changed_at", "id")
    return [(log.changed_to, log.changed_by and log.changed_by.name, log.note) for log in found]


def say(acme, user, to, by=None, note="") -> bool:
    return set_availability(agent_of(user, acme), to, by=agent_of(by or user, acme), note=note, workspace=acme)


def stored(user) -> Agent:
    return Agent.objects.get(user=user)


@pytest.mark.parametrize(("by", "words"), [("bo", "Went away (lunch)"), ("sam", "Went away, for Bo Lindqvist (lunch)")])
def test_it_is_said_by_oneself_or_a_supervisor(by, words, request, acme, bo):
    actor = request.getfixturevalue(by)
    assert say(acme, bo, "AWAY", by=actor, note="lunch")
    row = UserActivity.objects.first()
    assert stored(bo).availability == "AWAY"
    assert logs(bo) == [("AWAY", actor.name, "lunch")]
    assert (row.activity_type, row.user, row.description) == ("agent.status", actor, words)


REFUSED = [
    ("a colleague's, by an agent", "sam", "bo", NotAllowed),
    ("a colleague's, by a viewer", "bo", "vi", NotAllowed),
    ("a viewer's own", "vi", "vi", Refused),
    ("a viewer's, by a supervisor", "vi", "sam", Refused),
]


@pytest.mark.parametrize(("_case", "who", "by", "refusal"), REFUSED, ids=[case[0] for case in REFUSED])
def test_it_is_not_said(_case, who, by, refusal, request, acme):
    who, by = request.getfixturevalue(who), request.getfixturevalue(by)
    with pytest.raises(refusal):
        say(acme, who, "OFF", by=by)
    assert (stored(who).availability, logs(who)) == ("ONLINE", [])


def test_nobody_stands_anyhow_who_does_not_work_here(acme, bo, sam):
    set_active(agent_of(bo, acme), False, by=agent_of(sam, acme), workspace=acme)
    for by in (bo, sam):
        with pytest.raises(Refused, match="does not work here"):
            say(acme, bo, "AWAY", by=by)


def test_what_is_so_already_is_not_written_down_again(acme, bo):
    assert not say(acme, bo, "ONLINE")
    assert logs(bo) == []


def test_idle_and_back(acme, bo):
    assert set_idle(stored(bo), True, note="No sign of life for 15 minutes")
    assert not set_idle(stored(bo), True, note="No sign of life for 15 minutes")
    assert set_idle(stored(bo), False, note="Back")
    assert logs(bo) == [("AWAY", None, "No sign of life for 15 minutes"), ("ONLINE", None, "Back")]
    assert (stored(bo).availability, stored(bo).is_idle) == ("ONLINE", False)


@pytest.mark.parametrize("chosen", ["AWAY", "OFF"])
def test_what_one_has_chosen_stays(chosen, acme, bo):
    say(acme, bo, chosen)
    assert not set_idle(stored(bo), True, note="No sign of life")
    assert not set_idle(stored(bo), False, note="Back")
    assert (stored(bo).availability, stored(bo).is_idle) == (chosen, False)


def test_who_is_idle_is_back_by_saying_so(acme, bo):
    set_idle(stored(bo), True, note="No sign of life")
    assert say(acme, bo, "ONLINE")
    assert (stored(bo).is_idle, logs(bo)[-1]) == (False, ("ONLINE", "Bo Lindqvist", ""))


class TestSinceWhenSomebodyIsGone:
    def test_off_and_online(self, acme, bo):
        before = timezone.now()
        say(acme, bo, "OFF")
        since = stored(bo).off_since
        assert since
        assert since >= before
        say(acme, bo, "ONLINE")
        assert stored(bo).off_since is None

    def test_away_is_not_gone(self, acme, bo):
        say(acme, bo, "AWAY")
        assert stored(bo).off_since is None

    def test_gone_twice_is_gone_once(self, acme, bo, ana):
        say(acme, bo, "OFF")
        since = stored(bo).off_since
        membership = acme.memberships.get(user=bo)
        suspend_member(membership, by=ana)
        assert stored(bo).off_since == since
        reactivate_member(membership, by=ana)
        # Back among the members, and still off as they had said.
        assert (stored(bo).off_since, stored(bo).availability) == (since, "OFF")

    def test_a_suspension_and_its_end(self, acme, bo, ana):
        membership = acme.memberships.get(user=bo)
        suspend_member(membership, by=ana)
        assert stored(bo).off_since is not None
        reactivate_member(membership, by=ana)
        assert stored(bo).off_since is None

    @pytest.mark.parametrize("receives", [True, False])
    def test_a_viewer_has_gone_from_the_chats(self, receives, acme, bo, ana):
        Agent.objects.filter(user=bo).update(can_receive_new_chats=receives)
        membership = acme.memberships.get(user=bo)
        change_role(membership, Role.VIEWER, by=ana)
        assert stored(bo).off_since is not None
        change_role(membership, Role.MEMBER, by=ana)
        assert stored(bo).off_since is None

    def test_who_joins_as_a_viewer_was_never_there(self, acme):
        assert stored(make_member(acme, role=Role.VIEWER).user).off_since is not None
        assert stored(make_member(acme).user).off_since is None


STANDINGS = [
    ({}, True, ("on", "Online")),
    ({}, False, ("off", "Not here")),
    ({"is_idle": True}, True, ("away", "Idle")),
    ({"is_idle": True}, False, ("off", "Not here")),
    ({"availability": "AWAY"}, True, ("away", "Away")),
    ({"availability": "AWAY"}, False, ("away", "Away")),
    ({"availability": "OFF"}, True, ("off", "Off")),
    ({"can_receive_new_chats": False}, True, ("on", "Online")),
    ({"role": "VIEWER"}, True, ("", "Reads only")),
    ({"is_active": False}, True, ("", "Switched off")),
]


@pytest.mark.parametrize(("change", "is_here", "shown"), STANDINGS)
def test_one_dot_and_one_word(change, is_here, shown, acme, bo):
    agent = agent_of(bo, acme)
    for name, value in change.items():
        setattr(agent, name, value)
    stands = standing_of(agent, is_here=is_here)
    assert (stands.dot, stands.words) == shown


def test_a_position_of_ones_own_is_enough_to_say_it_for_others(acme, bo, sam):
    position = make_position(acme, permissions=["team.view", "team.manage"])
    Agent.objects.filter(user=bo).update(position=position)
    assert say(acme, sam, "AWAY", by=bo)
