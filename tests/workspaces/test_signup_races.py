"""Sign-ups at the same moment, in real threads with real commits."""

from functools import partial

import pytest
from django.db import connection

from tests.workspaces.test_signup import FORM
from workspaces.models import Domain, Membership, User, Workspace
from workspaces.tenancy.schemas import schema_exists

SIGNUP = "/accounts/signup/"


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ws\\_%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def sign_ups_at_once(client_for, at_once):
    def sign_up(*forms, racing_for):
        clients = [client_for() for _ in forms]
        calls = [partial(client.post, SIGNUP, {**FORM, **form}) for client, form in zip(clients, forms, strict=True)]
        return at_once(*calls, racing_for=racing_for)

    return sign_up


RIVALS = {"email": "nora@a.example"}, {"email": "omar@b.example"}


@pytest.mark.parametrize("racing_for", ["users", "workspaces"])
@pytest.mark.parametrize("_round", range(3))
def test_one_address_has_one_winner(_round, racing_for, sign_ups_at_once):
    before = schemas()
    answers = sign_ups_at_once(*RIVALS, racing_for=racing_for)
    won, lost = sorted(answers, key=lambda answer: -answer.status_code)
    assert (won.status_code, lost.status_code) == (302, 200)
    assert list(lost.context["form"].errors) == ["slug"]
    assert "is free." in lost.context["form"].errors["slug"][0]
    workspace = Workspace.objects.get(slug="big-shop")
    assert list(User.objects.filter(email__in=["nora@a.example", "omar@b.example"])) == [workspace.owner]
    assert Domain.objects.filter(domain__startswith="big-shop").count() == 1
    assert Membership.objects.filter(workspace=workspace).count() == 1
    assert schemas() - before == {"ws_big_shop"}


def test_look_alikes_at_once_have_one_winner(sign_ups_at_once):
    look_alikes = [{**rival, "slug": slug} for rival, slug in zip(RIVALS, ["bigfarm", "bigfarrn"], strict=True)]
    answers = sign_ups_at_once(*look_alikes, racing_for="workspaces")
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert Workspace.objects.filter(slug_skeleton="bigfarm").count() == 1


@pytest.mark.parametrize("racing_for", ["users", "workspaces", "user_activities"])
def test_different_addresses_do_not_stop_each_other(racing_for, sign_ups_at_once):
    names = ["first", "second", "third", "fourth"]
    forms = [{"email": f"{name}@a.example", "slug": f"{name}-shop"} for name in names]
    answers = sign_ups_at_once(*forms, racing_for=racing_for)
    assert [answer.status_code for answer in answers] == [302] * 4
    assert all(schema_exists(f"ws_{name}_shop") for name in names)


@pytest.mark.parametrize("other", [{}, {"slug": "another-shop"}], ids=["the same form", "another workspace"])
def test_one_person_twice_at_once_is_made_once(other, sign_ups_at_once):
    before = schemas()
    answers = sign_ups_at_once({}, other, racing_for="users")
    won, lost = sorted(answers, key=lambda answer: -answer.status_code)
    assert (won.status_code, lost.status_code) == (302, 200)
    assert list(lost.context["form"].errors) == ["email"]
    nora = User.objects.get(email="nora@bigshop.example")
    assert Workspace.objects.filter(owner=nora).count() == 1
    assert len(schemas() - before) == 1
