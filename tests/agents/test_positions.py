"""Positions: nobody hands out what they do not have."""

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import schema_context

from agents.actions import members
from agents.actions.agents import set_position
from agents.actions.positions import delete_position, save_position
from agents.models import Agent, Position
from agents.permissions import ALL_CODES, SYSTEM_POSITIONS
from tests.factories import agent_of, make_member, make_position, make_workspace
from workspaces.models import Invitation, Membership, Role, UserActivity
from workspaces.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db

LEADS = ["team.view", "members.view", "members.manage", "positions.manage"]


@pytest.fixture(autouse=True)
def in_acme(acme):
    with schema_context(acme.schema_name):
        yield


@pytest.fixture
def lead(acme):
    """Manages members and positions, but neither the team nor the workspace."""
    position = make_position(acme, name="Lead", slug="lead", permissions=LEADS)
    return agent_of(make_member(acme, position=position.slug).user, acme)


def stored(position: Position) -> list[str]:
    return Position.objects.get(pk=position.pk).permissions


def activity() -> int:
    return UserActivity.objects.count()


def test_every_workspace_begins_with_three(acme):
    slugs = dict(Position.objects.values_list("slug", "is_system"))
    assert slugs == dict.fromkeys(SYSTEM_POSITIONS, True)


def test_a_position_is_saved_and_recorded(acme, lead):
    save_position(position := Position(name="Desk", slug="desk", permissions=["team.view"]), by=lead, workspace=acme)
    row = UserActivity.objects.first()
    assert (row.activity_type, row.user, row.metadata) == (
        "position.created",
        lead.user,
        {"permissions": ["team.view"]},
    )
    position.permissions = ["team.view", "members.view", "team.view"]
    save_position(position, by=lead, workspace=acme)
    assert stored(position) == ["members.view", "team.view"]
    assert UserActivity.objects.first().activity_type == "position.changed"


@pytest.mark.parametrize("code", sorted(ALL_CODES - set(LEADS)))
def test_no_new_position_holds_what_its_maker_lacks(code, acme, lead):
    before = activity()
    with pytest.raises(NotAllowed, match=code):
        save_position(Position(name="Trick", slug="trick", permissions=[code]), by=lead, workspace=acme)
    assert not Position.objects.filter(slug="trick").exists()
    assert activity() == before


@pytest.mark.parametrize("code", sorted(ALL_CODES - set(LEADS)))
@pytest.mark.parametrize("change", ["give", "take"])
def test_no_position_is_changed_in_what_one_lacks(change, code, acme, lead):
    held = ["team.view"] if change == "give" else ["team.view", code]
    position = make_position(acme, permissions=held)
    position.permissions = ["team.view", code] if change == "give" else ["team.view"]
    with pytest.raises(NotAllowed, match=code):
        save_position(position, by=lead, workspace=acme)
    assert stored(position) == held


def test_ones_own_position_gains_nothing(acme, lead):
    position = Position.objects.get(pk=lead.position_id)
    position.permissions = sorted(ALL_CODES)
    with pytest.raises(NotAllowed):
        save_position(position, by=lead, workspace=acme)
    assert stored(lead.position) == LEADS


@pytest.mark.parametrize("slug", sorted(SYSTEM_POSITIONS))
@pytest.mark.parametrize("who", ["ana", "lead"])
def test_what_comes_with_the_workspace_stays(slug, who, acme, lead, ana):
    by = lead if who == "lead" else agent_of(ana, acme)
    position = Position.objects.get(slug=slug)
    before = position.permissions
    position.permissions, position.is_system, position.name = [], False, "Nobody"
    with pytest.raises(Refused, match="stays as it is"):
        save_position(position, by=by, workspace=acme)
    assert Position.objects.get(slug=slug).permissions == before
    with pytest.raises(Refused, match="cannot be deleted"):
        delete_position(Position.objects.get(slug=slug), by=by, workspace=acme)
    assert Position.objects.filter(slug=slug, is_system=True).exists()


def test_a_position_that_somebody_holds_is_not_deleted(acme, lead, ana):
    with pytest.raises(Refused, match="hold"):
        delete_position(lead.position, by=agent_of(ana, acme), workspace=acme)
    assert Position.objects.filter(slug="lead").exists()


def test_a_position_that_nobody_holds_is_deleted_and_recorded(acme, lead):
    position = make_position(acme)
    delete_position(position, by=lead, workspace=acme)
    assert UserActivity.objects.first().activity_type == "position.deleted"
    assert not Position.objects.filter(slug=position.slug).exists()


@pytest.mark.parametrize("who", ["bo", "sam", "vi"])
def test_who_may_not_manage_positions_does_not(who, acme, request):
    by, position = agent_of(request.getfixturevalue(who), acme), make_position(acme)
    before = activity()
    for act in (save_position, delete_position):
        with pytest.raises(NotAllowed):
            act(position, by=by, workspace=acme)
    assert (Position.objects.filter(pk=position.pk).count(), activity()) == (1, before)


class TestGivingAPosition:
    def give(self, who, slug, by, acme):
        set_position(agent_of(who, acme), Position.objects.get(slug=slug), by=by, workspace=acme)
        return agent_of(who, acme).position.slug

    def test_is_recorded(self, acme, ana, bo):
        assert self.give(bo, "supervisor", agent_of(ana, acme), acme) == "supervisor"
        row = UserActivity.objects.first()
        assert (row.activity_type, row.description) == ("agent.position", "Made Bo Lindqvist Supervisor, before Agent")

    @pytest.mark.parametrize("slug", ["administrator", "supervisor"])
    def test_not_one_with_more_than_ones_own(self, slug, acme, lead, bo):
        with pytest.raises(NotAllowed, match="yourself"):
            self.give(bo, slug, lead, acme)
        assert agent_of(bo, acme).position.slug == "agent"

    def test_not_to_who_has_more_than_oneself(self, acme, lead, sam):
        with pytest.raises(NotAllowed, match="yourself"):
            self.give(sam, "agent", lead, acme)
        assert agent_of(sam, acme).position.slug == "supervisor"

    @pytest.mark.parametrize("slug", ["agent", "lead", "administrator"])
    def test_not_to_oneself(self, slug, acme, lead):
        with pytest.raises(Refused, match="your own position"):
            self.give(lead.user, slug, lead, acme)
        assert agent_of(lead.user, acme).position.slug == "lead"

    @pytest.mark.parametrize("who", ["sam", "bo", "vi"])
    def test_not_by_who_may_not_manage_members(self, who, acme, bo, request):
        with pytest.raises(NotAllowed):
            self.give(bo, "agent", agent_of(request.getfixturevalue(who), acme), acme)


class TestMembersByPosition:
    def invite(self, by, slug, acme, role="MEMBER"):
        position = Position.objects.get(slug=slug)
        return members.invite_member(acme, email="x@new.example", role=role, position=position, by=by)

    @pytest.mark.parametrize(
        ("slug", "role"), [("administrator", "MEMBER"), ("supervisor", "VIEWER"), ("agent", "ADMIN")]
    )
    def test_nobody_is_invited_to_more_than_one_has(self, slug, role, acme, lead):
        with pytest.raises(NotAllowed):
            self.invite(lead, slug, acme, role)
        assert Invitation.objects.count() == 0

    def test_what_one_has_one_may_invite_to(self, acme, lead):
        assert self.invite(lead, "lead", acme).position == "lead"

    @pytest.mark.parametrize("role", ["MEMBER", "ADMIN"])
    def test_a_viewers_dormant_powers_are_not_woken_by_who_lacks_them(self, role, acme, lead):
        viewer = make_member(acme, role=Role.VIEWER, position="administrator")
        with pytest.raises(NotAllowed):
            members.change_role(viewer, role, by=lead)
        assert Membership.objects.get(pk=viewer.pk).role == "VIEWER"
        assert "workspace.manage" not in agent_of(viewer.user, acme).codes

    @pytest.mark.parametrize("who", ["sam", "bo", "vi"])
    def test_rank_alone_is_not_enough(self, who, acme, request):
        by = agent_of(request.getfixturevalue(who), acme)
        one = make_member(acme, role=Role.VIEWER)
        for act in [
            lambda: self.invite(by, "agent", acme, "VIEWER"),
            lambda: members.change_role(one, "VIEWER", by=by),
            lambda: members.suspend_member(one, note="", by=by),
        ]:
            with pytest.raises(NotAllowed, match=r"members\.manage"):
                act()
        assert (Invitation.objects.count(), Membership.objects.get(pk=one.pk).status) == (0, "ACTIVE")


@pytest.mark.parametrize("codes", ["team.view", {"team.view": True}, ["nonsense"], [1], ["team.view", None]])
def test_only_codes_of_the_registry_are_valid(codes):
    with pytest.raises(ValidationError):
        Position(name="X", slug="x", permissions=codes).full_clean()


def test_positions_of_one_workspace_are_not_anothers(acme, lead):
    other = make_workspace()
    with schema_context(other.schema_name):
        assert not Position.objects.filter(slug="lead").exists()
        assert Agent.objects.count() == 1
