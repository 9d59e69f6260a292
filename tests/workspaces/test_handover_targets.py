"""Where one lands after the hand-over, and with which session: never elsewhere, never with an old key."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from tests.workspaces.test_handovers import Journey
from workspaces.models import Handover, Membership

pytestmark = pytest.mark.django_db

TARGETS = [
    ("home", "/", "/"),
    ("a page", "/team/", "/team/"),
    ("a page with a query", "/team/?q=a&page=2", "/team/?q=a&page=2"),
    ("signs of another alphabet", "/team/?q=عمر", "/team/?q=%D8%B9%D9%85%D8%B1"),
    ("a space", "/team/?q=a b", "/team/?q=a%20b"),
    ("a line break", "/team/\r\nSet-Cookie: a=b", "/team/%0D%0ASet-Cookie:%20a=b"),
    ("nothing", "", "/"),
    ("another host", "https://evil.example/", "/"),
    ("no scheme", "//evil.example/", "/"),
    ("three slashes", "///evil.example/", "/"),
    ("backslashes", "/\\evil.example/", "/"),
    ("more backslashes", "\\\\evil.example", "/"),
    ("a tab between", "/\t/evil.example/", "/"),
    ("a control sign before", "\x08//evil.example", "/"),
    ("script", "javascript:alert(1)", "/"),
    ("user and password", "http://acme.localhost@evil.example/", "/"),
    ("relative", "team/", "/"),
    ("the sign-in itself", "/sign-in/?next=/", "/"),
]


@pytest.fixture
def bo_travels(client_for, acme, bo):
    return lambda target="/": Journey(client_for(bo), client_for(workspace=acme), target)


@pytest.mark.parametrize(("_case", "target", "lands"), TARGETS, ids=[case for case, _, _ in TARGETS])
def test_lands_in_the_workspace(_case, target, lands, bo_travels):
    assert bo_travels(target).arrive()["Location"] == lands


@pytest.mark.parametrize(("_case", "target", "lands"), TARGETS, ids=[case for case, _, _ in TARGETS])
def test_who_is_in_already_is_led_there_too(_case, target, lands, client_for, acme, bo):
    answer = client_for(bo, acme).get("/sign-in/", {"next": target})
    assert answer["Location"] == lands
    assert Handover.objects.count() == 0


def test_the_cookie_can_be_sent_whatever_the_target(bo_travels):
    travels = bo_travels("/team/?q=عمر")
    travels.ask()
    assert travels.asked.cookies["handover"].OutputString().encode("latin-1")


def test_the_cookie_is_for_the_server_alone(bo_travels):
    travels = bo_travels()
    travels.ask()
    cookie = travels.asked.cookies["handover"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["domain"]) == (True, "Lax", 900, "")


def test_the_cookie_is_gone_afterwards(bo_travels):
    answer = bo_travels().arrive()
    assert answer.cookies["handover"]["max-age"] == 0


def test_the_key_of_a_planted_session_is_not_kept(bo_travels):
    travels = bo_travels()
    planted = SessionStore()
    planted["planted"] = True
    planted.save()
    travels.inside.cookies["session"] = planted.session_key
    travels.arrive()
    assert travels.inside.cookies["session"].value != planted.session_key
    assert not SessionStore().exists(planted.session_key)


def test_another_persons_session_is_not_continued(bo_travels, client_for, acme, sam, bo):
    travels = bo_travels()
    travels.inside.cookies["session"] = client_for(sam, acme).cookies["session"].value
    of_sam = travels.inside.session
    of_sam["of_sam"] = True
    of_sam.save()
    bo_arrives = bo_travels()
    link = bo_arrives.link()
    bo_arrives.inside.cookies["session"] = of_sam.session_key
    assert bo_arrives.inside.get(link).status_code == 302
    assert "of_sam" not in bo_arrives.inside.session
    assert bo_arrives.inside.session["_auth_user_id"] == str(Membership.objects.get(user=bo).user_id)


def test_pages_on_the_way_are_not_stored_by_anybody(bo_travels):
    travels = bo_travels()
    asked = travels.ask()
    assert [answer["Cache-Control"] for answer in (travels.asked, asked)] == [
        "max-age=0, no-cache, no-store, must-revalidate, private"
    ] * 2
