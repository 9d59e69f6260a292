"""Who may pass which door: each URL, each person, as the table in doors.py says."""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from tests.isolation.cast import WHO, Cookies
from tests.isolation.doors import DOORS
from tests.isolation.knocking import address_of, knock, taken_back, text_of, what_is_sent
from tests.isolation.urls import public_urls, workspace_urls
from tests.isolation.world import World

# Whose business each workspace is. An operator sees all of them, on the public host.
INSIDE = {"acme": {"viewer", "agent", "supervisor", "owner"}, "globex": {"owner", "outsider"}}
MEMBERS = ["viewer", "agent", "supervisor", "owner"]
# It would be refused there: the token is of this host.
FORM_FOR_ANOTHER_HOST = re.compile(
    r"""<form\b(?=[^>]*\bmethod=["']?post)[^>]*\baction=["']?(https?:)?//""", re.IGNORECASE
)
SIGN_OF_FOREIGN = {"o": "-", "n": "-", ">": "-", "w": "-", "f": "-", "r": ">"}


def doors(hosts: Iterable[str], *, with_ids: bool = False) -> list[Any]:
    return [
        pytest.param(host, name, id=f"{host or 'public'}-{name}")
        for host in hosts
        for name, door in DOORS[host].items()
        if not with_ids or set(door.ids) - {"all"} or any("{" in str(value) for value in door.send.values())
    ]


@pytest.mark.parametrize(("host", "urls"), [("acme", workspace_urls), ("", public_urls)], ids=["acme", "public"])
def test_the_table_has_each_url_and_no_other(host, urls):
    known, written = {url.name for url in urls()}, set(DOORS[host])
    assert (known - written, written - known) == (set(), set()), "write new URLs into tests/isolation/doors.py"


@pytest.mark.parametrize(("host", "name"), doors(DOORS))
def test_door(host: str, name: str, world: World, cookies: Cookies):
    door = DOORS[host][name]
    address, sent = address_of(name, host, world.ids["acme"]), what_is_sent(door, world.ids["acme"])
    signs = {}
    for who in WHO:
        with taken_back():
            page = knock(cookies.client(who, host), "get", f"{address}?{door.query}", world)
        with taken_back():
            done = knock(cookies.client(who, host), "post", address, world, sent)
        signs[who] = page.sign, done.sign
        assert not any("ws_globex" in table for table in done.tables), who
        for answer in (page, done):
            assert not FORM_FOR_ANOTHER_HOST.search(text_of(answer.response)), who
            told = given_away(world, text_of(answer.response), host, who, but=f"{address} {sent}")
            assert door.tells or not told, who
    expected = zip(door.get.replace("r", ">"), door.post.replace("r", ">"), strict=True)
    assert signs == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(("host", "name"), doors(["acme"], with_ids=True))
def test_door_with_ids_of_another_workspace(host: str, name: str, world: World, cookies: Cookies):
    door = DOORS[host][name]
    foreign = {**world.ids["acme"], **world.ids["globex"]}
    address, sent = address_of(name, host, foreign), what_is_sent(door, foreign)
    for who in MEMBERS:
        with taken_back():
            page = knock(cookies.client(who, host), "get", f"{address}?{door.query}", world)
            done = knock(cookies.client(who, host), "post", address, world, sent)
        assert page.tables | done.tables == set(), who
        if world.ids["globex"].keys() & set(door.ids):
            column = list(WHO).index(who)
            assert page.sign in foreign_signs(door.get[column]), who
            assert done.sign in foreign_signs(door.post[column]), who
        for answer in (page, done):
            assert not given_away(world, text_of(answer.response), host, who, but=f"{address} {sent}"), who


def foreign_signs(sign: str) -> set[str]:
    """What is forbidden may as well be not there."""
    return {"x", "-"} if sign == "x" else {SIGN_OF_FOREIGN.get(sign, sign)}


def given_away(world: World, text: str, host: str, who: str, *, but: str) -> set[str]:
    if host:
        return world.given_away("globex", text, but=but)
    if who == "operator":
        return set()
    # The slug of a workspace is an address that anybody may try.
    return {
        trait
        for place, people in INSIDE.items()
        if who not in people
        for trait in world.given_away(place, text, but=f"{but} {place}")
    }
