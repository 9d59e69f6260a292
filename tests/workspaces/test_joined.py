"""Models from rows of plain SQL are what the ORM makes of them."""

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from agents.models import Position
from pages.models import Channel
from tests import factories
from workspaces.joined import Columns, models_in
from workspaces.models import User, UserProfile


def rows(sql, *columns):
    with connection.cursor() as cursor:
        cursor.execute(sql.format(*columns))
        return [models_in(row, *columns) for row in cursor.fetchall()]


def values(found):
    return {field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields}


@pytest.mark.parametrize("model", [Position, Channel, User])
def test_a_row_is_what_the_orm_makes_of_it(model, acme, ana):
    with schema_context(acme.schema_name):
        factories.make_channel(access_token="secret", metadata={"waba_id": "1"})
        (found,) = rows(f"SELECT {{}} FROM {model._meta.db_table} AS x", Columns(model, "x"))[0]  # noqa: S608

        assert values(found) == values(model.objects.get(pk=found.pk))
        assert not found._state.adding


def test_what_is_not_named_is_asked_for_when_it_is_used(ana, django_assert_num_queries):
    found = rows("SELECT {} FROM users AS u", Columns(User, "u", "id", "first_name"))
    (person,) = next(row for row in found if row[0].pk == ana.pk)

    with django_assert_num_queries(0):
        assert person.first_name == ana.first_name
    with django_assert_num_queries(1):
        assert person.email == ana.email


def test_an_outer_join_that_finds_nothing_gives_none(ana):
    parts = Columns(User, "u"), Columns(UserProfile, "p")
    UserProfile.objects.filter(user=ana).delete()
    found = rows("SELECT {}, {}, 1 + 1 FROM users AS u LEFT JOIN user_profiles AS p ON p.user_id = u.id", *parts)

    assert [(profile, two) for person, profile, two in found if person.pk == ana.pk] == [(None, 2)]
