"""Asking people in, by the actions: sent, sent again, withdrawn, accepted once."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import agent_of, make_expired_invitation, make_invitation, make_member, make_position, make_user
from workspaces.actions.invitations import (
    accept_invitation,
    find_invitation,
    hash_of,
    invite_member,
    join_as_new_person,
    resend_invitation,
    withdraw_invitation,
)
from workspaces.actions.memberships import suspend_member
from workspaces.models import Invitation, Membership, Role, User, UserActivity
from workspaces.refusals import NotAllowed, Refused

pytestmark = pytest.mark.django_db

GUEST = "guest@new.example"


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Membership, Invitation, UserActivity))


def invite(workspace, by, **over) -> Invitation:
    return invite_member(workspace, **{"email": GUEST, "role": Role.MEMBER, "position": "agent", "by": by, **over})


def secret_in(text: str) -> str:
    [secret] = re.findall(r"http://localhost:8000/invitations/([\w-]{43})/", text)
    return secret


def test_the_link_goes_to_the_address_and_nowhere_else(acme, ana, sent_mail):
    with sent_mail() as outbox:
        invitation = invite(acme, ana, email=" Guest@New.Example ")
    assert [message.to for message in outbox] == [[GUEST]]
    secret = secret_in(outbox[0].body)
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert secret not in str(row)
    assert (row["token_hash"], row["email"]) == (hash_of(secret), GUEST)
    assert "Acme Outfitters" in outbox[0].subject
    assert secret not in str(list(UserActivity.objects.values()))


@pytest.mark.parametrize("name", ["Evil\nBcc: all@evil.example", "<b>Evil</b> & Sons"])
def test_a_name_does_not_reach_the_headers(name, acme, ana, sent_mail):
    ana.first_name = name
    ana.save()
    with sent_mail() as outbox:
        invite(acme, ana)
    assert "\n" not in outbox[0].subject
    assert outbox[0].recipients() == [GUEST]
    assert "&amp;" not in outbox[0].body + outbox[0].subject


def test_it_lasts_a_week_and_is_recorded(acme, ana):
    before = timezone.now()
    invitation = invite(acme, ana)
    assert timedelta(0) <= invitation.expires_at - before - timedelta(days=7) < timedelta(minutes=1)
    row = UserActivity.objects.first()
    assert (row.activity_type, row.user, row.workspace) == ("invitation.sent", ana, acme)


@pytest.mark.parametrize("role", ["VIEWER", "MEMBER", "ADMIN", "OWNER"])
@pytest.mark.parametrize("invited_as", ["VIEWER", "MEMBER", "ADMIN"])
def test_nobody_invites_above_their_rank(role, invited_as, acme):
    by = acme.memberships.get(role=role) if role == "OWNER" else make_member(acme, role=role)
    before = counts()
    if by.outranks(invited_as):
        assert invite(acme, by.user, role=invited_as).role == invited_as
    else:
        with pytest.raises(NotAllowed):
            invite(acme, by.user, role=invited_as)
        assert counts() == before


def test_nobody_is_invited_as_owner(acme, ana):
    before = counts()
    with pytest.raises(IntegrityError), transaction.atomic():
        invite(acme, ana, role=Role.OWNER)
    assert counts() == before


@pytest.mark.parametrize("who", ["cy", "grace"])
def test_who_does_not_belong_here_invites_nobody(who, acme, request):
    with pytest.raises(NotAllowed):
        invite(acme, request.getfixturevalue(who))


def test_a_member_or_an_invited_address_is_not_invited_again(acme, ana, bo):
    invite(acme, ana)
    before = counts()
    for email, words in [(bo.email.upper(), "is a member already"), (GUEST, "has been invited already")]:
        with pytest.raises(Refused, match=words):
            invite(acme, ana, email=email)
    assert counts() == before


def test_one_address_twice_at_once_is_invited_once(acme, ana, at_once):
    results = at_once(lambda: invite(acme, ana), lambda: invite(acme, ana), racing_for="invitations")
    assert sorted(type(result).__name__ for result in results) == ["Invitation", "Refused"]
    assert acme.invitations.count() == 1


def test_one_address_is_asked_into_two_workspaces(acme, globex, ana, grace):
    invite(acme, ana)
    invite(globex, grace)
    assert Invitation.objects.filter(email=GUEST).count() == 2


def test_sent_again_the_old_link_is_dead(acme, ana, sent_mail):
    old = make_expired_invitation(acme, email=GUEST)
    with sent_mail() as outbox:
        resend_invitation(old, by=ana)
    fresh = find_invitation(secret_in(outbox[0].body))
    assert (fresh, fresh.is_expired) == (old, False)
    assert find_invitation(old.secret) is None
    assert UserActivity.objects.first().activity_type == "invitation.resent"


def test_withdrawn_the_link_is_dead_and_the_address_free(acme, ana):
    old = make_invitation(acme, email=GUEST)
    withdraw_invitation(old, by=ana)
    assert find_invitation(old.secret) is None
    assert invite(acme, ana).pk != old.pk


@pytest.mark.parametrize("act", [resend_invitation, withdraw_invitation])
@pytest.mark.parametrize("who", ["vi", "bo", "cy", "grace"])
def test_who_is_below_it_does_not_touch_it(act, who, acme, request):
    invitation = make_invitation(acme, role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        act(invitation, by=request.getfixturevalue(who))
    again = Invitation.objects.get(pk=invitation.pk)
    assert (again.token_hash, again.withdrawn_at) == (hash_of(invitation.secret), None)


def accept(invitation: Invitation, by: User):
    return lambda: accept_invitation(invitation, by=by)


def test_accepting_makes_a_member_and_an_agent(acme, sam):
    make_position(acme, slug="night-shift", permissions=["team.view", "audit.view"])
    invitation = make_invitation(acme, invited_by=sam, role=Role.VIEWER, position="night-shift")
    guest = make_user(email=invitation.email)
    membership = accept_invitation(invitation, by=guest)
    assert (membership.role, membership.status, membership.invited_by) == ("VIEWER", "ACTIVE", sam)
    agent = agent_of(guest, acme)
    assert (agent.role, agent.position.slug, agent.is_active) == ("VIEWER", "night-shift", True)
    assert not agent.can_receive_new_chats
    row = UserActivity.objects.first()
    assert (row.activity_type, row.user, row.metadata) == ("member.joined", guest, {"role": "VIEWER"})


def test_a_position_that_is_gone_becomes_that_of_an_agent(acme):
    invitation = make_invitation(acme, position="gone")
    guest = make_user(email=invitation.email)
    accept_invitation(invitation, by=guest)
    assert agent_of(guest, acme).position.slug == "agent"


def expire(invitation):
    Invitation.objects.update(expires_at=timezone.now())


def withdraw(invitation):
    Invitation.objects.update(withdrawn_at=timezone.now())


def use_up(invitation):
    Invitation.objects.update(accepted_at=timezone.now())


def close(invitation):
    invitation.workspace.mark_closed("")
    invitation.workspace.save()


def join_before(invitation):
    make_member(invitation.workspace, User.objects.get(email=invitation.email))


def lose_the_address(invitation):
    User.objects.get(email=invitation.email).emailaddress_set.update(verified=False)


MEANWHILE = [expire, withdraw, use_up, close, join_before, lose_the_address]


@pytest.mark.parametrize("happens", MEANWHILE, ids=[each.__name__ for each in MEANWHILE])
def test_not_accepted_when_meanwhile(happens, acme):
    invitation = make_invitation(acme)
    guest = make_user(email=invitation.email)
    happens(invitation)
    before = counts()
    with pytest.raises(Refused):
        accept_invitation(invitation, by=guest)
    assert counts() == before


def test_not_accepted_by_another_person(acme, cy):
    invitation = make_invitation(acme)
    with pytest.raises(NotAllowed):
        accept_invitation(invitation, by=cy)
    assert Invitation.objects.get(pk=invitation.pk).is_pending


def test_accepted_twice_at_once_it_counts_once(acme, at_once):
    invitation = make_invitation(acme)
    guest = make_user(email=invitation.email)
    results = at_once(accept(invitation, guest), accept(invitation, guest), racing_for="invitations")
    assert sorted(type(result).__name__ for result in results) == ["Membership", "Refused"]
    assert acme.memberships.filter(user=guest).count() == 1


def test_accepted_and_withdrawn_at_once_one_of_them_holds(acme, ana, at_once):
    invitation = make_invitation(acme)
    guest = make_user(email=invitation.email)
    withdraw_it = lambda: withdraw_invitation(invitation, by=ana)  # noqa: E731
    results = at_once(accept(invitation, guest), withdraw_it, racing_for="invitations")
    assert [isinstance(result, Refused) for result in results].count(True) == 1
    row = Invitation.objects.get(pk=invitation.pk)
    assert (row.accepted_at is None) != (row.withdrawn_at is None)
    assert acme.memberships.filter(user=guest).exists() == (row.accepted_at is not None)


NEW_PERSON = {"first_name": "Gus", "last_name": "Guest", "password": "correct horse battery staple"}


def test_a_new_person_twice_at_once_is_made_once(acme, at_once):
    invitation = make_invitation(acme)
    join = lambda: join_as_new_person(invitation, **NEW_PERSON)  # noqa: E731
    results = at_once(join, join, racing_for="users")
    assert sorted(type(result).__name__ for result in results) == ["Refused", "User"]
    assert acme.memberships.filter(user__email=invitation.email).count() == 1


def test_not_accepted_when_who_invited_no_longer_may(acme, ana):
    chief = make_member(acme, role=Role.ADMIN)
    invitation = make_invitation(acme, invited_by=chief.user, role=Role.ADMIN)
    suspend_member(chief, by=ana)
    guest = make_user(email=invitation.email)
    with pytest.raises(Refused, match="may no longer invite you"):
        accept_invitation(invitation, by=guest)
    assert not Membership.objects.filter(user=guest).exists()
