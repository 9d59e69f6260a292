"""The page behind an invitation's link."""

import pytest
from django.db import connection

from tests.factories import PASSWORD, agent_of, make_expired_invitation, make_invitation, make_user
from workspaces.models import Invitation, Membership, User

pytestmark = pytest.mark.django_db

FORM = {"first_name": "Gus", "last_name": "Guest", "password": PASSWORD, "timezone": "Europe/Riga"}


@pytest.fixture
def invitation(acme):
    return make_invitation(acme)


def address(invitation: Invitation) -> str:
    return f"/invitations/{invitation.secret}/"


def is_untouched(invitation: Invitation) -> bool:
    found = Invitation.objects.get(pk=invitation.pk)
    same = (found.token_hash, found.accepted_at, found.withdrawn_at) == (invitation.token_hash, None, None)
    return same and not Membership.objects.filter(workspace=found.workspace, user__email=found.email).exists()


def written(client, path: str) -> list[str]:
    statements: list[str] = []

    def watch(execute, sql, params, many, context):
        if sql.split()[0] in {"INSERT", "UPDATE", "DELETE"}:
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        client.get(path)
    return statements


@pytest.mark.parametrize("step", ["join", "sign_in", "accept", "other_person"])
def test_looking_changes_nothing(step, invitation, client_for, cy):
    guest = make_user(email=invitation.email) if step in {"sign_in", "accept"} else None
    client = client_for({"accept": guest, "other_person": cy}.get(step))
    client.get("/account/")
    answer = client.get(address(invitation))
    assert (answer.status_code, answer.context["step"]) == (200, step)
    assert written(client, address(invitation)) == []
    assert is_untouched(invitation)


def test_a_new_person_joins_and_is_signed_in(invitation, client_for, acme):
    client = client_for()
    answer = client.post(address(invitation), FORM)
    assert (answer.status_code, answer["Location"]) == (302, acme.url)
    guest = User.objects.get(email=invitation.email)
    assert (guest.name, guest.email_verified, guest.profile.timezone) == ("Gus Guest", True, "Europe/Riga")
    assert agent_of(guest, acme).position.slug == "agent"
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("first_name", ""), ("password", ""), ("password", "short"), ("password", "password123")],
)
def test_wrong_input_makes_nobody(field, value, invitation, client_for):
    answer = client_for().post(address(invitation), {**FORM, field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not User.objects.filter(email=invitation.email).exists()
    assert is_untouched(invitation)


def test_the_address_cannot_be_chosen(invitation, client_for):
    client_for().post(address(invitation), {**FORM, "email": "other@new.example", "role": "ADMIN", "position": "x"})
    assert not User.objects.filter(email="other@new.example").exists()
    assert Membership.objects.get(user__email=invitation.email).role == "MEMBER"


def test_who_has_an_account_accepts(invitation, client_for, acme):
    guest = make_user(email=invitation.email)
    answer = client_for(guest).post(address(invitation))
    assert (answer.status_code, answer["Location"]) == (302, acme.url)
    assert acme.memberships.filter(user=guest).count() == 1


def test_who_has_an_account_is_not_joined_without_signing_in(invitation, client_for):
    make_user(email=invitation.email)
    answer = client_for().post(address(invitation), FORM)
    assert (answer.status_code, answer.context["step"]) == (200, "sign_in")
    assert is_untouched(invitation)


def test_another_person_does_not_accept(invitation, client_for, cy):
    answer = client_for(cy).post(address(invitation))
    assert (answer.status_code, answer.context["step"]) == (200, "other_person")
    assert is_untouched(invitation)


def test_an_unproved_address_does_not_accept(invitation, client_for):
    guest = make_user(email=invitation.email, verified=False)
    answer = client_for(guest).post(address(invitation))
    assert answer.status_code == 403
    assert is_untouched(invitation)


def test_accepted_already_the_second_click_is_told(invitation, client_for):
    guest = make_user(email=invitation.email)
    client = client_for(guest)
    client.post(address(invitation))
    assert client.post(address(invitation)).status_code == 410
    assert Membership.objects.filter(user=guest).count() == 1


@pytest.mark.parametrize("who", [None, "guest", "cy"])
def test_expired(who, acme, client_for, cy):
    invitation = make_expired_invitation(acme)
    guest = make_user(email=invitation.email)
    client = client_for({"guest": guest, "cy": cy}.get(who))
    answers = [client.get(address(invitation)), client.post(address(invitation), FORM)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert is_untouched(invitation)


@pytest.mark.parametrize("status", ["SUSPENDED", "CLOSED", "ERASED"])
def test_the_workspace_is_not_open(status, invitation, acme, client_for):
    acme.status = status
    acme.save()
    client = client_for()
    assert [client.get(address(invitation)).status_code, client.post(address(invitation), FORM).status_code] == [
        410,
        410,
    ]
    assert is_untouched(invitation)


@pytest.mark.parametrize("secret", ["nonsense", "%00", "é", "x" * 500])
def test_no_such_link(secret, client_for, db):
    assert client_for().get(f"/invitations/{secret}/").status_code == 410


def test_the_page_is_not_stored(invitation, client_for):
    assert "no-store" in client_for().get(address(invitation))["Cache-Control"]


def test_the_link_does_not_leak_by_referrer(invitation, client_for):
    assert client_for().get(address(invitation))["Referrer-Policy"] == "same-origin"


def test_the_chooser_shows_what_waits(invitation, acme, client_for):
    guest = make_user(email=invitation.email)
    make_expired_invitation(acme, email="other@new.example")
    answer = client_for(guest).get("/workspaces/")
    assert list(answer.context["invitations"]) == [invitation]
    assert list(answer.context["memberships"]) == []
    assert invitation.secret not in answer.text
