"""What can be guessed at cannot be guessed at for long."""

import pytest

from tests.factories import PASSWORD, make_invitation
from tests.workspaces.test_signup import FORM
from workspaces.actions.memberships import change_role
from workspaces.models import Invitation, Membership, User, UserActivity

pytestmark = pytest.mark.django_db


def statuses(ask, times: int) -> list[int]:
    return [ask(number).status_code for number in range(times)]


def test_sign_in_by_address_and_by_person(client_for, bo):
    client = client_for()
    wrong = {"login": bo.email, "password": "wrong"}
    answers = [client.post("/accounts/login/", wrong) for _ in range(12)]
    told = [str(answer.context["form"].errors) for answer in answers if answer.status_code == 200]
    assert "Too many failed login attempts" in told[-1]
    right = client.post("/accounts/login/", {"login": bo.email, "password": PASSWORD})
    assert right.status_code == 200, "not even with the right password"
    assert "_auth_user_id" not in client.session


def test_sign_in_from_one_machine(client_for, db):
    client = client_for()
    attempt = lambda number: client.post("/accounts/login/", {"login": f"p{number}@x.example", "password": "x"})  # noqa: E731
    assert statuses(attempt, 31)[-1] == 429


def test_sign_up(client_for, db):
    client = client_for()
    attempt = lambda number: client.post("/accounts/signup/", {**FORM, "slug": "admin"})  # noqa: E731
    assert statuses(attempt, 21) == [200] * 20 + [429]
    assert not User.objects.filter(email="nora@bigshop.example").exists()


def test_addresses_of_workspaces(client_for, db):
    client = client_for()
    ask = lambda number: client.get("/address-check/", {"slug": f"shop-{number}"})  # noqa: E731
    assert statuses(ask, 122) == [200] * 120 + [429] * 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_links_of_invitations(method, client_for, db):
    client = client_for()
    ask = lambda number: getattr(client, method)(f"/invitations/{number}/")  # noqa: E731
    assert statuses(ask, 31) == [410] * 30 + [429]


def test_a_limit_is_of_one_machine(client_for, acme):
    invitation = make_invitation(acme)
    guesser = client_for()
    statuses(lambda number: guesser.get(f"/invitations/{number}/"), 31)
    other = client_for(REMOTE_ADDR="198.51.100.7")
    assert other.get(f"/invitations/{invitation.secret}/").status_code == 200


def test_a_machine_cannot_pose_as_many(client_for, db):
    client = client_for()
    ask = lambda number: client.get(f"/invitations/{number}/", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")  # noqa: E731
    assert statuses(ask, 31)[-1] == 429


def test_invitations_by_one_person(client_for, acme, ana):
    client = client_for(ana, acme)
    form = {"role": "MEMBER", "position": "agent"}
    send = lambda number: client.post("/settings/invitations/", {**form, "email": f"p{number}@x.example"})  # noqa: E731
    assert statuses(send, 61) == [302] * 60 + [422]
    assert Invitation.objects.filter(workspace=acme).count() == 60


def test_forgotten_passwords(client_for, bo):
    client = client_for()
    ask = lambda _: client.post("/accounts/password/reset/", {"email": bo.email})  # noqa: E731
    assert 429 in statuses(ask, 7)


def test_invitations_of_one_person_count_over_all_workspaces(client_for, acme, globex, ana):
    make_admin_of(globex, ana)
    form = {"role": "MEMBER", "position": "agent"}
    for workspace, times in [(acme, 40), (globex, 20)]:
        client = client_for(ana, workspace)
        send = lambda number: client.post("/settings/invitations/", {**form, "email": f"p{number}@x.example"})  # noqa: B023, E731
        assert statuses(send, times) == [302] * times
    assert client_for(ana, globex).post("/settings/invitations/", {**form, "email": "z@x.example"}).status_code == 422


def test_invitations_to_one_address_in_a_day(client_for, acme, ana):
    invitation = make_invitation(acme)
    client = client_for(ana, acme)
    for _ in range(6):
        client.post(f"/settings/invitations/{invitation.pk}/sending/")
    assert UserActivity.objects.filter(activity_type="invitation.resent").count() == 5


def test_new_workspaces_of_one_person(client_for, cy):
    client = client_for(cy)
    make = lambda number: client.post("/workspaces/new/", {"name": "Shop", "slug": f"shop-of-cy-{number}"})  # noqa: E731
    assert statuses(make, 6) == [302] * 5 + [422]


def make_admin_of(workspace, user):
    membership = Membership.objects.get(workspace=workspace, user=user)
    change_role(membership, "ADMIN", by=workspace.owner)
