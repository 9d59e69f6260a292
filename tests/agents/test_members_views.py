"""Members and invitations: a form in, rows out."""

import pytest
from django.contrib.messages import get_messages

from tests.factories import agent_of, make_invitation, make_member, make_position
from workspaces.models import Invitation, Membership, UserActivity

pytestmark = pytest.mark.django_db

FORM = {"email": "Guest@New.example", "role": "MEMBER", "position": "agent"}


@pytest.fixture
def inside(client_for, acme, ana):
    return client_for(ana, acme)


def path(membership: Membership, part: str) -> str:
    return f"/settings/members/{membership.pk}/{part}/"


def errors(answer) -> dict:
    return answer.context["form"].errors


def test_an_invitation_goes_out(inside, acme, ana, sent_mail):
    with sent_mail() as outbox:
        answer = inside.post("/settings/invitations/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/members/")
    invitation = acme.invitations.get()
    assert (invitation.email, invitation.role, invitation.position, invitation.invited_by) == (
        "guest@new.example",
        "MEMBER",
        "agent",
        ana,
    )
    assert [message.to for message in outbox] == [["guest@new.example"]]


INVALID = [
    ("no address", {"email": ""}, "email"),
    ("not an address", {"email": "guest"}, "email"),
    ("a member already", {"email": "BO@cast.example"}, "email"),
    ("as owner", {"role": "OWNER"}, "role"),
    ("in no role", {"role": "KING"}, "role"),
    ("in no position", {"position": "nonsense"}, "position"),
]


@pytest.mark.parametrize(("_case", "over", "field"), INVALID, ids=[case for case, _, _ in INVALID])
def test_a_wrong_invitation_is_not_sent(_case, over, field, inside, acme, sent_mail):
    before = UserActivity.objects.count()
    with sent_mail() as outbox:
        answer = inside.post("/settings/invitations/", {**FORM, **over})
    assert (answer.status_code, list(errors(answer))) == (422, [field])
    assert (acme.invitations.count(), outbox, UserActivity.objects.count()) == (0, [], before)


def test_nobody_gives_what_they_lack(client_for, acme):
    make_position(acme, slug="lead", permissions=["members.view", "members.manage"])
    lead = make_member(acme, position="lead").user
    client = client_for(lead, acme)
    for over, field in [({"role": "ADMIN"}, "role"), ({"position": "supervisor"}, "position")]:
        answer = client.post("/settings/invitations/", {**FORM, **over})
        assert (answer.status_code, list(errors(answer))) == (422, [field])
    assert acme.invitations.count() == 0


def test_an_invitation_is_sent_again_and_withdrawn(inside, acme, sent_mail):
    invitation = make_invitation(acme)
    with sent_mail() as outbox:
        inside.post(f"/settings/invitations/{invitation.pk}/sending/")
    assert len(outbox) == 1
    inside.post(f"/settings/invitations/{invitation.pk}/withdrawal/")
    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is not None


def test_withdrawn_already_is_said(inside, acme):
    invitation = make_invitation(acme)
    inside.post(f"/settings/invitations/{invitation.pk}/withdrawal/")
    before = UserActivity.objects.count()
    answer = inside.post(f"/settings/invitations/{invitation.pk}/withdrawal/")
    assert [str(message) for message in get_messages(answer.wsgi_request)][-1] == "This invitation has been withdrawn."
    assert UserActivity.objects.count() == before


def test_a_role_is_changed(inside, acme, bo):
    membership = acme.memberships.get(user=bo)
    assert inside.post(path(membership, "role"), {"role": "ADMIN"}).status_code == 302
    assert acme.memberships.get(user=bo).role == "ADMIN"
    assert agent_of(bo, acme).role == "ADMIN"


@pytest.mark.parametrize("role", ["", "OWNER", "KING", "\x00"])
def test_a_role_that_is_not_given_changes_nothing(role, inside, acme, bo):
    assert inside.post(path(acme.memberships.get(user=bo), "role"), {"role": role}).status_code == 302
    assert acme.memberships.get(user=bo).role == "MEMBER"


def test_a_member_is_suspended_and_comes_back(inside, acme, bo, client_for):
    membership, of_bo = acme.memberships.get(user=bo), client_for(bo, acme)
    inside.post(path(membership, "suspension"), {"note": "holiday"})
    assert acme.memberships.get(user=bo).status == "SUSPENDED"
    assert of_bo.get("/")["Location"] == "/sign-in/?next=/"
    inside.post(path(membership, "suspension"), {"lift": "1"})
    assert acme.memberships.get(user=bo).status == "ACTIVE"
    assert agent_of(bo, acme).is_active


@pytest.mark.parametrize("part", ["role", "suspension"])
def test_the_owner_is_not_touched(part, client_for, acme, ana):
    admin = make_member(acme, role="ADMIN").user
    client_for(admin, acme).post(path(acme.memberships.get(user=ana), part), {"role": "VIEWER"})
    owner = acme.memberships.get(user=ana)
    assert (owner.role, owner.status) == ("OWNER", "ACTIVE")


def test_a_member_without_the_code_sees_but_does_not_touch(client_for, acme, sam, bo):
    client, membership = client_for(sam, acme), acme.memberships.get(user=bo)
    page = client.get("/settings/members/")
    assert page.status_code == 200
    assert not any(member.handled for member in page.context["members"])
    answers = [client.post(path(membership, part), {"role": "VIEWER"}) for part in ("role", "suspension")]
    assert [answer.status_code for answer in answers] == [403, 403]
    membership.refresh_from_db()
    assert (membership.role, membership.status) == ("MEMBER", "ACTIVE")


def test_the_page_lists_this_workspaces_people_only(inside, acme, globex):
    make_invitation(globex)
    invitation = make_invitation(acme)
    context = inside.get("/settings/members/").context
    assert {member.membership.workspace_id for member in context["members"]} == {acme.pk}
    assert [guest.invitation for guest in context["guests"]] == [invitation]


def test_the_page_is_searched_and_paged(inside, acme, bo, monkeypatch):
    monkeypatch.setattr("agents.rosters.SIZE", 2)
    first = inside.get("/settings/members/").context
    assert (len(first["members"]), first["page"].has_next()) == (2, True)
    found = inside.get("/settings/members/", {"q": "lindqvist BO"}).context["members"]
    assert [member.membership.user for member in found] == [bo]
    assert inside.get("/settings/members/", {"page": "99", "q": "nobody\x00"}).status_code == 200


@pytest.mark.parametrize(
    ("back", "place"),
    [
        ("/settings/members/?page=2", "/settings/members/?page=2"),
        ("", "/settings/members/"),
        ("//evil.example/", "/"),
    ],
)
def test_a_change_leads_back_to_where_one_was(back, place, inside, acme, bo):
    answer = inside.post(path(acme.memberships.get(user=bo), "role"), {"role": "VIEWER", "next": back})
    assert answer["Location"] == place


def role_of(client, acme, person, role: str) -> str:
    membership = Membership.objects.get(workspace=acme, user=person)
    answer = client.post(f"/settings/members/{membership.pk}/role/", {"role": role})
    return str(list(get_messages(answer.wsgi_request))[-1])


def test_a_viewer_for_a_while_receives_chats_again(client_for, acme, ana, bo):
    client = client_for(ana, acme)
    assert "New chats no longer go to them." in role_of(client, acme, bo, "VIEWER")
    assert not agent_of(bo, acme).can_receive_new_chats
    assert "New chats go to them from now on." in role_of(client, acme, bo, "MEMBER")
    assert agent_of(bo, acme).can_receive_new_chats
    page = client.get(f"/team/{agent_of(bo, acme).pk}/").content.decode()
    assert "Viewers receive no new chats" in page
    assert "No longer a viewer" in page


def test_what_was_switched_off_by_hand_stays_off(client_for, acme, ana, bo):
    client = client_for(ana, acme)
    client.post(f"/team/{agent_of(bo, acme).pk}/receiving/", {"on": "", "note": "leave"})
    assert "chats" not in role_of(client, acme, bo, "VIEWER")
    assert "chats" not in role_of(client, acme, bo, "MEMBER")
    assert not agent_of(bo, acme).can_receive_new_chats


def test_who_joined_as_a_viewer_receives_once_they_work(client_for, acme, ana, vi):
    assert "New chats go to them from now on." in role_of(client_for(ana, acme), acme, vi, "MEMBER")
    assert agent_of(vi, acme).can_receive_new_chats
