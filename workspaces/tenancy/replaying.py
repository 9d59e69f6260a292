"""One migration over many schemas that are alike: Django migrates the first, the others repeat the statements it ran.

Working a migration out takes Django far longer than PostgreSQL takes to run it, and the outcome is the same text.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, router, transaction
from django.db.migrations import AddField, AlterField, Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED
from django_tenants.utils import schema_context

DEFINITIONS = ("django.db.migrations.operations.models", "django.db.migrations.operations.fields")


@dataclass(frozen=True)
class Step:
    app: str
    name: str
    statements: list[str] = field(default_factory=list)


def migrate_and_write_down(schema: str) -> list[Step] | None:
    """What schemas that stand where this one stood can repeat; None if that is not sure to be the same."""
    steps: list[Step] = []

    def begin_step(action: str, migration: Migration | None = None, fake: bool | None = False, /) -> None:
        if action == "apply_start" and migration:
            steps.append(Step(migration.app_label, migration.name))

    with schema_context(schema), writing_into(steps):
        executor = MigrationExecutor(connection, begin_step)
        targets = executor.loader.graph.leaf_nodes()
        plan = executor.migration_plan(targets)
        repeatable = all(is_repeatable(migration) for migration, _ in plan)
        executor.migrate(targets, plan)
    return steps if repeatable else None


def repeat(steps: list[Step], schema: str) -> None:
    with schema_context(schema):
        for step in steps:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in step.statements:
                    cursor.execute(statement)
                cursor.execute(
                    "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", [step.app, step.name]
                )


@contextmanager
def writing_into(steps: list[Step]) -> Iterator[None]:
    class WritingEditor(connection.SchemaEditorClass):  # type: ignore[name-defined]
        def execute(self, sql: Any, params: Any = ()) -> None:
            # Before the first step Django makes its own table, in a schema that has nothing yet.
            if steps:
                text = str(sql)
                steps[-1].statements.append(text if params is None else self.connection.ops.compose_sql(text, params))
            super().execute(sql, params)

    usual, connection.SchemaEditorClass = connection.SchemaEditorClass, WritingEditor
    try:
        yield
    finally:
        connection.SchemaEditorClass = usual


def is_repeatable(migration: Migration) -> bool:
    """Nothing but definitions and SQL, in one transaction. What is of the public schema only leaves its mark here."""
    if migration.replaces:
        return False
    is_ours = router.allow_migrate(connection.alias, migration.app_label)
    return not is_ours or (migration.atomic and all(map(is_plain, migration.operations)))


def is_plain(operation: Operation) -> bool:
    """No Python that looks at a schema's rows, nor a default that should differ from schema to schema."""
    if type(operation) is operations.SeparateDatabaseAndState:
        return all(map(is_plain, operation.database_operations))
    if isinstance(operation, AddField | AlterField) and callable(operation.field.default):
        return operation.field.default in {NOT_PROVIDED, list, dict}
    return type(operation) is operations.RunSQL or type(operation).__module__ in DEFINITIONS
