"""What is changed in the workspace's admin goes through the actions: it is logged, and refused in words."""

import pytest
from django.contrib.admin.models import LogEntry
from django_tenants.utils import schema_context

from agents.models import Agent, AgentStatusLog, Holiday, Position
from inbox.models import RoutingRule
from tests import factories
from workspaces.models import Invitation, Membership, Role, UserActivity


@pytest.fixture
def browser(db, client_for, acme):
    return lambda user: client_for(user, acme)


@pytest.fixture
def here(acme):
    """Rows of the workspace, read anew."""

    def read(user):
        with schema_context(acme.schema_name):
            return Agent.objects.select_related("position", "user").get(user=user)

    return read


def agent_form(agent, **over):
    """What the page of an agent posts."""
    form = {
        "emp_id": agent.emp_id or "",
        "contact_number": agent.contact_number or "",
        "country": agent.country,
        "states": ",".join(agent.states),
        "max_open_chats": agent.max_open_chats or "",
        "position": str(agent.position_id),
        "is_active": "on" if agent.is_active else "",
        "can_receive_new_chats": "on" if agent.can_receive_new_chats else "",
        "note": "",
        "status_logs-TOTAL_FORMS": "0",
        "status_logs-INITIAL_FORMS": "0",
    }
    return {name: value for name, value in (form | over).items() if value != "" or name not in BOXES}


BOXES = {"is_active", "can_receive_new_chats"}


def logs(acme):
    with schema_context(acme.schema_name):
        rows = AgentStatusLog.objects.values_list(
            "agent__user__first_name", "switch", "changed_to", "changed_by__user__first_name", "note"
        )
        return [(name, switch, turned == "ON", by, note) for name, switch, turned, by, note in rows][::-1]


def kinds(acme):
    return list(UserActivity.objects.within(acme).order_by("created_at", "id").values_list("activity_type", flat=True))


def said(response):
    return [str(message) for message in response.context["messages"]]


def url(row, page="change"):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


def test_the_form_of_an_agent_turns_switches_with_a_note_and_logs_each_change(browser, ana, bo, here, acme):
    bo_here, before = here(bo), len(kinds(acme))
    form = agent_form(bo_here, emp_id="E-7", states="CA, NY", is_active="", can_receive_new_chats="", note="On leave")
    response = browser(ana).post(url(bo_here), form)
    assert response.status_code == 302
    now = here(bo)
    assert (now.emp_id, now.states, now.is_active, now.can_receive_new_chats) == ("E-7", ["CA", "NY"], False, False)
    assert logs(acme) == [
        ("Bo", "can_receive_new_chats", False, "Ana", "On leave"),
        ("Bo", "is_active", False, "Ana", "On leave"),
    ]
    assert kinds(acme)[before:] == ["agent.changed", "agent.status", "agent.status"]


def test_a_refusal_is_said_in_the_form_and_takes_back_the_rest(browser, sam, ana, here, acme):
    ana_here, before = here(ana), kinds(acme)
    response = browser(sam).post(url(ana_here), agent_form(ana_here, emp_id="E-1", is_active=""))
    assert response.status_code == 200
    assert b"You do not have these permissions yourself" in response.content
    assert (here(ana).emp_id, here(ana).is_active, logs(acme), kinds(acme)) == (None, True, [], before)


def test_a_position_is_given_by_who_manages_members_alone(browser, ana, sam, bo, here, acme):
    with schema_context(acme.schema_name):
        supervisor = Position.objects.get(slug="supervisor")
    form = agent_form(here(bo), position=str(supervisor.pk))
    browser(sam).post(url(here(bo)), form)
    assert here(bo).position.slug == "agent"
    browser(ana).post(url(here(bo)), form)
    assert (here(bo).position.slug, kinds(acme)[-1]) == ("supervisor", "agent.position")


@pytest.mark.parametrize(
    ("_case", "action", "expected"),
    [
        ("pause", "pause", ("can_receive_new_chats", False)),
        ("switch off", "switch_off", ("is_active", False)),
    ],
)
def test_a_dialog_asks_first_and_keeps_the_note(_case, action, expected, browser, sam, bo, here, acme):
    client = browser(sam)
    question = client.get(url(here(bo), action))
    assert (question.status_code, b'name="note"' in question.content, logs(acme)) == (200, True, [])
    client.post(url(here(bo), action), {"_form_submitted": "on", "note": "Lunch"})
    assert logs(acme) == [("Bo", *expected, "Sam", "Lunch")]


def test_a_dialog_in_a_page_goes_back_to_that_page(browser, sam, bo, here, acme):
    page = f"http://{acme.host}/admin/agents/agent/?q=bo#x"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    response = browser(sam).post(url(here(bo), "pause"), {"_form_submitted": "on"}, headers=headers)
    assert response["HX-Redirect"] == page.removesuffix("#x")
    headers["HX-Current-URL"] = "http://elsewhere.example/"
    response = browser(sam).post(url(here(bo), "resume"), {"_form_submitted": "on"}, headers=headers)
    assert response["HX-Redirect"] == url(here(bo))


def test_bulk_pausing_reports_each_refusal_and_does_the_rest(browser, ana, sam, bo, vi, here, acme):
    with schema_context(acme.schema_name):
        Agent.objects.filter(user=sam).update(is_active=False)
    rows = [str(here(person).pk) for person in (sam, bo, vi)]
    form = {"action": "resume_all", "_selected_action": rows, "note": "Rush"}
    with schema_context(acme.schema_name):
        Agent.objects.filter(user=bo).update(can_receive_new_chats=False)
    response = browser(ana).post("/admin/agents/agent/", form, follow=True)
    assert sorted(said(response)) == [
        "Receive new chats: 1 of 3.",
        "Sam Okafor does not work here at the moment.",
        "Vi Novak: A viewer only reads and receives no chats.",
    ]
    assert logs(acme) == [("Bo", "can_receive_new_chats", True, "Ana", "Rush")]


def test_a_position_is_made_changed_and_deleted_by_its_actions(browser, ana, acme):
    client = browser(ana)
    form = {"name": "Night shift", "slug": "night-shift", "description": "", "permissions": ["team.view"]}
    assert client.post("/admin/agents/position/add/", form).status_code == 302
    with schema_context(acme.schema_name):
        position = Position.objects.get(slug="night-shift")
    form = {"name": "Late shift", "description": "", "permissions": ["team.view", "team.manage"]}
    form |= {"agents-TOTAL_FORMS": "0", "agents-INITIAL_FORMS": "0"}
    assert client.post(url(position), form).status_code == 302
    with schema_context(acme.schema_name):
        position.refresh_from_db()
    assert (position.name, position.slug, position.permissions) == (
        "Late shift",
        "night-shift",
        ["team.manage", "team.view"],
    )
    assert client.post(url(position, "delete"), {"post": "yes"}).status_code == 302
    assert kinds(acme)[-3:] == ["position.created", "position.changed", "position.deleted"]


def test_what_a_position_is_used_for_is_said_before_it_is_deleted(browser, ana, acme):
    with schema_context(acme.schema_name):
        night, day = (Position.objects.create(name=name, slug=name.lower()) for name in ("Night", "Day"))
        for name, position in (("Late", night), ("Later", night), ("Early", day)):
            RoutingRule.objects.create(name=name, actions={"position": str(position.pk)})
        shop, both = factories.make_channel(name="Shop"), factories.make_channel(name="Both")
        shop.positions.set([night])
        both.positions.set([night, day])

    page = browser(ana).get(url(night, "delete")).text

    assert "The routing rules “Late” and “Later” give chats to it, and no longer will." in page
    assert f"Everybody will answer Shop ({shop.get_platform_display()})." in page
    assert "“Early”" not in page


@pytest.mark.parametrize("holders", [1, 2])
def test_a_position_that_somebody_holds_is_not_asked_about(holders, browser, ana, bo, sam, acme):
    with schema_context(acme.schema_name):
        night = Position.objects.create(name="Night", slug="night")
        Agent.objects.filter(user__in=[bo, sam][:holders]).update(position=night)
    client = browser(ana)

    for answer in (client.get(url(night, "delete"), follow=True), client.post(url(night, "delete"), follow=True)):
        assert ("1 person holds Night." if holders == 1 else "2 people hold Night.") in answer.text
        assert answer.redirect_chain[-1][0].endswith(url(night))
    assert of_position(acme, "night") == night


def of_position(acme, slug="agent"):
    with schema_context(acme.schema_name):
        return Position.objects.get(slug=slug)


NO_HOLDERS = {"agents-TOTAL_FORMS": "0", "agents-INITIAL_FORMS": "0"}


@pytest.mark.parametrize("page", ["change", "delete"])
def test_a_position_of_every_workspace_stays(page, browser, ana, acme):
    position = of_position(acme)
    sent = {"name": "X", "description": "Y", "permissions": [], "post": "yes", **NO_HOLDERS}
    response = browser(ana).post(url(position, page), sent)
    now = of_position(acme)
    assert response.status_code == (302 if page == "change" else 403)
    assert (now.name, now.description, now.permissions) == (position.name, position.description, position.permissions)


def test_hours_and_limit_are_each_workspaces_own(browser, ana, acme):
    client, position = browser(ana), of_position(acme)
    hours = {"hours_mon": "9-12:30, 14:00 - 18:00", "hours_fri": "22:00-6", "hours_sun": "24h"}
    assert client.post(url(position), {"max_open_chats": "5", **hours, **NO_HOLDERS}).status_code == 302
    now = of_position(acme)
    assert now.max_open_chats == 5
    assert now.hours == {
        "mon": [["09:00", "12:30"], ["14:00", "18:00"]],
        "fri": [["22:00", "06:00"]],
        "sun": [["00:00", "00:00"]],
    }
    row = UserActivity.objects.first()
    assert (row.activity_type, row.metadata["max_open_chats"]) == ("position.changed", 5)
    assert "Monday: 09:00-12:30, 14:00-18:00" in row.metadata["hours"]
    page = client.get(url(position)).content.decode()
    assert 'value="09:00-12:30, 14:00-18:00"' in page
    assert 'value="24h"' in page


@pytest.mark.parametrize(
    ("written", "words"),
    [("nine", "is no span of time: write 09:00-17:30"), ("9-12, 11-14", "overlap"), ("9-25", "There is no 25")],
)
def test_hours_that_cannot_be_read_say_what_to_write(written, words, browser, ana, acme):
    position = of_position(acme)
    response = browser(ana).post(url(position), {"hours_tue": written, "max_open_chats": "5", **NO_HOLDERS})
    assert (response.status_code, words in response.content.decode()) == (200, True)
    assert (of_position(acme).hours, of_position(acme).max_open_chats) == ({}, None)


def test_where_a_limit_comes_from_is_shown(browser, ana, acme, here, bo):
    with schema_context(acme.schema_name):
        Position.objects.filter(slug="agent").update(max_open_chats=5)
    assert "5 (from Agent)" in browser(ana).get("/admin/agents/agent/").content.decode()


def test_a_holiday_is_kept_and_recorded(browser, ana, acme):
    client = browser(ana)
    assert client.post("/admin/agents/holiday/add/", {"date": "2026-12-25", "name": "Christmas"}).status_code == 302
    with schema_context(acme.schema_name):
        holiday = Holiday.objects.get()
    assert client.post("/admin/agents/holiday/add/", {"date": "2026-12-25", "name": "Again"}).status_code == 200
    assert client.post(url(holiday, "delete"), {"post": "yes"}).status_code == 302
    assert kinds(acme)[-2:] == ["holiday.saved", "holiday.deleted"]


def test_nobody_makes_a_position_with_more_than_they_have(browser, acme):
    person = factories.make_user()
    position = factories.make_position(acme, permissions=["admin.open", "positions.manage", "team.view"])
    factories.make_member(acme, person, position=position.slug)
    form = {"name": "Mine", "slug": "mine", "description": "", "permissions": ["team.view", "members.manage"]}
    response = browser(person).post("/admin/agents/position/add/", form)
    with schema_context(acme.schema_name):
        made = Position.objects.filter(slug="mine").exists()
    assert (response.status_code, made) == (200, False)
    assert b"You do not have these permissions yourself: members.manage." in response.content


def member(user, acme):
    return Membership.objects.get(user=user, workspace=acme)


@pytest.mark.parametrize(("_case", "who", "role"), [("owner", "ana", "VIEWER"), ("supervisor", "sam", "MEMBER")])
def test_a_role_is_changed_by_who_manages_members(_case, who, role, browser, bo, acme, request):
    browser(request.getfixturevalue(who)).post(url(member(bo, acme)), {"role": "VIEWER"})
    assert member(bo, acme).role == role


def test_the_owner_and_oneself_are_not_changed(browser, ana, acme):
    response = browser(ana).post(url(member(ana, acme)), {"role": "MEMBER"})
    assert (response.status_code, member(ana, acme).role) == (403, Role.OWNER)


def test_suspending_in_bulk_leaves_the_owner_and_ends_sessions(browser, ana, sam, bo, acme):
    bo_client = browser(bo)
    assert bo_client.get("/").status_code == 200
    rows = [str(member(person, acme).pk) for person in (ana, sam, bo)]
    form = {"action": "suspend_all", "_selected_action": rows, "note": "Closed branch"}
    response = browser(ana).post("/admin/workspaces/membership/", form, follow=True)
    assert sorted(said(response)) == [
        "Ana Alvarez owns the workspace: transfer the ownership first.",
        "Suspended: 2 of 3.",
    ]
    assert [member(person, acme).status for person in (ana, sam, bo)] == ["ACTIVE", "SUSPENDED", "SUSPENDED"]
    assert kinds(acme)[-2:] == ["member.suspended"] * 2
    assert bo_client.get("/").status_code == 302


@pytest.mark.parametrize("action", ["suspend_all", "reactivate_all"])
def test_a_supervisor_suspends_nobody(action, browser, sam, bo, acme):
    rows = [str(member(bo, acme).pk)]
    form = {"action": action, "_selected_action": rows}
    browser(sam).post("/admin/workspaces/membership/", form)
    response = browser(sam).post(url(member(bo, acme), "suspend"), {"_form_submitted": "on"})
    assert (response.status_code, member(bo, acme).status) == (403, "ACTIVE")


def test_an_invitation_is_sent_sent_again_and_withdrawn(browser, ana, acme, sent_mail):
    client = browser(ana)
    form = {"email": "new@guests.example", "role": "MEMBER", "position": "supervisor"}
    with sent_mail() as outbox:
        assert client.post("/admin/workspaces/invitation/add/", form).status_code == 302
    invitation = Invitation.objects.get(email="new@guests.example", workspace=acme)
    first_hash = invitation.token_hash
    with sent_mail() as again:
        client.post(url(invitation, "resend"), {"_form_submitted": "on"})
    invitation.refresh_from_db()
    assert ([mail.to for mail in outbox + again], invitation.token_hash == first_hash) == (
        [["new@guests.example"]] * 2,
        False,
    )
    client.post(url(invitation, "withdraw"), {"_form_submitted": "on"})
    refused = client.post(url(invitation, "withdraw"), {"_form_submitted": "on"}, follow=True)
    assert said(refused)[-1] == "This invitation has been withdrawn."
    assert kinds(acme)[-3:] == ["invitation.sent", "invitation.resent", "invitation.withdrawn"]


@pytest.mark.parametrize(
    ("_case", "form", "words"),
    [
        ("a member already", {"email": "bo@cast.example"}, b"bo@cast.example is a member already."),
        ("as owner", {"role": "OWNER"}, b"Select a valid choice"),
        ("unknown position", {"position": "emperor"}, b"Select a valid choice"),
    ],
)
def test_an_invitation_refused_says_why(_case, form, words, browser, ana, acme):
    before = Invitation.objects.count()
    form = {"email": "new@guests.example", "role": "MEMBER", "position": "agent"} | form
    response = browser(ana).post("/admin/workspaces/invitation/add/", form)
    assert (response.status_code, words in response.content, Invitation.objects.count()) == (200, True, before)


@pytest.mark.parametrize("model", ["agents/agentstatuslog", "workspaces/useractivity"])
def test_logs_are_only_read(model, browser, ana, sam, bo, here, acme):
    browser(sam).post(url(here(bo), "pause"), {"_form_submitted": "on"})
    with schema_context(acme.schema_name):
        pk = AgentStatusLog.objects.get().pk if "status" in model else UserActivity.objects.within(acme)[0].pk
    client = browser(ana)
    pages = [f"/admin/{model}/add/", f"/admin/{model}/{pk}/change/", f"/admin/{model}/{pk}/delete/"]
    assert [client.post(page, {"note": "x", "post": "yes"}).status_code for page in pages] == [403] * 3
    assert client.get(pages[1]).status_code == 200


def test_no_row_is_left_in_djangos_own_log(browser, ana, bo, here):
    browser(ana).post(url(here(bo)), agent_form(here(bo), country="Norway"))
    assert (here(bo).country, LogEntry.objects.count()) == ("Norway", 0)
