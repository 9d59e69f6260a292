"""Who may do what to whom, and the one owner."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import agent_of, make_member, make_user
from workspaces.actions.memberships import change_role, reactivate_member, suspend_member, transfer_ownership
from workspaces.models import Membership, Role, UserActivity, Workspace
from workspaces.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db

RANKS = ["VIEWER", "MEMBER", "ADMIN", "OWNER"]


@pytest.fixture
def member(acme):
    """The membership of a role: the cast's owner, or a new person."""

    def find(role: str) -> Membership:
        return acme.memberships.get(role=role) if role == Role.OWNER else make_member(acme, role=role)

    return find


def rows(*memberships: Membership) -> list[tuple]:
    found = Membership.objects.in_bulk([each.pk for each in memberships])
    return [(found[each.pk].role, found[each.pk].status) for each in memberships]


def activity() -> int:
    return UserActivity.objects.count()


@pytest.mark.parametrize("actor", RANKS)
@pytest.mark.parametrize("other", RANKS)
def test_ranks(actor, other):
    allowed = actor == "OWNER" or (other != "OWNER" and RANKS.index(actor) >= RANKS.index(other))
    assert Membership(role=actor).outranks(other) == allowed


@pytest.mark.parametrize("actor", RANKS)
@pytest.mark.parametrize("subject", RANKS[:3])
@pytest.mark.parametrize("role", RANKS[:3])
def test_who_gives_which_role_to_whom(actor, subject, role, member):
    by, who = member(actor), member(subject)
    allowed = by.outranks(subject) and by.outranks(role)
    before = activity()
    if allowed:
        change_role(who, role, by=by.user)
    else:
        with pytest.raises(NotAllowed):
            change_role(who, role, by=by.user)
    assert rows(who) == [(role if allowed else subject, "ACTIVE")]
    assert activity() - before == (1 if allowed and role != subject else 0)


@pytest.mark.parametrize("actor", RANKS)
@pytest.mark.parametrize("subject", RANKS[:3])
def test_who_suspends_and_reactivates_whom(actor, subject, member):
    by, who = member(actor), member(subject)
    allowed = by.outranks(subject)
    for act, status in [(suspend_member, "SUSPENDED"), (reactivate_member, "ACTIVE")]:
        if not allowed:
            with pytest.raises(NotAllowed):
                act(who, by=by.user)
        else:
            act(who, by=by.user)
        assert rows(who) == [(subject, status if allowed else "ACTIVE")]


ACTIONS = [
    ("role", lambda membership, by: change_role(membership, Role.VIEWER, by=by)),
    ("suspension", lambda membership, by: suspend_member(membership, by=by)),
    ("return", lambda membership, by: reactivate_member(membership, by=by)),
]


@pytest.mark.parametrize(("_case", "act"), ACTIONS, ids=[case for case, _ in ACTIONS])
@pytest.mark.parametrize("role", ["ADMIN", "MEMBER"])
def test_nobody_changes_themselves(_case, act, role, member):
    one = member(role)
    before = activity()
    with pytest.raises(Refused, match="your own membership"):
        act(one, one.user)
    assert (rows(one), activity()) == ([(role, "ACTIVE")], before)


@pytest.mark.parametrize(("_case", "act"), ACTIONS, ids=[case for case, _ in ACTIONS])
@pytest.mark.parametrize("who", ["ana", "ADMIN", "ops"])
def test_nobody_touches_the_owner(_case, act, who, member, acme, request):
    owner = member("OWNER")
    by = member(who).user if who == "ADMIN" else request.getfixturevalue(who)
    with pytest.raises(Refused, match="transfer the ownership first"):
        act(owner, by)
    assert rows(owner) == [("OWNER", "ACTIVE")]


@pytest.mark.parametrize(("_case", "act"), ACTIONS, ids=[case for case, _ in ACTIONS])
@pytest.mark.parametrize("who", ["cy", "grace"])
def test_who_does_not_belong_here_does_nothing(_case, act, who, member, request):
    one = member("VIEWER")
    with pytest.raises(NotAllowed, match="not a member"):
        act(one, request.getfixturevalue(who))
    assert rows(one) == [("VIEWER", "ACTIVE")]


def test_a_suspended_admin_does_nothing(member):
    admin, one = member("ADMIN"), member("VIEWER")
    Membership.objects.filter(pk=admin.pk).update(status="SUSPENDED")
    with pytest.raises(NotAllowed):
        suspend_member(one, by=admin.user)
    assert rows(one) == [("VIEWER", "ACTIVE")]


def test_an_operator_acts_with_the_owners_hands(member, ops):
    one = member("ADMIN")
    suspend_member(one, note="abuse", by=ops)
    assert rows(one) == [("ADMIN", "SUSPENDED")]
    row = UserActivity.objects.first()
    assert (row.user, row.activity_type, row.metadata["person"]) == (ops, "member.suspended", str(one.user_id))


def test_ownership_is_not_granted(member, ana):
    one = member("ADMIN")
    with pytest.raises(Refused, match="transferred, not granted"):
        change_role(one, Role.OWNER, by=ana)
    assert rows(one) == [("ADMIN", "ACTIVE")]


@pytest.mark.parametrize(("act", "status"), [(suspend_member, "SUSPENDED"), (reactivate_member, "ACTIVE")])
def test_what_is_so_already_is_refused(act, status, member, ana):
    one = member("MEMBER")
    Membership.objects.filter(pk=one.pk).update(status=status)
    before = activity()
    with pytest.raises(Refused):
        act(one, by=ana)
    assert (rows(one), activity()) == ([("MEMBER", status)], before)


class TestTransfer:
    def test_changes_both_in_one(self, acme, ana, sam):
        old, new = acme.memberships.get(user=ana), acme.memberships.get(user=sam)
        transfer_ownership(acme, new, by=ana)
        assert rows(old, new) == [("ADMIN", "ACTIVE"), ("OWNER", "ACTIVE")]
        assert Workspace.objects.get(pk=acme.pk).owner == sam
        assert [agent_of(each, acme).role for each in (ana, sam)] == ["ADMIN", "ADMIN"]
        row = UserActivity.objects.first()
        assert (row.activity_type, row.user, row.workspace) == ("workspace.transferred", ana, acme)

    @pytest.mark.parametrize("who", ["sam", "ops", "grace", "cy"])
    def test_only_by_the_owner(self, who, acme, ana, bo, request):
        before = activity()
        with pytest.raises(NotAllowed):
            transfer_ownership(acme, acme.memberships.get(user=bo), by=request.getfixturevalue(who))
        assert Workspace.objects.get(pk=acme.pk).owner == ana
        assert activity() == before

    def test_not_to_oneself(self, acme, ana):
        with pytest.raises(Refused, match="already"):
            transfer_ownership(acme, acme.memberships.get(user=ana), by=ana)

    def test_not_to_a_member_of_another_workspace(self, acme, globex, ana, grace):
        with pytest.raises(Membership.DoesNotExist):
            transfer_ownership(acme, globex.memberships.get(user=grace), by=ana)
        assert Workspace.objects.get(pk=acme.pk).owner == ana

    @pytest.mark.parametrize("cut_off", ["membership", "person"])
    def test_not_to_who_is_cut_off(self, cut_off, acme, ana, bo):
        if cut_off == "person":
            type(bo).objects.filter(pk=bo.pk).update(is_active=False)
        else:
            bo.memberships.update(status="SUSPENDED")
        with pytest.raises(Refused, match="cannot own"):
            transfer_ownership(acme, acme.memberships.get(user=bo), by=ana)
        assert Workspace.objects.get(pk=acme.pk).owner == ana

    def test_is_heard_of_at_once(self, acme, ana, sam, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as callbacks:
            transfer_ownership(acme, acme.memberships.get(user=sam), by=ana)
        rings = [callback.__name__ for callback in callbacks].count("_ring")
        assert rings == 1, "hosts remember the workspace, its owner included"

    def test_two_at_once_have_one_winner(self, acme, ana, sam, bo, at_once):
        heirs = [acme.memberships.get(user=each) for each in (sam, bo)]
        calls = [lambda heir=heir: transfer_ownership(acme, heir, by=ana) for heir in heirs]
        results = at_once(*calls, racing_for="workspaces")
        assert [type(result) for result in results].count(NotAllowed) == 1
        assert results.count(None) == 1
        owner = Membership.objects.get(workspace=acme, role=Role.OWNER)
        assert owner.user == Workspace.objects.get(pk=acme.pk).owner
        assert owner.user in {sam, bo}


class TestTheDatabase:
    def test_a_second_owner(self, acme):
        with pytest.raises(IntegrityError, match="one_owner_per_workspace"), transaction.atomic():
            Membership.objects.create(workspace=acme, user=make_user(), role=Role.OWNER)

    def test_a_suspended_owner(self, acme, ana):
        with pytest.raises(IntegrityError), transaction.atomic():
            acme.memberships.filter(user=ana).update(status="SUSPENDED")

    def test_one_person_twice(self, acme, bo):
        with pytest.raises(IntegrityError, match="one_membership_per_person"), transaction.atomic():
            Membership.objects.create(workspace=acme, user=bo, role=Role.MEMBER)

    def test_an_invitation_as_owner(self, acme):
        with connection.cursor() as cursor, pytest.raises(IntegrityError, match="nobody_is_invited_as_owner"):
            cursor.execute(
                "INSERT INTO invitations (id, workspace_id, email, role, position, token_hash, invited_by_id, sent_at,"
                " expires_at, created_at) SELECT gen_random_uuid(), id, 'x@y.example', 'OWNER', 'agent', 'x', owner_id,"
                " now(), now(), now() FROM workspaces WHERE slug = 'acme'"
            )
