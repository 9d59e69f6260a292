"""A session counts on the host it was made for, while its person is let in there, and nowhere else."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from tests.isolation.cast import Cookies
from tests.isolation.knocking import text_of
from workspaces import sessions
from workspaces.actions.handovers import offer_handover
from workspaces.actions.memberships import suspend_member
from workspaces.actions.people import deactivate_person
from workspaces.actions.workspaces import close_workspace, suspend_workspace
from workspaces.models import Membership, User, Workspace
from workspaces.tenancy.hosts import hosts

# ana owns acme and works in globex, so only the session decides.
PLACES = {"acme": "/team/", "globex": "/team/", "": "/account/"}


@pytest.mark.parametrize("made_for", PLACES)
@pytest.mark.parametrize("shown_at", PLACES)
def test_counts_on_its_own_host_alone(made_for: str, shown_at: str, cookies: Cookies):
    client = cookies.client("anonymous", shown_at)
    client.cookies["session"] = cookies.keys["owner", made_for]
    answer = client.get(PLACES[shown_at])
    if made_for == shown_at:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith(("/sign-in/", "/accounts/login/"))


@pytest.mark.parametrize("address", ["/", "/team/", "/admin/", "/sign-in/", "/sign-out/"])
def test_being_shown_elsewhere_changes_nothing_of_it(address: str, cookies: Cookies):
    key = cookies.keys["owner", "acme"]
    before = Session.objects.get(pk=key).get_decoded()
    for host in ("globex", ""):
        client = cookies.client("anonymous", host)
        client.cookies["session"] = key
        client.get(address)
        client.post(address)
    assert Session.objects.get(pk=key).get_decoded() == before
    assert cookies.client("owner", "acme").get("/").status_code == 200


@pytest.mark.parametrize("place", ["acme", "globex"])
def test_a_session_of_no_workspace_counts_in_none(place: str, cookies: Cookies, ana: User):
    """One that was made before sessions knew their workspace, say."""
    client = cookies.client("owner", place)
    session = client.session
    del session[sessions.WORKSPACE]
    session.save()
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.fixture
def bo_in_acme(cookies: Cookies):
    client = cookies.client("agent", "acme")
    assert client.get("/team/").status_code == 200
    return client


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@cast.example")


def membership(name: str, slug: str) -> Membership:
    return Membership.objects.get(user=person(name), workspace__slug=slug)


def suspend_bo() -> None:
    suspend_member(membership("bo", "acme"), by=person("ana"))


def remove_bo() -> None:
    membership("bo", "acme").delete()


def deactivate_bo() -> None:
    deactivate_person(person("bo"), by=person("ops"))


def close_acme() -> None:
    close_workspace(Workspace.objects.get(slug="acme"), note="", by=person("ana"))


def suspend_acme() -> None:
    suspend_workspace(Workspace.objects.get(slug="acme"), note="Unpaid", by=person("ops"))


ENDS: list[Callable[[], None]] = [suspend_bo, remove_bo, deactivate_bo, close_acme, suspend_acme]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("kept", [False, True], ids=["as it is", "even if the session were kept"])
def test_is_over_when(end: Callable[[], None], kept: bool, bo_in_acme: Any, world: Any):
    row = Session.objects.get(pk=bo_in_acme.cookies["session"].value)
    end()
    hosts.forget()  # as the commit does
    if kept:
        Session(pk=row.pk, session_data=row.session_data, expire_date=row.expire_date).save()
    for address in ("/team/", "/", "/admin/"):
        answer = bo_in_acme.get(address)
        assert answer.status_code in {302, 403}
        assert "Location" not in answer or answer["Location"].startswith("/sign-in/")
        assert world.ids["acme"]["agent"] not in text_of(answer)


def test_suspension_in_one_workspace_leaves_the_other(cookies: Cookies):
    suspend_member(membership("ana", "globex"), by=person("grace"))
    assert cookies.client("owner", "acme").get("/team/").status_code == 200
    assert cookies.client("owner", "").get("/account/").status_code == 200
    assert cookies.client("owner", "globex").get("/team/").status_code == 302


@pytest.mark.parametrize("came_with", ["acme", "globex", None])
def test_a_link_into_one_workspace_does_not_open_the_other(came_with: str | None, cookies: Cookies, ana: User):
    """ana is a member of both: the link says which."""
    acme = Workspace.objects.get(slug="acme")
    there = cookies.client("anonymous", "globex")
    state = there.get("/sign-in/")["Location"].partition("state=")[2]
    if came_with:
        there.cookies["session"] = cookies.keys["owner", came_with]
    secret = offer_handover(ana, acme, state=state, login_id=uuid.uuid4())
    assert there.get(f"/enter/?link={secret}").status_code == 403
    there.cookies.pop("session", None)
    assert there.get("/team/").status_code == 302
