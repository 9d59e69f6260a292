"""What the clock does. Each of it may be done twice."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from config.celery import app
from tests.factories import make_user, make_workspace
from workspaces.actions.upkeep import erase_closed_workspaces, forget_expired, release_unverified_workspaces
from workspaces.models import Handover, User, Workspace
from workspaces.tenancy.schemas import schema_exists

pytestmark = pytest.mark.django_db


def closed(slug: str, **ago: int) -> Workspace:
    workspace = make_workspace(slug=slug)
    workspace.mark_closed("")
    workspace.erase_after = timezone.now() - timedelta(**ago)
    workspace.save()
    return workspace


def statuses() -> dict[str, str]:
    return dict(Workspace.objects.values_list("slug", "status"))


def test_only_what_is_due_is_erased():
    closed("long-ago", seconds=1)
    closed("not-yet", seconds=-60)
    opened = closed("opened", seconds=1)
    opened.mark_open()
    opened.save()
    for _ in range(2):
        erase_closed_workspaces()
        assert statuses() == {
            "acme": "ACTIVE",
            "globex": "ACTIVE",
            "long-ago": "ERASED",
            "not-yet": "CLOSED",
            "opened": "ACTIVE",
        }
    assert [schema_exists(f"ws_{name}") for name in ("long_ago", "not_yet", "opened")] == [False, True, True]


def abandoned(slug: str, *, days: int = 8, **over) -> Workspace:
    workspace = make_workspace(slug=slug, owner=make_user(verified=False, **over))
    Workspace.objects.filter(pk=workspace.pk).update(created_at=timezone.now() - timedelta(days=days))
    return workspace


def test_an_address_that_nobody_proved_is_released():
    abandoned("abandoned")
    abandoned("this-week", days=6)
    abandoned("came-in", last_login=timezone.now())
    proved = abandoned("proved")
    proved.owner.emailaddress_set.update(verified=True)
    for _ in range(2):
        release_unverified_workspaces()
        found = {slug: status for slug, status in statuses().items() if slug not in {"acme", "globex"}}
        assert found == {"abandoned": "ERASED", "this-week": "ACTIVE", "came-in": "ACTIVE", "proved": "ACTIVE"}
    assert User.objects.filter(pk=Workspace.objects.get(slug="abandoned").owner_id).exists()
    assert make_workspace(slug="abandoned").schema_name == "ws_abandoned_2"


def test_released_at_the_hour_it_is_proved_it_stays():
    workspace = abandoned("at-the-hour")
    workspace.owner.emailaddress_set.update(verified=True)
    forget_expired()
    assert Workspace.objects.get(slug="at-the-hour").status == "ACTIVE"


def test_old_links_and_sessions_are_forgotten(acme, bo, client_for):
    fresh, old = client_for(bo), client_for(bo, acme)
    Session.objects.filter(session_key=old.session.session_key).update(expire_date=timezone.now() - timedelta(1))
    for age in (10, 61):
        link = Handover.objects.create(token_hash=age, state_hash="x", user=bo, workspace=acme, login_id=acme.pk)
        Handover.objects.filter(pk=link.pk).update(created_at=timezone.now() - timedelta(seconds=age))
    for _ in range(2):
        forget_expired()
        assert list(Handover.objects.values_list("token_hash", flat=True)) == ["10"]
        assert list(Session.objects.values_list("session_key", flat=True)) == [fresh.session.session_key]
        assert list(UserSession.objects.values_list("session_key", flat=True)) == [fresh.session.session_key]


@pytest.mark.parametrize("name", sorted(entry["task"] for entry in app.conf.beat_schedule.values()))
def test_what_the_clock_calls_exists_and_runs(name):
    app.loader.import_default_modules()
    assert app.tasks[name].apply(throw=True).successful()


def test_the_tasks_are_doors_only():
    own = {name.removeprefix("workspaces.tasks.") for name in app.tasks if name.startswith("workspaces.")}
    assert own == {"deliver_mail", "sweep_mails", "erase_closed_workspaces", "forget_expired"}
