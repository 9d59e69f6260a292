"""The operators' admin: only operators with a second factor, every act through an action and in the audit log."""

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from workspaces.actions.workspaces import close_workspace, erase_workspace, suspend_workspace
from workspaces.models import Membership, User, UserActivity, Workspace

LISTS = {
    "workspaces": "/admin/workspaces/workspace/",
    "people": "/admin/workspaces/user/",
    "members": "/admin/workspaces/membership/",
    "invitations": "/admin/workspaces/invitation/",
    "audit log": "/admin/workspaces/useractivity/",
    "sessions": "/admin/usersessions/usersession/",
}
YES = {"_form_submitted": "on"}


@pytest.fixture
def operator(db, ops):
    factories.add_totp(ops)
    return ops


@pytest.fixture
def browser(operator, client_for):
    return client_for(operator)


def url(row, page="change"):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


def last(kind):
    return UserActivity.objects.filter(activity_type=kind).latest("created_at")


@pytest.mark.parametrize("path", ["/admin/", *LISTS.values(), "/admin/search/?s=acme"])
@pytest.mark.parametrize("who", ["ana", "cy", "grace"])
def test_nobody_but_operators(who, path, client_for, request, db):
    person = request.getfixturevalue(who)
    factories.add_totp(person)
    assert client_for(person).get(path).status_code == 403


def test_who_is_signed_out_signs_in_with_us_and_comes_back(client_for, db):
    for path in ("/admin/workspaces/user/", "/admin/login/?next=/admin/workspaces/user/"):
        response = client_for().get(path)
        assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/admin/workspaces/user/")


def test_an_operator_without_a_second_factor_is_sent_to_set_it_up(client_for, ops, settings, db):
    assert not settings.DEBUG
    response = client_for(ops).get("/admin/workspaces/user/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/")
    factories.add_totp(ops)
    assert client_for(ops).get("/admin/workspaces/user/").status_code == 200


def queries_of(client, path):
    """Now and then one of two requests looks its host up anew: the other one counts."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", [*LISTS, "dashboard"])
def test_thirty_rows_cost_as_many_queries_as_three(name, browser, client_for):
    counts = []
    for number in (3, 27):
        for _ in range(number):
            person = factories.make_user()
            workspace = Workspace.objects.get(slug="acme")
            factories.make_member(workspace, person)
            factories.make_invitation(workspace)
            client_for(person)
            # Rows alone: a schema each would take minutes and is not what is listed.
            Workspace.objects.create(
                name=person.email,
                slug=f"w-{person.pk.hex[-12:]}",
                slug_skeleton=person.pk.hex,
                schema_name=f"ws_{person.pk.hex}",
                owner=person,
            )
        counts.append(min(queries_of(browser, LISTS.get(name, "/admin/")) for _ in range(2)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", LISTS)
def test_every_column_sorts_and_every_row_opens(name, browser, acme, ana):
    factories.make_invitation(acme)
    for query in (
        *(f"?o={number}" for number in range(1, 9)),
        "?q=a+b",
        "?two_factor=no",
        "?verified=no",
        "?area=member",
    ):
        assert browser.get(LISTS[name] + query, follow=True).status_code == 200
    rows = browser.get(LISTS[name]).context["cl"].result_list
    assert rows
    assert {browser.get(url(row)).status_code for row in rows} == {200}


def test_no_password_and_no_session_key_is_shown_or_guessed(browser, ana, client_for):
    client_for(ana)
    key = UserSession.objects.filter(user=ana).latest("created_at")
    pages = [browser.get(path).content.decode() for path in (LISTS["people"], url(ana), LISTS["sessions"], url(key))]
    assert not [page for page in pages if ana.password in page or key.session_key in page or "md5$" in page]
    assert browser.get(f"{LISTS['people']}?password__startswith=md5").status_code == 400
    assert browser.get(f"{LISTS['sessions']}?session_key__startswith=a").status_code == 400


def test_a_suspension_asks_for_a_reason_and_is_lifted_again(browser, acme, ana, client_for):
    inside = client_for(ana, acme)
    assert b'name="note"' in browser.get(url(acme, "suspend")).content
    assert b"This field is required" in browser.post(url(acme, "suspend"), YES).content
    acme.refresh_from_db()
    assert acme.status == "ACTIVE"
    browser.post(url(acme, "suspend"), YES | {"note": "Spam"})
    acme.refresh_from_db()
    assert (acme.status, acme.status_note) == ("SUSPENDED", "Spam")
    assert not UserSession.objects.filter(data__workspace=str(acme.pk)).exists()
    assert last("workspace.suspended").user.email == "ops@cast.example"
    assert inside.get("/").status_code in {302, 403}
    browser.post(url(acme, "reactivate"), YES)
    acme.refresh_from_db()
    assert (acme.status, last("workspace.reactivated").workspace) == ("ACTIVE", acme)


def test_a_closed_workspace_is_reopened(browser, acme, ana):
    close_workspace(acme, note="Done", by=ana)
    panels = {panel["title"]: panel["table"]["rows"] for panel in browser.get("/admin/").context["panels"]}
    assert [row[1] for row in panels["Waiting to be erased"]] == ["Done"]
    browser.post(url(acme, "reopen"), YES)
    acme.refresh_from_db()
    assert (acme.status, acme.erase_after) == ("ACTIVE", None)


@pytest.mark.parametrize(
    ("state", "action"), [("ACTIVE", "reactivate"), ("ACTIVE", "reopen"), ("SUSPENDED", "suspend")]
)
def test_what_does_not_fit_is_refused_in_words(state, action, browser, acme, operator):
    if state == "SUSPENDED":
        suspend_workspace(acme, note="Spam", by=operator)
    before = UserActivity.objects.count()
    response = browser.post(url(acme, action), YES | {"note": "x"}, follow=True)
    acme.refresh_from_db()
    assert (acme.status, UserActivity.objects.count(), len(response.context["messages"])) == (state, before, 1)


@pytest.mark.parametrize("page", ["change", "delete", "history"])
@pytest.mark.parametrize("what", ["workspace", "person", "activity"])
def test_nothing_is_edited_or_deleted_directly(what, page, browser, acme, ana):
    row = {"workspace": acme, "person": ana, "activity": UserActivity.objects.within(acme)[0]}[what]
    before = type(row).objects.filter(pk=row.pk).values().get()
    response = browser.post(url(row, page), {"name": "X", "email": "x@x.example", "is_staff": "on", "post": "yes"})
    assert (response.status_code, type(row).objects.filter(pk=row.pk).values().get()) in [(403, before), (404, before)]
    assert browser.get(f"/admin/workspaces/{row._meta.model_name}/add/").status_code == 403


def test_a_person_is_deactivated_and_comes_back(browser, bo, client_for):
    inside = client_for(bo)
    browser.post(url(bo, "deactivate"), YES)
    bo.refresh_from_db()
    assert (bo.is_active, inside.get("/account/").status_code) == (False, 302)
    browser.post(url(bo, "reactivate"), YES)
    bo.refresh_from_db()
    assert (bo.is_active, last("person.reactivated").metadata) == (True, {"person": str(bo.pk)})


def test_nobody_deactivates_themselves(browser, ops):
    response = browser.post(url(ops, "deactivate"), YES, follow=True)
    ops.refresh_from_db()
    told = str(next(iter(response.context["messages"])))
    assert (ops.is_active, "cannot deactivate yourself" in told) == (True, True)


def test_an_operator_is_appointed_and_dismissed_with_a_record(browser, cy, ops):
    browser.post(url(cy, "appoint"), YES)
    cy.refresh_from_db()
    assert (cy.is_staff, last("person.operator").description) == (True, "Made cy@cast.example a platform operator")
    browser.post(url(cy, "dismiss"), YES)
    browser.post(url(ops, "dismiss"), YES)
    assert list(User.objects.filter(is_staff=True)) == [ops]
    assert UserActivity.objects.filter(activity_type="person.operator", user=ops).count() == 2


@pytest.mark.parametrize("over", [{"verified": False}, {"is_active": False}])
def test_only_a_proven_active_person_becomes_an_operator(over, browser):
    person = factories.make_user(**over)
    browser.post(url(person, "appoint"), YES)
    person.refresh_from_db()
    assert not person.is_staff


def test_looking_at_a_question_changes_nothing(browser, acme, bo):
    before = UserActivity.objects.count()
    member = Membership.objects.get(user=bo)
    questions = [url(acme, "suspend"), url(bo, "deactivate"), url(bo, "appoint"), url(member, "suspend")]
    assert [browser.get(page).status_code for page in questions] == [200] * 4
    assert UserActivity.objects.count() == before


def test_an_operator_suspends_and_changes_no_role(browser, bo, ana, acme, agent_of):
    member = Membership.objects.get(user=bo)
    assert browser.post(url(member), {"role": "ADMIN"}).status_code == 403
    assert agent_of(bo, acme).role == "AGENT"
    browser.post(url(member, "suspend"), YES | {"note": "Asked to"})
    member.refresh_from_db()
    assert (member.status, agent_of(bo, acme).is_active) == ("SUSPENDED", False)
    assert "Asked to" in last("member.suspended").description
    owner = Membership.objects.get(user=ana, workspace=acme)
    assert browser.post(url(owner), {"role": "MEMBER"}).status_code == 403


def test_what_is_erased_is_left_alone(browser, acme, ana, bo):
    close_workspace(acme, note="Done", by=ana)
    erase_workspace(acme)
    member = Membership.objects.get(user=bo)
    assert browser.get(url(acme)).status_code == 200
    assert browser.post(url(member), {"role": "ADMIN"}).status_code == 403
    browser.post(url(member, "suspend"), YES)
    member.refresh_from_db()
    assert (member.role, member.status) == ("MEMBER", "ACTIVE")


def test_one_session_is_ended(browser, bo, client_for):
    first, second = client_for(bo), client_for(bo)
    session = UserSession.objects.get(session_key=first.cookies["session"].value)
    browser.post(url(session, "end"), YES)
    assert [client.get("/account/").status_code for client in (first, second)] == [302, 200]
    assert last("person.session_ended").metadata == {"person": str(bo.pk)}


def test_signing_out_is_allauths(browser):
    assert browser.post("/admin/logout/").status_code == 302
    assert browser.get("/admin/")["Location"] == "/accounts/login/?next=/admin/"
