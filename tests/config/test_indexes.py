"""No index is kept that another begins with: it would be written with every row, and found by nobody."""

import pytest
from django.apps import apps
from django.db.models import F, Index, UniqueConstraint
from django.db.models.expressions import OrderBy

OURS = {"workspaces", "agents", "pages", "templates_app", "inbox"}
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]


def first_of(index):
    """The field that a whole index begins with."""
    if index.condition is not None:
        return None
    if index.fields:
        return index.fields[0].removeprefix("-")
    first = index.expressions[0]
    first = first.expression if isinstance(first, OrderBy) else first
    return first.name if isinstance(first, F) else None


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_index_begins_as_another(model):
    whole = [*model._meta.indexes, *(one for one in model._meta.constraints if isinstance(one, UniqueConstraint))]
    begun = {first_of(index): index.name for index in whole}
    alone = {field.name for field in model._meta.local_fields if field.db_index and not field.unique}
    assert {name: begun[name] for name in alone & begun.keys()} == {}


def test_what_begins_an_index_is_found_however_it_is_written():
    fields, named, down = Index(fields=["-a", "b"], name="x"), Index(F("a"), name="y"), Index(F("a").desc(), name="z")
    assert [first_of(index) for index in (fields, named, down)] == ["a", "a", "a"]
