"""Wherever a page takes the way on from its address, it does not lead out of the house."""

import pytest

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

OUTSIDE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "https://localhost.evil.example/",
    "https://acme.localhost@evil.example/",
    "https://evil.example/?x=localhost",
    "https://evil.example\\@localhost/",
    "https://evil.example:8000/",
]


@pytest.mark.parametrize("target", OUTSIDE)
def test_signing_in(target, client_for, bo):
    for address, field in [(f"/accounts/login/?next={target}", {}), ("/accounts/login/", {"next": target})]:
        answer = client_for().post(address, {"login": bo.email, "password": PASSWORD, **field})
        assert (answer.status_code, answer["Location"]) == (302, "/workspaces/")


@pytest.mark.parametrize("target", OUTSIDE)
def test_being_signed_in_already(target, client_for, bo):
    answer = client_for(bo).get("/accounts/login/", {"next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/workspaces/")


@pytest.mark.parametrize("target", OUTSIDE)
def test_signing_out(target, client_for, bo):
    answer = client_for(bo).post("/accounts/logout/", {"next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("target", ["/account/", "/enter/acme/?state=x"])
def test_the_house_itself(target, client_for, bo):
    answer = client_for().post("/accounts/login/", {"login": bo.email, "password": PASSWORD, "next": target})
    assert answer["Location"] == target
