"""An invitation accepted twice at the same moment, as by a double click: in real threads with real commits."""

from functools import partial

import pytest

from tests.factories import make_invitation, make_user
from tests.workspaces.test_invitation_view import FORM, address
from workspaces.models import Membership, User


@pytest.fixture
def invitation(at_once, acme):
    return make_invitation(acme)


def clicks(client, invitation, form, at_once, *, racing_for):
    calls = [partial(one.post, address(invitation), form) for one in client]
    return [(answer.status_code, answer.get("Location")) for answer in at_once(*calls, racing_for=racing_for)]


def test_a_new_person_joins_once(invitation, client_for, at_once, acme):
    both = clicks([client_for(), client_for()], invitation, FORM, at_once, racing_for="users")
    assert both == [(302, acme.url)] * 2
    assert User.objects.filter(email=invitation.email).count() == 1
    assert Membership.objects.filter(workspace=acme, user__email=invitation.email).count() == 1


def test_who_has_an_account_joins_once(invitation, client_for, at_once, acme):
    guest = make_user(email=invitation.email)
    both = clicks([client_for(guest), client_for(guest)], invitation, {}, at_once, racing_for="invitations")
    assert both == [(302, acme.url)] * 2
    assert Membership.objects.filter(workspace=acme, user=guest).count() == 1
