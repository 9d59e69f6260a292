"""What a schema gets by repeating another's statements is what Django would have given it."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from tests.workspaces.schema_dumps import dump, recorded
from workspaces.tenancy import migrating
from workspaces.tenancy.migrating import behind, migrate_everything, migrate_schema
from workspaces.tenancy.replaying import migrate_and_write_down
from workspaces.tenancy.schemas import TEMPLATE, create_schema

pytestmark = pytest.mark.usefixtures("transactional_db")

MANY_KINDS = """
    migrations.CreateModel("Shelf", [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=40, unique=True)),
        ("colour", models.CharField(max_length=10, db_default="red")),
        ("agent", models.ForeignKey("agents.Agent", models.CASCADE, null=True)),
        ("keepers", models.ManyToManyField("agents.Agent", related_name="shelves")),
    ]),
    migrations.CreateModel("Label", [("id", models.UUIDField(primary_key=True)), ("text", models.TextField())]),
    migrations.AddField("agent", "nickname", models.CharField(max_length=20, default="50% of 'it'")),
    migrations.AddField("agent", "tags", models.JSONField(default=list)),
    migrations.AddField("agent", "badge", models.IntegerField(null=True, unique=True)),
    migrations.AddField("agent", "shelf", models.ForeignKey("agents.Shelf", models.SET_NULL, null=True)),
    migrations.AlterField("agent", "country", models.TextField(null=True)),
    migrations.AlterField("agent", "max_open_chats", models.IntegerField(default=7)),
    migrations.AlterField("position", "slug", models.SlugField(max_length=100)),
    migrations.AlterUniqueTogether("label", {("id", "text")}),
    migrations.AddIndex("agent", models.Index(fields=["nickname"], name="agent_nickname")),
    migrations.AddIndex("label", models.Index(models.F("text").desc(), name="label_text")),
    migrations.AddConstraint("shelf", models.CheckConstraint(condition=~models.Q(name="100%"), name="not_full")),
    migrations.AddConstraint("shelf", models.UniqueConstraint(
        fields=["colour"], name="one_a_colour", deferrable=models.Deferrable.DEFERRED)),
    migrations.RunSQL(
        "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.text := '100%'; RETURN NEW; END $$;"
        "CREATE TRIGGER shouting BEFORE INSERT ON agents_label FOR EACH ROW EXECUTE FUNCTION shout()"
    ),
    migrations.RunSQL([("UPDATE positions SET description = %s WHERE slug = %s", ["50% more", "agent"])]),
"""
SECOND_THOUGHTS = """
    migrations.RenameField("agent", "nickname", "alias"),
    migrations.RemoveField("agent", "badge"),
    migrations.RenameModel("Shelf", "Rack"),
    migrations.AlterModelTable("rack", "racks"),
    migrations.RenameIndex("agent", new_name="agent_alias", old_name="agent_nickname"),
    migrations.RemoveConstraint("rack", "not_full"),
    migrations.AlterField("rack", "id", models.AutoField(primary_key=True)),
    migrations.DeleteModel("Label"),
    migrations.SeparateDatabaseAndState(
        [migrations.RunSQL("DROP FUNCTION shout()")], [migrations.AlterModelOptions("rack", {"ordering": ["name"]})]
    ),
"""
PYTHON = """
    migrations.AddField("agent", "motto", models.CharField(max_length=20, default="")),
    migrations.RunPython(lambda apps, editor: apps.get_model("agents", "Agent").objects.update(motto="by Python")),
"""
OWN_SECRET = """
    migrations.AddField("position", "secret", models.UUIDField(default=uuid.uuid4)),
"""
UNIQUE_DESCRIPTION = """
    migrations.AlterField("position", "description", models.TextField(unique=True)),
"""

Release = Callable[..., list[str]]


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Release]:
    """Adds migrations with these operations to the app's, and runs the release step; returns what failed."""
    package = tmp_path / "migrations_of_agents"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"agents": package.name}
    for source in (Path(migrating.__file__).parents[2] / "agents" / "migrations").glob("0*.py"):
        (package / source.name).write_text(source.read_text())

    def add_and_run(*contents: str, jobs: int = 1) -> list[str]:
        for operations in contents:
            add_migration(package, operations)
        failures = migrate_everything(jobs=jobs, say=lambda line: None)
        return [f"{failure.schema}: {failure.reason}" for failure in failures]

    yield add_and_run
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


def add_migration(package: Path, operations: str) -> None:
    names = sorted(path.stem for path in package.glob("0*.py"))
    head = f"""
        import uuid

        from django.db import migrations, models

        class Migration(migrations.Migration):
            dependencies = [("agents", "{names[-1]}")]
            operations = [
    """
    name = f"{len(names) + 1:04}_more.py"
    (package / name).write_text(textwrap.dedent(head) + operations + "    ]\n")
    for module in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[module]


@pytest.fixture
def by_django(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The schemas whose migrations Django works out, in order."""
    schemas: list[str] = []

    def noted(schema: str) -> Any:
        schemas.append(schema)
        return migrate_and_write_down(schema)

    monkeypatch.setattr(migrating, "migrate_and_write_down", noted)
    return schemas


def value_in(schema: str, query: str) -> Any:
    with schema_context(schema), connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_a_repeated_schema_is_the_migrated_one_to_the_letter(release, by_django, acme, globex):
    create_schema("ws_apart")
    before = dump("ws_apart")
    assert release(MANY_KINDS, SECOND_THOUGHTS) == []
    assert by_django == [TEMPLATE, acme.schema_name]
    migrate_schema("ws_apart")
    apart = dump("ws_apart")
    assert apart != before
    assert dump(globex.schema_name) == apart
    assert dump(acme.schema_name) == apart
    assert recorded(globex.schema_name) == recorded("ws_apart") == recorded(TEMPLATE)


def test_rows_are_filled_in_alike(release, acme, globex):
    assert release(MANY_KINDS) == []
    for schema in (acme.schema_name, globex.schema_name):
        assert value_in(schema, "SELECT DISTINCT nickname FROM agents") == "50% of 'it'"
        assert value_in(schema, "SELECT DISTINCT max_open_chats FROM agents") == 7
        assert value_in(schema, "SELECT description FROM positions WHERE slug = 'agent'") == "50% more"


def test_in_parallel_too(release, by_django, acme, globex):
    for number in range(5):
        create_schema(f"ws_more_{number}")
    assert release(MANY_KINDS, jobs=2) == []
    assert behind([acme.schema_name, globex.schema_name]) == []


def test_python_is_left_to_django(release, by_django, acme, globex):
    assert release(PYTHON) == []
    assert by_django == [TEMPLATE, acme.schema_name, globex.schema_name]
    assert value_in(globex.schema_name, "SELECT DISTINCT motto FROM agents") == "by Python"


def test_each_schema_draws_its_own_secret(release, by_django, acme, globex):
    assert release(OWN_SECRET) == []
    assert by_django == [TEMPLATE, acme.schema_name, globex.schema_name]
    drawn = [value_in(schema, "SELECT secret FROM positions LIMIT 1") for schema in by_django[1:]]
    assert len(set(drawn)) == 2


def test_a_schema_that_drifted_is_left_to_django_and_named(release, by_django, acme, globex):
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE "{globex.schema_name}".agents CASCADE')
    failed = release(MANY_KINDS)
    assert [line.split(":")[0] for line in failed] == [globex.schema_name]
    assert by_django == [TEMPLATE, acme.schema_name, globex.schema_name]
    assert behind([acme.schema_name]) == []


def test_a_schema_that_is_gone_is_named_and_nothing_lands_in_public(release, acme, globex):
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA "{globex.schema_name}" CASCADE')
    public = dump("public")
    assert release(MANY_KINDS) == [f"{globex.schema_name}: DatabaseError: the schema {globex.schema_name} is missing"]
    assert dump("public") == public


def test_rows_that_refuse_are_the_failure_of_their_schema_alone(release, acme, globex):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE \"{globex.schema_name}\".positions SET description = 'the same'")  # noqa: S608
    failed = release(UNIQUE_DESCRIPTION)
    assert len(failed) == 1
    assert failed[0].startswith(f"{globex.schema_name}: IntegrityError")
    assert recorded(globex.schema_name) != recorded(acme.schema_name)
    assert dump(globex.schema_name) != dump(acme.schema_name)


def test_when_the_first_fails_the_others_go_on(release, by_django, acme, globex):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE \"{acme.schema_name}\".positions SET description = 'the same'")  # noqa: S608
    assert [line.split(":")[0] for line in release(UNIQUE_DESCRIPTION)] == [acme.schema_name]
    assert behind([globex.schema_name]) == []


def test_a_second_run_finishes_what_the_first_could_not(release, acme, globex):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE \"{globex.schema_name}\".positions SET description = 'the same'")  # noqa: S608
    assert len(release(UNIQUE_DESCRIPTION)) == 1
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{globex.schema_name}".positions SET description = slug')  # noqa: S608
    assert release() == []
    assert recorded(globex.schema_name) == recorded(acme.schema_name)
