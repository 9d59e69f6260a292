"""What is done in every workspace: one that is broken keeps no other waiting."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.models import Chat
from inbox.tasks import turn_clocks
from tests import factories
from workspaces.tenancy.everywhere import in_each_workspace
from workspaces.tenancy.search_path import current_schema


def snoozed(workspace):
    with schema_context(workspace.schema_name):
        return factories.make_chat(state="SNOOZED", snoozed_until=timezone.now() - timedelta(minutes=1))


def state_of(chat, workspace):
    with schema_context(workspace.schema_name):
        return Chat.objects.get(pk=chat.pk).state


def test_the_clock_of_one_is_turned_though_another_is_broken(transactional_db, acme, globex, caplog):
    sleeping = snoozed(globex)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {acme.schema_name}.chats RENAME TO gone")

    turn_clocks()

    assert state_of(sleeping, globex) == "OPEN"
    assert {record.args[0] for record in caplog.records if record.name == "workspaces.tenancy.everywhere"} == {
        acme.schema_name
    }


def test_the_steps_behind_one_that_fails_are_done(transactional_db, acme, globex, caplog):
    done = []

    def fail():
        raise ValueError

    in_each_workspace(fail, lambda: done.append(current_schema()))

    assert done == sorted([acme.schema_name, globex.schema_name])
    assert "fail failed" in caplog.text


def test_where_the_database_is_away_it_ends_at_once(transactional_db, acme, globex):
    asked = []

    def end_the_connection():
        asked.append(current_schema())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        in_each_workspace(end_the_connection)
    assert len(asked) == 1
