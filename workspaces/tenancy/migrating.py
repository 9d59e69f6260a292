"""Migrations of the public schema, the template and every workspace: only of those behind, in parallel, to the end."""

import logging
import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import schema_context

from workspaces.tenancy.replaying import Step, migrate_and_write_down, repeat
from workspaces.tenancy.schemas import (
    TEMPLATE,
    TEMPLATE_LOCK,
    applied_migrations,
    schema_exists,
    workspace_schemas,
)

logger = logging.getLogger(__name__)

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
    """Those that stand at the same migration are alike: the first shows the others what to do."""
    failures: list[Failure | None] = []
    waiting: list[tuple[str, list[Step] | None]] = []
    for first, *others in alike(schemas):
        steps = None
        try:
            steps = migrate_schema(first)
        except Exception as error:  # whatever a migration raises, the other schemas go on
            failures.append(failure_of(first, error))
        waiting += [(schema, steps) for schema in others]
    for done, failure in enumerate(outcomes(waiting, jobs=jobs), start=1):
        failures.append(failure)
        if done % 100 == 0:
            say(f"{done} of {len(waiting)}")
    return sorted(filter(None, failures), key=lambda failure: failure.schema)


def outcomes(waiting: list[tuple[str, list[Step] | None]], *, jobs: int) -> Iterator[Failure | None]:
    if jobs == 1 or len(waiting) <= 1:
        yield from (try_schema(schema, steps) for schema, steps in waiting)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"), initializer=own_connections) as pool:
        for future in as_completed([pool.submit(try_schema, schema, steps) for schema, steps in waiting]):
            yield future.result()


def try_schema(schema: str, steps: list[Step] | None = None) -> Failure | None:
    try:
        if steps is None or not has_repeated(steps, schema):
            migrate_schema(schema)
    except Exception as error:  # whatever a migration raises, the other schemas go on
        return failure_of(schema, error)
    return None


def has_repeated(steps: list[Step], schema: str) -> bool:
    """Otherwise Django takes it from there, and manages after all or says what is wrong."""
    try:
        if schema_exists(schema):
            repeat(steps, schema)
            return True
    except DatabaseError as error:
        logger.info("%s: not like the others (%s)", schema, type(error).__name__)
    return False


def migrate_schema(schema: str) -> list[Step] | None:
    """What others that stood where this one stood can repeat, if they can."""
    if not schema_exists(schema):
        raise DatabaseError(f"the schema {schema} is missing")
    return migrate_and_write_down(schema)


def failure_of(schema: str, error: Exception) -> Failure:
    return Failure(schema, f"{type(error).__name__}: {str(error).strip()}")


def alike(schemas: list[str]) -> list[list[str]]:
    """Together those that have had the same migrations."""
    with connection.cursor() as cursor:
        applied = applied_migrations(cursor, schemas)
    groups = defaultdict(list)
    for schema in schemas:
        groups[applied[schema]].append(schema)
    return list(groups.values())


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
    for wrapper in connections.all(initialized_only=True):
        del connections[wrapper.alias]
