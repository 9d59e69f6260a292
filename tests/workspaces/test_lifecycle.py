"""A workspace is suspended, closed, reopened, erased; its name is free again, its log stays."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.models import Agent
from tests.factories import make_user, make_workspace
from workspaces.actions.people import deactivate_person
from workspaces.actions.workspaces import (
    close_workspace,
    erase_workspace,
    reactivate_workspace,
    reopen_workspace,
    suspend_workspace,
)
from workspaces.models import Domain, Invitation, Membership, User, UserActivity, Workspace
from workspaces.refusals import NotAllowed, Refused
from workspaces.tenancy.schemas import schema_exists

pytestmark = pytest.mark.django_db


def now(workspace: Workspace) -> Workspace:
    return Workspace.objects.get(pk=workspace.pk)


def closed(workspace: Workspace) -> Workspace:
    close_workspace(workspace, note="Moved.", by=User.objects.get(pk=workspace.owner_id))
    return now(workspace)


def test_closed_it_can_be_had_back_for_thirty_days(acme, ana):
    before = timezone.now()
    found = closed(acme)
    assert (found.status, found.status_note, found.is_open, found.days_to_reopen) == ("CLOSED", "Moved.", False, 30)
    assert found.erase_after - found.closed_at == timedelta(days=30)
    assert timedelta(0) <= found.closed_at - before < timedelta(minutes=1)
    assert schema_exists("ws_acme")
    reopen_workspace(acme, by=ana)
    found = now(acme)
    assert (found.status, found.status_note, found.closed_at, found.erase_after) == ("ACTIVE", "", None, None)


def test_each_step_is_recorded(acme, ana, ops):
    suspend_workspace(acme, note="unpaid", by=ops)
    reactivate_workspace(acme, by=ops)
    closed(acme)
    reopen_workspace(acme, by=ana)
    rows = UserActivity.objects.within(acme).order_by("-created_at", "-id")[:4]
    assert [(row.activity_type, row.user) for row in rows] == [
        ("workspace.reopened", ana),
        ("workspace.closed", ana),
        ("workspace.reactivated", ops),
        ("workspace.suspended", ops),
    ]


def test_suspended_and_closed_end_all_sessions_there(acme, ana, bo, ops, client_for):
    in_acme, public = client_for(bo, acme), client_for(bo)
    suspend_workspace(acme, note="unpaid", by=ops)
    reactivate_workspace(acme, by=ops)
    assert in_acme.get("/team/").status_code == 302
    again = client_for(bo, acme)
    closed(acme)
    reopen_workspace(acme, by=ana)
    assert again.get("/team/").status_code == 302
    assert public.get("/account/").status_code == 200


STEPS = {
    "suspend": lambda workspace, by: suspend_workspace(workspace, note="", by=by),
    "reactivate": lambda workspace, by: reactivate_workspace(workspace, by=by),
    "close": lambda workspace, by: close_workspace(workspace, note="", by=by),
    "reopen": lambda workspace, by: reopen_workspace(workspace, by=by),
    "erase": lambda workspace, by: erase_workspace(workspace),
}
ALLOWED = {
    ("ACTIVE", "suspend"): "SUSPENDED",
    ("ACTIVE", "close"): "CLOSED",
    ("SUSPENDED", "reactivate"): "ACTIVE",
    ("CLOSED", "reopen"): "ACTIVE",
    ("CLOSED", "erase"): "ERASED",
}


@pytest.mark.parametrize("status", Workspace.Status.values)
@pytest.mark.parametrize("step", STEPS)
def test_only_these_steps_are_taken(step, status, acme, ana):
    Workspace.objects.filter(pk=acme.pk).update(status=status)
    before = UserActivity.objects.count()
    if outcome := ALLOWED.get((status, step)):
        STEPS[step](acme, ana)
        assert UserActivity.objects.count() == before + 1
    else:
        with pytest.raises(Refused):
            STEPS[step](acme, ana)
        assert UserActivity.objects.count() == before
    assert now(acme).status == (outcome or status)
    assert schema_exists("ws_acme") == (outcome != "ERASED")


@pytest.mark.parametrize(("step", "status"), [("close", "ACTIVE"), ("reopen", "CLOSED")])
@pytest.mark.parametrize("who", ["sam", "bo", "vi", "cy", "grace"])
def test_only_by_the_owner(step, status, who, acme, request):
    Workspace.objects.filter(pk=acme.pk).update(status=status)
    with pytest.raises(NotAllowed):
        STEPS[step](acme, request.getfixturevalue(who))
    assert now(acme).status == status


@pytest.mark.parametrize(
    ("who", "status_code", "status"), [("ana", 302, "ACTIVE"), ("sam", 404, "CLOSED"), ("cy", 404, "CLOSED")]
)
def test_the_owner_reopens_it_among_my_workspaces(who, status_code, status, acme, client_for, request):
    closed(acme)
    answer = client_for(request.getfixturevalue(who)).post("/workspaces/acme/reopening/")
    assert (answer.status_code, now(acme).status) == (status_code, status)


class TestErasing:
    @pytest.fixture(autouse=True)
    def erased(self, acme):
        closed(acme)
        erase_workspace(acme)

    def test_the_schema_is_gone_and_the_mark_stays(self, acme):
        assert not schema_exists("ws_acme")
        assert now(acme).status == "ERASED"
        assert Domain.objects.filter(tenant=acme).count() == 0
        assert Invitation.objects.filter(workspace=acme).count() == 0
        assert Membership.objects.filter(workspace=acme).count() == 4

    def test_the_log_stays(self, acme):
        kinds = list(UserActivity.objects.within(acme).values_list("activity_type", "user__first_name"))
        assert kinds[0] == ("workspace.erased", None)
        assert ("workspace.created", "Ana") in kinds

    def test_the_address_is_free(self, acme, cy):
        made = make_workspace(slug="acme", owner=cy)
        assert (made.pk != acme.pk, made.schema_name, made.host) == (True, "ws_acme_2", "acme.localhost")
        with schema_context(made.schema_name):
            assert list(Agent.objects.values_list("user", flat=True)) == [cy.pk]
        third = closed(made)
        erase_workspace(third)
        assert make_workspace(slug="acme", owner=cy).schema_name == "ws_acme_3"

    def test_it_is_no_longer_anybodys(self, ana, acme, client_for):
        answer = client_for(ana).get("/workspaces/")
        assert [each.workspace.slug for each in answer.context["memberships"]] == ["globex"]
        assert client_for(ana).get("/enter/acme/?state=x").status_code == 404
        assert client_for(workspace=acme).get("/").status_code == 404

    def test_it_does_not_come_back(self, acme, ana):
        for step in STEPS.values():
            with pytest.raises(Refused):
                step(acme, ana)
        assert not schema_exists("ws_acme")

    def test_its_owner_can_go(self, ana, ops):
        deactivate_person(ana, by=ops)
        assert not User.objects.get(pk=ana.pk).is_active


def test_erased_and_reopened_at_once_one_of_them_holds(acme, ana, at_once):
    closed(acme)
    results = at_once(lambda: erase_workspace(acme), lambda: reopen_workspace(acme, by=ana), racing_for="workspaces")
    assert [isinstance(result, Refused) for result in results].count(True) == 1
    assert schema_exists("ws_acme") == (now(acme).status == "ACTIVE")


def test_the_schema_of_a_namesake_is_not_taken(acme):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA ws_big_shop")
    assert make_workspace(slug="big-shop").schema_name == "ws_big_shop_2"


def test_many_workspaces_of_one_person(client_for, cy):
    client = client_for(cy)
    answer = client.post("/workspaces/new/", {"name": "One", "slug": "one-shop"})
    assert (answer.status_code, answer["Location"]) == (302, "http://one-shop.localhost:8000")
    assert client.post("/workspaces/new/", {"name": "Two", "slug": "one-shop"}).status_code == 422
    assert Workspace.objects.filter(owner=cy).count() == 1
    assert make_user().memberships.count() == 0
