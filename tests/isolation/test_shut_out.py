"""What shuts people out shuts every door at once: of a closed workspace, without a second factor, switched off."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django_tenants.utils import schema_context

from agents.models import Agent
from tests.isolation.cast import Cookies
from tests.isolation.doors import DOORS
from tests.isolation.knocking import address_of, taken_back, text_of, what_is_sent
from tests.isolation.test_guards import OPEN_TO_MEMBERS, in_admin
from tests.isolation.world import World, digest
from workspaces.actions.workspaces import close_workspace, suspend_workspace
from workspaces.models import User, Workspace
from workspaces.tenancy.hosts import hosts


def close_acme() -> None:
    close_workspace(Workspace.objects.get(slug="acme"), note="", by=User.objects.get(email="ana@cast.example"))


def suspend_acme() -> None:
    suspend_workspace(Workspace.objects.get(slug="acme"), note="", by=User.objects.get(email="ops@cast.example"))


def answers_at(world: World, cookies: Cookies, who: str, host: str, names: Any) -> Iterator[tuple[str, str, Any]]:
    """What they get at each of these doors, however they knock."""
    ids = world.ids["acme"]
    for name in names:
        address, sent = address_of(name, host, ids), what_is_sent(DOORS[host][name], ids)
        for method, data in (("get", None), ("post", sent)):
            with taken_back():
                yield name, method, getattr(cookies.client(who, host), method)(address, data)


@pytest.mark.parametrize("shut", [close_acme, suspend_acme], ids=lambda shut: shut.__name__)
def test_no_door_of_a_workspace_that_is_not_open(shut, world, cookies):
    shut()
    hosts.forget()  # as the commit does
    before = digest()
    for name, method, answer in answers_at(world, cookies, "owner", "acme", DOORS["acme"]):
        assert answer.status_code == 403, (name, method)
        # Not even its name, to who has but the address.
        assert world.given_away("acme", text_of(answer), but="acme") == set(), (name, method)
    assert digest() == before


def test_no_door_without_the_second_factor_that_the_workspace_requires(world, cookies):
    Workspace.objects.filter(slug="acme").update(requires_two_factor=True)
    hosts.forget()
    before = digest()
    for name, method, answer in answers_at(world, cookies, "owner", "acme", DOORS["acme"]):
        led = (answer.status_code, answer.headers.get("Location"))
        assert led == (302, f"{settings.PUBLIC_URL}/enter/acme/"), (name, method)
    assert digest() == before


def test_no_door_of_the_operators_without_a_second_factor(world, cookies):
    Authenticator.objects.filter(user__email="ops@cast.example").delete()
    before = digest()
    names = [name for name in DOORS[""] if name.startswith(("operators:", "admin/")) and name != "operators:login"]
    assert len(names) > 40
    for name, method, answer in answers_at(world, cookies, "operator", "", names):
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/accounts/2fa/"), (name, method)
    assert digest() == before


def test_no_door_but_those_of_every_member_for_who_is_switched_off(world, cookies):
    with schema_context("ws_acme"):
        Agent.objects.filter(user__email="sam@cast.example").update(is_active=False)
    free = {*OPEN_TO_MEMBERS, "account_login", "arrive", "workspace_admin:login"}
    names = [name for name in DOORS["acme"] if name not in free]
    assert [name for name in names if in_admin(name)]
    before = digest()
    for name, method, answer in answers_at(world, cookies, "supervisor", "acme", names):
        assert answer.status_code == 403, (name, method)
    assert digest() == before


def test_who_is_switched_off_still_sees_where_they_are_and_leaves(world, cookies):
    with schema_context("ws_acme"):
        Agent.objects.filter(user__email="sam@cast.example").update(is_active=False)
    before = digest()
    sam = cookies.client("supervisor", "acme")
    assert sam.get("/").status_code == 200
    assert world.ids["acme"]["agent"] not in text_of(sam.get("/"))
    assert sam.post("/availability/", {"availability": "AWAY"}).status_code == 302
    assert digest() == before
    assert sam.post("/sign-out/")["Location"] == settings.PUBLIC_URL
    assert sam.get("/")["Location"].startswith("/sign-in/")
