"""A log-in and all that it opened end together; another device's does not."""

import re
import uuid
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.factories import PASSWORD, add_totp
from tests.workspaces.test_handovers import Journey
from workspaces import sessions
from workspaces.actions.operators import end_session
from workspaces.actions.people import deactivate_person
from workspaces.models import UserActivity

pytestmark = pytest.mark.django_db

ELSEWHERE = "another browser on another machine"


def is_in(client) -> bool:
    is_public = client.defaults["HTTP_HOST"] == "localhost"
    return client.get("/account/" if is_public else "/team/").status_code == 200


@pytest.fixture
def enter(client_for):
    """Signs in on the public host with a password, and from there into workspaces."""

    def start(user, *workspaces):
        public = client_for()
        answer = public.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert answer.status_code == 302
        inside = [client_for(workspace=workspace) for workspace in workspaces]
        for client in inside:
            assert Journey(public, client).arrive().status_code == 302
        return [public, *inside]

    return start


def test_every_session_is_listed_with_what_it_belongs_to(enter, ana, acme, globex):
    public, in_acme, in_globex = enter(ana, acme, globex)
    login = public.session[sessions.LOGIN]
    rows = {row.session_key: row.data for row in UserSession.objects.filter(user=ana)}
    assert rows == {
        public.session.session_key: {"login": login},
        in_acme.session.session_key: {"login": login, "workspace": str(acme.pk), "workspace_name": acme.name},
        in_globex.session.session_key: {"login": login, "workspace": str(globex.pk), "workspace_name": globex.name},
    }


def test_signing_out_of_a_workspace_ends_the_whole_log_in(enter, ana, acme, globex):
    here, there = enter(ana, acme, globex), enter(ana, acme, globex)
    answer = here[1].post("/sign-out/")
    assert (answer.status_code, answer["Location"]) == (302, "http://localhost:8000")
    assert [is_in(client) for client in here] == [False] * 3
    assert [is_in(client) for client in there] == [True] * 3


def test_signing_out_on_the_public_host_ends_the_whole_log_in(enter, ana, acme, globex):
    here, there = enter(ana, acme, globex), enter(ana, acme, globex)
    assert here[0].post("/accounts/logout/").status_code == 302
    assert [is_in(client) for client in here] == [False] * 3
    assert [is_in(client) for client in there] == [True] * 3


def test_signing_out_leaves_no_rows(enter, ana, acme):
    _, in_acme = enter(ana, acme)
    in_acme.post("/sign-out/")
    assert UserSession.objects.filter(user=ana).count() == 0
    assert Session.objects.count() == 0


def test_signing_out_by_get_does_nothing(enter, ana, acme):
    clients = enter(ana, acme)
    assert clients[1].get("/sign-out/").status_code == 405
    assert [is_in(client) for client in clients] == [True, True]


def test_ending_the_other_sessions_takes_their_workspaces_along(enter, ana, acme):
    here, there = enter(ana, acme), enter(ana, acme)
    assert here[0].post("/accounts/sessions/").status_code == 302
    assert [is_in(client) for client in here] == [True, True]
    assert [is_in(client) for client in there] == [False, False]


def sign_out_button(client, row: UserSession) -> str:
    """The address behind the button of the log-in that this row belongs to, as the page of this person has it."""
    page = client.get("/accounts/sessions/").content.decode()
    [address] = re.findall(rf'action="(/account/sessions/{row.pk}/ending/)"', page) or [""]
    return address


def row_of(client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_one_browser_is_signed_out_everywhere_at_once(enter, ana, acme, globex):
    here, there, third = enter(ana, acme), enter(ana, acme, globex), enter(ana, globex)
    assert is_in(there[2]), "used last: the list goes by it"
    UserSession.objects.filter(pk=row_of(there[2]).pk).update(last_seen_at=timezone.now() + timedelta(hours=1))
    answer = here[0].post(sign_out_button(here[0], row_of(there[2])), follow=True)
    assert "is signed out." in answer.content.decode()
    assert [is_in(client) for client in there] == [False] * 3
    assert [is_in(client) for client in (*here, *third)] == [True] * 4
    assert Session.objects.count() == UserSession.objects.count() == 4
    last = UserActivity.objects.filter(user=ana).latest("created_at")
    assert last.activity_type == "account.session_ended"


def test_a_link_that_was_under_way_is_dead_with_its_log_in(enter, ana, acme, client_for):
    here, there = enter(ana), enter(ana)
    inside = client_for(workspace=acme)
    link = Journey(there[0], inside).link()
    here[0].post(sign_out_button(here[0], row_of(there[0])))
    assert inside.get(link).status_code == 403
    assert not is_in(inside)


def test_the_list_shows_each_browser_once_with_what_it_opened(enter, ana, acme, globex, client_for):
    there = enter(ana, acme, globex)
    here = client_for(ana)
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count('<li class="row">') == 2
    assert page.count("This one") == 1
    assert page.index("This one") < page.index("Acme Outfitters</bdi>, <bdi>Globex Travel")
    assert there[0].session.session_key not in page
    assert "127.0.0.1" in page


def test_the_browser_in_hand_is_signed_out_by_its_own_button(enter, ana, acme):
    here = enter(ana, acme)
    page = here[0].post(f"/account/sessions/{row_of(here[1]).pk}/ending/", follow=True)
    assert "Sign out here" in page.content.decode()
    assert [is_in(client) for client in here] == [True, True]


def test_nobody_ends_somebody_elses_session(enter, ana, bo, acme):
    anas, bos = enter(ana, acme), enter(bo, acme)
    for client in bos:
        assert anas[0].post(f"/account/sessions/{row_of(client).pk}/ending/").status_code == 404
    assert [is_in(client) for client in bos] == [True, True]


def test_an_operator_ends_the_whole_log_in(enter, ops, ana, acme):
    add_totp(ops)
    there = enter(ana, acme)
    end_session(row_of(there[0]), by=ops)
    assert [is_in(client) for client in there] == [False, False]


def test_ending_one_workspaces_sessions_leaves_the_others(enter, ana, acme, globex):
    public, in_acme, in_globex = enter(ana, acme, globex)
    sessions.end_in_workspace(ana, acme)
    assert [is_in(client) for client in (public, in_acme, in_globex)] == [True, False, True]


def test_ending_all_in_a_workspace_spares_other_workspaces(enter, ana, bo, acme, globex):
    public, in_acme, in_globex = enter(ana, acme, globex)
    bo_public, bo_in_acme = enter(bo, acme)
    sessions.end_all_in_workspace(acme)
    assert [is_in(client) for client in (public, in_acme, in_globex, bo_public, bo_in_acme)] == [
        True,
        False,
        True,
        True,
        False,
    ]


def test_a_deactivated_person_is_out_everywhere(enter, bo, acme, ops):
    clients = enter(bo, acme)
    deactivate_person(bo, by=ops)
    assert [is_in(client) for client in clients] == [False, False]
    assert Session.objects.count() == 0
    answer = clients[0].post("/accounts/login/", {"login": bo.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/inactive/"


def test_a_person_made_inactive_by_any_means_is_out(enter, bo, acme):
    clients = enter(bo, acme)
    bo.is_active = False
    bo.save()
    assert [is_in(client) for client in clients] == [False, False]


@pytest.mark.parametrize(("remember", "kept"), [({}, False), ({"remember": "on"}, True)])
def test_closing_the_browser_ends_it_unless_one_asked_to_be_kept(remember, kept, client_for, bo, acme):
    public, inside = client_for(), client_for(workspace=acme)
    public.post("/accounts/login/", {"login": bo.email, "password": PASSWORD, **remember})
    Journey(public, inside).arrive()
    for client in (public, inside):
        for cookie in [cookie for cookie in client.cookies.values() if not cookie["max-age"]]:
            del client.cookies[cookie.key]
    assert not is_in(inside)
    assert is_in(public) == kept
    assert (Journey(public, inside).ask().status_code, is_in(public)) == (302, kept)


NEW = "another correct horse battery"


def test_a_new_password_ends_the_sessions_of_others(enter, bo, acme):
    here, there = enter(bo, acme), enter(bo, acme)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here[0].post("/accounts/password/change/", form).status_code == 302
    assert [is_in(client) for client in here] == [True, False]
    assert [is_in(client) for client in there] == [False, False]


def test_after_a_new_password_signing_out_still_ends_the_whole_log_in(enter, bo, acme, client_for):
    public, _ = enter(bo, acme)
    public.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    in_acme = client_for(workspace=acme)
    assert Journey(public, in_acme).arrive().status_code == 302
    in_acme.post("/sign-out/")
    assert [is_in(public), is_in(in_acme)] == [False, False]


def test_the_log_in_id_is_given_once(client_for, bo):
    client = client_for(bo)
    before = client.session[sessions.LOGIN]
    assert uuid.UUID(before)
    client.get("/enter/acme/?state=x")
    assert client.session[sessions.LOGIN] == before


def test_a_session_in_use_is_seen_but_not_at_every_click(enter, bo, acme, django_assert_max_num_queries):
    _, inside = enter(bo, acme)
    row = UserSession.objects.get(session_key=inside.session.session_key)
    inside.get("/team/", HTTP_USER_AGENT=ELSEWHERE)
    seen = UserSession.objects.get(pk=row.pk)
    assert seen.user_agent == ELSEWHERE
    inside.get("/team/", HTTP_USER_AGENT="a third")
    assert UserSession.objects.get(pk=row.pk).user_agent == ELSEWHERE


def test_signing_in_and_out_is_in_the_audit_log(enter, bo, acme):
    public, _ = enter(bo, acme)
    public.post("/accounts/logout/")
    kinds = UserActivity.objects.filter(user=bo).order_by("created_at", "id").values_list("activity_type", flat=True)
    assert list(kinds) == ["account.signed_in", "workspace.entered", "account.signed_out"]


def test_a_second_factor_is_asked_for_at_the_public_sign_in(client_for, bo):
    add_totp(bo)
    public = client_for()
    answer = public.post("/accounts/login/", {"login": bo.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(public)
