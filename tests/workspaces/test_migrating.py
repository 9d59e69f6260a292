"""The release step: only what is behind, to the end past what fails, again if need be."""

import itertools
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from agents import migrations as real_migrations
from tests.factories import make_workspace
from tests.workspaces.schema_dumps import dump, recorded
from workspaces.actions.workspaces import create_workspace
from workspaces.tenancy.migrating import behind, held, migrate_everything, migrate_schema
from workspaces.tenancy.schemas import TEMPLATE, TEMPLATE_LOCK, drop_schema, workspace_schemas

_numbers = itertools.count(1)

NICKNAME = 'migrations.AddField("agent", "nickname", models.CharField(max_length=20, null=True))'
NEEDS_ROWS = (
    'migrations.RunPython(lambda apps, editor: apps.get_model("agents", "Position").objects.create(name="N", slug="n"))'
)
RAW = 'migrations.RunSQL("CREATE TABLE shelves (id bigint PRIMARY KEY)")'


@pytest.fixture
def migration_on_disk(transactional_db, settings, tmp_path, monkeypatch) -> Callable[..., tuple[str, str]]:
    """As after a deploy: the agents app has one migration more than the database."""
    package = f"agents_migrations_{next(_numbers)}"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text(f"__path__.append({str(Path(real_migrations.__file__).parent)!r})\n")
    monkeypatch.syspath_prepend(tmp_path)
    last = sorted(path.stem for path in Path(real_migrations.__file__).parent.glob("0*.py"))[-1]

    def write(*operations: str) -> tuple[str, str]:
        (folder / "9999_later.py").write_text(
            textwrap.dedent(f"""
                from django.db import migrations, models

                class Migration(migrations.Migration):
                    dependencies = [("agents", {last!r})]
                    operations = [{", ".join(operations)}]
            """)
        )
        settings.MIGRATION_MODULES = {"agents": package}
        return ("agents", "9999_later")

    return write


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def migrate(jobs: int = 1) -> tuple[list[str], list[str]]:
    said: list[str] = []
    failures = migrate_everything(jobs=jobs, say=said.append)
    return said, [failure.schema for failure in failures]


def all_schemas() -> list[str]:
    return ["public", TEMPLATE, *workspace_schemas()]


def with_it(migration: tuple[str, str]) -> list[str]:
    return [schema for schema in all_schemas() if migration in recorded(schema)]


def test_up_to_date_nothing_is_written(db):
    statements: list[str] = []

    def watch(execute, statement, params, many, context):
        statements.append(statement)
        return execute(statement, params, many, context)

    with connection.execute_wrapper(watch):
        assert migrate() == (["every workspace is up to date"], [])
    assert {statement.split()[0] for statement in statements} == {"SELECT", "SET"}
    assert len(statements) <= 14, "however many workspaces there are"


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("operation", [NICKNAME, NEEDS_ROWS, RAW], ids=["a field", "python", "sql"])
def test_everything_that_is_behind_is_migrated(operation, jobs, migration_on_disk):
    for number in range(3):
        make_workspace(slug=f"toys-{number}")
    connections.close_all()
    migration = migration_on_disk(operation)
    assert behind(all_schemas()) == all_schemas()
    said, failed = migrate(jobs)
    assert (said[-1], failed) == ("migrating 5 workspaces", [])
    assert (with_it(migration), behind(all_schemas())) == (all_schemas(), [])
    assert {tuple(dump(schema)) for schema in all_schemas()[1:]} == {tuple(dump("ws_acme"))}
    assert migrate(jobs) == (["every workspace is up to date"], [])


def test_python_in_a_migration_runs_in_each_schema(migration_on_disk):
    migration_on_disk(NEEDS_ROWS)
    migrate()
    with connection.cursor() as cursor:
        for schema in [TEMPLATE, "ws_acme", "ws_globex"]:
            cursor.execute(f"SELECT count(*) FROM \"{schema}\".positions WHERE slug = 'n'")  # noqa: S608
            assert cursor.fetchone() == (1,)


def test_only_what_is_behind_is_touched(migration_on_disk):
    migration = migration_on_disk(NICKNAME)
    migrate_schema("ws_acme")
    assert behind(workspace_schemas()) == ["ws_globex"]
    sql("CREATE TABLE ws_acme.touched AS SELECT xmin::text AS version, id FROM ws_acme.django_migrations")
    said, _ = migrate()
    assert said == ["migrating the public schema", "migrating the template", "migrating 1 workspaces"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ws_acme.django_migrations JOIN ws_acme.touched USING (id)"
            " WHERE django_migrations.xmin::text <> version"
        )
        assert cursor.fetchone() == (0,)
    assert with_it(migration) == all_schemas()


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("failing", ["ws_acme", "ws_globex", "ws_toyshop"], ids=["the first", "another", "the last"])
def test_one_that_fails_stops_no_other_and_can_be_mended(failing, jobs, migration_on_disk):
    make_workspace(slug="toyshop")
    sql(f'ALTER TABLE "{failing}".agents ADD COLUMN nickname text')
    connections.close_all()
    migration = migration_on_disk(NICKNAME)
    _, failed = migrate(jobs)
    assert failed == [failing]
    assert with_it(migration) == [schema for schema in all_schemas() if schema != failing]
    sql(f'ALTER TABLE "{failing}".agents DROP COLUMN nickname')
    said, failed = migrate(jobs)
    assert (said, failed) == (["migrating 1 workspaces"], [])
    assert with_it(migration) == all_schemas()
    assert dump(failing) == dump(TEMPLATE)


def test_a_schema_that_is_gone_is_named(migration_on_disk):
    migration = migration_on_disk(NICKNAME)
    drop_schema("ws_acme")
    failures = migrate_everything(jobs=1, say=lambda line: None)
    assert [(failure.schema, failure.reason) for failure in failures] == [
        ("ws_acme", "DatabaseError: the schema ws_acme is missing")
    ]
    assert migration in recorded("ws_globex")


def test_a_failure_leaves_nothing_half_done(migration_on_disk):
    sql("ALTER TABLE ws_globex.agents ADD COLUMN nickname text")
    before = dump("ws_globex")
    migration_on_disk(RAW, NICKNAME)
    _, failed = migrate()
    assert failed == ["ws_globex"]
    assert dump("ws_globex") == before


def test_a_new_workspace_has_what_the_template_has(migration_on_disk):
    migration = migration_on_disk(NICKNAME)
    migrate()
    assert migration in recorded(make_workspace(slug="later").schema_name)


def test_two_releases_at_once_take_turns(migration_on_disk, at_once):
    migration = migration_on_disk(NICKNAME)
    results = at_once(migrate, migrate, racing_for="django_migrations")
    assert [failed for _, failed in results] == [[], []]
    assert sorted(said[-1] for said, _ in results) == ["every workspace is up to date", "migrating 2 workspaces"]
    assert all(recorded(schema).count(migration) == 1 for schema in all_schemas())


def test_a_sign_up_during_a_release_waits_for_the_template(migration_on_disk, cy, on_another_connection):
    migration = migration_on_disk(NICKNAME)
    with held(TEMPLATE_LOCK):
        making = on_another_connection(lambda: create_workspace(name="Late", slug="late", owner=cy))
        migrate_schema(TEMPLATE)
    assert making.result(timeout=60).schema_name == "ws_late"
    assert migration in recorded("ws_late")


class TestTheCommand:
    def run(self, capsys, **options) -> tuple[int, list[str], list[str]]:
        code = 0
        try:
            call_command("migrate_workspaces", jobs=options.pop("jobs", 1), **options)
        except SystemExit as error:
            code = error.code
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err.splitlines()

    def test_says_what_failed_and_exits_with_one(self, migration_on_disk, capsys):
        migration_on_disk(NICKNAME)
        sql("ALTER TABLE ws_globex.agents ADD COLUMN nickname text")
        code, out, err = self.run(capsys)
        assert (code, out[-1]) == (1, "migrating 2 workspaces")
        assert len(err) == 1
        assert err[0].startswith("failed: ws_globex: ")
        assert "already exists" in err[0]

    def test_checks_without_touching(self, migration_on_disk, capsys):
        assert self.run(capsys, check=True) == (0, [], [])
        migration_on_disk(NICKNAME)
        expected = [f"behind: {schema}" for schema in all_schemas()]
        assert self.run(capsys, check=True) == (1, expected, [])
        assert self.run(capsys, check=True) == (1, expected, [])

    def test_takes_at_least_one_job(self, db, capsys):
        with pytest.raises(CommandError, match=r"--jobs takes a number from 1.") as refusal:
            self.run(capsys, jobs=0)
        assert refusal.value.returncode == 2
