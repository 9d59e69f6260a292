"""Migrations of the public schema, the template and every workspace: only of those behind, in parallel, to the end."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import schema_context

from workspaces.tenancy.schemas import (
    TEMPLATE,
    TEMPLATE_LOCK,
    applied_migrations,
    schema_exists,
    workspace_schemas,
)

PUBLIC = "public"
RELEASE_LOCK = 7_700_002


@dataclass(frozen=True)
class Failure:
    schema: str
    reason: str


def migrate_everything(*, jobs: int, say: Callable[[str], None]) -> list[Failure]:
    """Public first, then the template, then the workspaces; returns those that failed."""
    with held(RELEASE_LOCK):
        if PUBLIC in behind([PUBLIC]):
            say("migrating the public schema")
            with schema_context(PUBLIC):
                call_command(DjangoMigrate(), interactive=False, verbosity=0)
        # No workspace is created from a template that is half-way.
        with held(TEMPLATE_LOCK):
            if TEMPLATE in behind([TEMPLATE]):
                say("migrating the template")
                create_empty(TEMPLATE)
                migrate_schema(TEMPLATE)
        waiting = behind(workspace_schemas())
        if not waiting:
            say("every workspace is up to date")
            return []
        say(f"migrating {len(waiting)} workspaces")
        return migrate_in_parallel(waiting, jobs=jobs, say=say)


def migrate_in_parallel(schemas: list[str], *, jobs: int, say: Callable[[str], None]) -> list[Failure]:
    failures = []
    if jobs == 1 or len(schemas) == 1:
        results = map(try_schema, schemas)
        return [failure for failure in results if failure]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"), initializer=own_connections) as pool:
        for done, future in enumerate(as_completed(pool.submit(try_schema, schema) for schema in schemas), start=1):
            if failure := future.result():
                failures.append(failure)
            if done % 100 == 0:
                say(f"{done} of {len(schemas)}")
    return sorted(failures, key=lambda failure: failure.schema)


def try_schema(schema: str) -> Failure | None:
    try:
        migrate_schema(schema)
    except Exception as error:  # whatever a migration raises, the other schemas go on
        return Failure(schema, f"{type(error).__name__}: {str(error).strip()}")
    return None


def migrate_schema(schema: str) -> None:
    if not schema_exists(schema):
        raise DatabaseError(f"the schema {schema} is missing")
    with schema_context(schema):
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())


def behind(schemas: list[str]) -> list[str]:
    """Which of these lack a migration that is on disk."""
    on_disk = frozenset(MigrationLoader(None).graph.nodes)
    with connection.cursor() as cursor:
        applied = applied_migrations(cursor, schemas)
    return [schema for schema in schemas if not on_disk <= (applied[schema] or frozenset())]


def create_empty(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')


@contextmanager
def held(lock: int) -> Iterator[None]:
    """One at a time, across machines, until the connection goes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def own_connections() -> None:
    """A forked process must not speak on its parent's connection."""
    for alias in connections:
        del connections[alias]
