"""Whoever is shut out hears nothing more, at once; whoever is not is let in again with what is true now."""

import os

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.db import connection, transaction

from agents.actions.agents import set_active, set_position
from agents.actions.positions import save_position
from agents.models import Position
from agents.realtime import tokens
from agents.realtime.publishing import publish
from tests import factories
from tests.agents.streams import Ear, StreamProcess
from tests.agents.test_stream import chat
from tests.conftest import make_client
from tests.product import eventually
from workspaces import sessions
from workspaces.actions.memberships import change_role, suspend_member, transfer_ownership
from workspaces.actions.people import deactivate_person
from workspaces.actions.workspaces import close_workspace, require_two_factor, suspend_workspace
from workspaces.models import Membership, Role
from workspaces.valkey import valkey

TOKEN = "/stream-token/"


@pytest.fixture(scope="module")
def stream():
    process = StreamProcess(os.environ["REDIS_URL"])
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def page(stream, client_for, acme, transactional_db):
    """An open page of this person's: the browser, and what it hears."""
    ears = []
    # An end holds for tokens of the same moment, too, and each test's workspace has the same name.
    if ended := valkey().keys(tokens.ended_key("*")):
        valkey().delete(*ended)

    def page(user, workspace=acme):
        client = client_for(user, workspace)
        answer = client.get(TOKEN)
        assert (answer.status_code, answer["Cache-Control"]) == (
            200,
            "max-age=0, no-cache, no-store, must-revalidate, private",
        )
        assert answer.json()["url"] == django_settings.STREAM_URL
        client.shown = answer.json()["token"]
        ears.append(Ear(stream, client.shown))
        return client, ears[-1]

    yield page
    for ear in ears:
        ear.close()


def agent(user, workspace):
    found = factories.agent_of(user, workspace)
    connection.set_tenant(workspace)
    return found


def membership(user, workspace):
    return Membership.objects.get(user=user, workspace=workspace)


def make_position_of(user, workspace, *codes):
    position = factories.make_position(workspace, permissions=list(codes))
    connection.set_tenant(workspace)
    agent(user, workspace)
    type(agent(user, workspace)).objects.filter(user=user).update(position=position)
    return position


def switch_off(bo, acme, ana, client):
    set_active(agent(bo, acme), False, by=agent(ana, acme), workspace=acme)


def sign_out(bo, acme, ana, client):
    assert client.post("/sign-out/").status_code == 302


def end_the_log_in(bo, acme, ana, client):
    sessions.end_login(bo, client.session[sessions.LOGIN])


def change_the_password(bo, acme, ana, client):
    """On the public host, as people do."""
    public, new = make_client(), "another password altogether"
    public.post("/accounts/login/", {"login": bo.email, "password": factories.PASSWORD})
    said = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    assert public.post("/accounts/password/change/", said).status_code == 302
    bo.refresh_from_db()
    assert bo.check_password(new)


SHUT_OUT = {
    "suspended": lambda bo, acme, ana, _: suspend_member(membership(bo, acme), by=ana),
    "switched off": switch_off,
    "signed out": sign_out,
    "log-in ended elsewhere": end_the_log_in,
    "signed out everywhere": lambda bo, *_: sessions.end_everywhere(bo),
    "deactivated": lambda bo, acme, ana, _: deactivate_person(bo, by=ana),
    "new password": change_the_password,
    "two-factor required": lambda bo, acme, ana, _: (factories.add_totp(ana), require_two_factor(acme, True, by=ana)),
    "workspace suspended": lambda bo, acme, ana, _: suspend_workspace(acme, note="unpaid", by=ana),
    "workspace closed": lambda bo, acme, ana, _: close_workspace(acme, note="", by=ana),
}


@pytest.mark.parametrize("shut_out", SHUT_OUT.values(), ids=SHUT_OUT)
def test_who_is_shut_out_hears_nothing_more(page, stream, shut_out, acme, ana, bo):
    client, ear = page(bo)
    shut_out(bo, acme, ana, client)
    assert ear.is_ended(within=60)
    # Neither with the token that was made before, nor with another.
    assert stream.status(f"/stream/?token={client.shown}") == 403
    assert client.get(TOKEN).status_code in {302, 403}


def test_others_stay(page, acme, globex, ana, sam, bo):
    (_, colleague), (_, elsewhere) = page(sam), page(ana, globex)
    page(bo)
    suspend_member(membership(bo, acme), by=ana)
    # How the other stands now, and nothing else.
    assert {name for name, _ in colleague.all_until(acme.schema_name)} == {"availability"}
    assert elsewhere.all_until(globex.schema_name) == []


def test_another_browsers_sign_out_ends_nobodys_access(page, acme, bo):
    (here, ear), (there, _) = page(bo), page(bo)
    there.post("/sign-out/")
    assert ear.is_ended(within=60)
    assert here.get(TOKEN).status_code == 200


def test_ending_the_other_sessions_in_the_list(page, client_for, acme, bo):
    _, ear = page(bo)
    public = client_for(bo)
    assert UserSession.objects.filter(user=bo).count() == 2
    assert public.post("/accounts/sessions/").status_code == 302
    assert ear.is_ended(within=60)


def take_position(bo, acme, ana):
    set_position(agent(bo, acme), factories.make_position(acme), by=agent(ana, acme), workspace=acme)


def change_position(bo, acme, ana):
    position = Position.objects.get(agents__user=bo)
    position.permissions = ["team.view"]
    save_position(position, by=agent(ana, acme), workspace=acme)


@pytest.mark.parametrize("change", [take_position, change_position])
def test_who_may_read_less_hears_less(page, stream, acme, ana, bo, change):
    make_position_of(bo, acme, "messages.view", "team.view")
    client, ear = page(bo)
    change(bo, acme, ana)
    assert ear.is_ended(within=60)
    assert stream.status(f"/stream/?token={client.shown}") == 403
    again = Ear(stream, in_a_moment(client, stream))
    publish(acme.schema_name, [chat("1", readers=True)])
    assert again.all_until(acme.schema_name) == []
    again.close()


def in_a_moment(client, stream):
    """A page asks again until the margin, in which old rights could still be in a token, is over."""

    def look():
        token = client.get(TOKEN).json()["token"]
        return token if stream.status(f"/stream/?token={token}") == 200 else None

    return eventually(look, within=60, what="a new token opens the stream")


def test_a_role_that_changes(page, acme, ana, bo):
    _, ear = page(bo)
    change_role(membership(bo, acme), Role.VIEWER, by=ana)
    assert ear.is_ended(within=60)


def test_a_new_owner(page, acme, ana, bo):
    (_, old), (_, new) = page(ana), page(bo)
    transfer_ownership(acme, membership(bo, acme), by=ana)
    assert old.is_ended(within=60)
    assert new.is_ended(within=60)


def test_what_was_undone_ends_nothing(page, acme, ana, bo):
    _, ear = page(bo)
    with transaction.atomic():
        suspend_member(membership(bo, acme), by=ana)
        transaction.set_rollback(True)
    assert ear.all_until(acme.schema_name) == []


def test_a_stranger_gets_no_token(client_for, acme, cy, grace):
    assert client_for(None, acme).get(TOKEN).status_code == 302
    assert [client_for(user, acme).get(TOKEN).status_code for user in (cy, grace)] == [403, 403]


def test_a_token_tells_nothing_of_the_session(client_for, acme, bo):
    client = client_for(bo, acme)
    viewer = tokens.read_token(client.get(TOKEN).json()["token"])
    assert viewer.names == (acme.schema_name, str(factories.agent_of(bo, acme).pk), str(bo.pk))
    assert client.session.session_key not in str(viewer)
