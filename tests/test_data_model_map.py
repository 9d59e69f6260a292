"""docs/data-model.md names a home for every column of the five source documents, and each home is real."""

import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import cached_property

from tests.data_model_sources import SOURCES, columns_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data-model.md"
HEADING = re.compile(r"## [A-Z]: (?P<source>[a-z-]+)")
ROW = re.compile(r"\| `(?P<source>[^`]+)` \| (?P<here>—|`[^`]+`) \|(?P<note>.*)\|")
HOME = re.compile(r"(?P<app>[a-z_]+)\.(?P<model>[A-Z]\w+)\.(?P<name>[a-z]\w*)")
NOTHING = "—"
OURS = "\n## Ours alone\n"
OUR_ROW = re.compile(r"\| `(?P<model>\w+\.\w+)` \| [^|]+ \| (?P<columns>[^|]+) \|")
OUR_APPS = {"workspaces", "agents", "pages", "templates_app", "inbox"}
EVERYWHERE = {"id", "created_at", "updated_at"}


@dataclass(frozen=True)
class Row:
    document: str
    source: str
    here: str
    note: str

    @property
    def is_planned(self) -> bool:
        return re.match(r"planned\b", self.note) is not None

    def __str__(self) -> str:
        return f"{self.document}: {self.source} -> {self.here}"


def read_map(text: str) -> list[Row]:
    """Every line of a table is a row, its head, or its rule: nothing is passed over."""
    rows, document = [], ""
    for line in text.splitlines():
        if heading := HEADING.fullmatch(line):
            document = heading["source"]
        elif line.startswith("|") and line not in {"| Source | Here | Note |", "| --- | --- | --- |"}:
            row = ROW.fullmatch(line)
            assert row, f"not a row of the map: {line}"
            rows.append(Row(document, row["source"], row["here"].strip("`"), row["note"].strip()))
    return rows


def is_there(home: str) -> bool:
    """A field, a property, or a read of the model's query set."""
    named = HOME.fullmatch(home)
    assert named, f"not app.Model.name: {home}"
    try:
        model = apps.get_model(named["app"], named["model"])
    except LookupError:
        return False
    return is_field(model, named["name"]) or is_property(model, named["name"]) or is_read(model, named["name"])


def is_field(model: type[Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False


def is_property(model: type[Model], name: str) -> bool:
    return isinstance(inspect.getattr_static(model, name, None), property | cached_property)


def is_read(model: type[Model], name: str) -> bool:
    """Of our own query sets: `filter` and the like are no home."""
    classes = type(model._default_manager.get_queryset()).__mro__
    return any(name in vars(kind) for kind in classes if not kind.__module__.startswith("django"))


def objection_to(row: Row) -> str | None:
    if row.here == NOTHING:
        return None if row.note else "a dash needs a note on what does its work"
    if row.is_planned:
        return "it is there: no longer planned" if is_there(row.here) else None
    return None if is_there(row.here) else "no such field, property or query set method"


MAP, _, OURS_ALONE = PAGE.read_text().partition(OURS)
ROWS = read_map(MAP)


def test_every_home_is_real_or_planned():
    assert [f"{row}: {objection}" for row in ROWS if (objection := objection_to(row))] == []


@pytest.mark.parametrize("document", SOURCES)
def test_every_column_has_one_row_in_the_order_of_its_document(document):
    assert [row.source for row in ROWS if row.document == document] == columns_of(document)


def test_every_table_and_column_that_no_source_has_is_listed_once():
    listed = [(row["model"], re.findall(r"`(\w+)`", row["columns"])) for row in OUR_ROW.finditer(OURS_ALONE)]
    assert len(listed) == OURS_ALONE.count("\n| `") == len({model for model, _ in listed})
    assert {model: sorted(columns) for model, columns in listed} == columns_no_source_has()


def columns_no_source_has() -> dict[str, list[str]]:
    mapped = {row.here for row in ROWS}
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in OUR_APPS and not model._meta.proxy:
            name = f"{model._meta.app_label}.{model.__name__}"
            fields = {field.name for field in [*model._meta.local_concrete_fields, *model._meta.local_many_to_many]}
            found[name] = sorted(one for one in fields - EVERYWHERE if f"{name}.{one}" not in mapped)
    return {name: columns for name, columns in found.items() if columns or not is_mapped(name, mapped)}


def is_mapped(model: str, homes: set[str]) -> bool:
    return any(home.startswith(f"{model}.") for home in homes)


def test_the_map_has_no_other_document():
    assert {row.document for row in ROWS} == set(SOURCES)


@pytest.mark.parametrize(
    ("here", "note", "objects"),
    [
        ("workspaces.User.email", "", False),
        ("workspaces.User.email", "planned", True),
        ("workspaces.User.email_verified", "", False),
        ("workspaces.User.name", "", False),
        ("workspaces.Membership.active", "", False),
        ("workspaces.Membership.filter", "", True),
        ("workspaces.User.surname", "", True),
        ("workspaces.User.surname", "planned", False),
        ("workspaces.Nobody.email", "", True),
        ("nowhere.Thing.name", "planned: later", False),
        ("nowhere.Thing.name", "unplanned", True),
        ("usersessions.UserSession.ip", "", False),
        # The other end of a relation stores nothing here.
        ("workspaces.User.memberships", "", True),
        (NOTHING, "the schema is the workspace's", False),
        (NOTHING, "", True),
    ],
)
def test_the_check_itself(here, note, objects):
    assert bool(objection_to(Row("document", "table.column", here, note))) is objects


def test_a_line_that_is_no_row_is_not_passed_over():
    with pytest.raises(AssertionError, match="not a row"):
        read_map("## M: messenger-collections\n| users.psid | `inbox.Identity.external_id` | |")
