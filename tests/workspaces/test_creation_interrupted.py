"""A workspace is made whole or not at all, wherever the making is cut off."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from tests.conftest import wait_for_blocked_backends
from tests.workspaces.test_signup import FORM, counts
from tests.workspaces.test_signup_races import schemas
from workspaces import routes
from workspaces.actions.workspaces import create_workspace
from workspaces.models import Workspace
from workspaces.tenancy.schemas import TEMPLATE_LOCK, schema_exists

BARRIERS = [
    ("no schema yet", f"SELECT pg_advisory_xact_lock({TEMPLATE_LOCK})"),
    ("a schema without its record", "LOCK workspace_template.django_migrations IN ACCESS EXCLUSIVE MODE"),
    ("all but the audit rows", "LOCK user_activities IN ACCESS EXCLUSIVE MODE"),
]


@pytest.mark.parametrize(("_case", "barrier"), BARRIERS, ids=[case for case, _ in BARRIERS])
def test_a_killed_connection_leaves_nothing(_case, barrier, transactional_db, client_for):
    before = counts(), schemas()

    def sign_up():
        try:
            return client_for().post("/accounts/signup/", FORM)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(barrier)
        attempt = pool.submit(sign_up)
        cursor.execute("SELECT pg_terminate_backend(%s)", wait_for_blocked_backends(1))
        with pytest.raises(OperationalError):
            attempt.result(timeout=60)
        transaction.set_rollback(True)
    connection.close()
    assert (counts(), schemas()) == before
    assert client_for().post("/accounts/signup/", FORM).status_code == 302
    assert schema_exists("ws_big_shop")


class Interrupted(Exception):
    pass


def explode(*_args: object, **_details: object) -> None:
    raise Interrupted


@pytest.mark.parametrize("event", ["workspace.created", "member.joined"])
def test_a_failure_inside_the_new_schema_leaves_nothing(event, db, ana, monkeypatch):
    before = counts(), schemas()
    monkeypatch.setitem(routes.ROUTES, event, f"{__name__}.explode")
    with pytest.raises(Interrupted):
        create_workspace(name="Big Shop", slug="big-shop", owner=ana)
    assert (counts(), schemas()) == before
    assert connection.schema_name == "public"
    monkeypatch.undo()
    create_workspace(name="Big Shop", slug="big-shop", owner=ana)
    assert Workspace.objects.get(slug="big-shop").owner == ana


def test_without_a_template_nothing_is_made(transactional_db, client_for):
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA workspace_template CASCADE")
    before = counts(), schemas()
    with pytest.raises(Exception, match="migrate_workspaces"):
        client_for().post("/accounts/signup/", FORM)
    assert (counts(), schemas()) == before
