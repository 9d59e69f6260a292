"""Encrypts every secret in the database anew, with the first of FIELD_KEYS: afterwards the others can go."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django_tenants.utils import schema_context

from workspaces.encryption import JSON_SECRETS, EncryptedTextField, UnreadableSecret, encrypted_anew
from workspaces.tenancy.schemas import workspace_schemas

BATCH = 500


@dataclass
class Count:
    changed: int = 0
    current: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Column:
    table: str
    key: str
    name: str
    # Of a JSON column: the entry that is the secret.
    entry: str = ""

    @property
    def stored(self) -> str:
        return f"(\"{self.name}\" ->> '{self.entry}')" if self.entry else f'"{self.name}"'

    @property
    def replaced(self) -> str:
        return f"jsonb_set(\"{self.name}\", '{{{self.entry}}}', to_jsonb(%s::text))" if self.entry else "%s"


class Command(BaseCommand):
    help = "Encrypts tokens and secrets with the first of FIELD_KEYS, in every schema. Can be run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count what another key holds.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.FIELD_KEYS:
            raise CommandError("FIELD_KEYS is empty: there is no key to encrypt with.", returncode=2)
        failed, unreadable = [], []
        for schema, columns in places():
            try:
                count = rotate_schema(schema, columns, dry_run=options["dry_run"])
            except DatabaseError as error:
                failed.append(schema)
                self.stderr.write(f"failed: {schema}: {' '.join(str(error).split())}")
                continue
            self.say(schema, count, dry_run=options["dry_run"])
            if count.unreadable:
                unreadable.append(f"{schema} ({count.unreadable})")
        self.end(failed, unreadable)

    def say(self, schema: str, count: Count, *, dry_run: bool) -> None:
        if count.changed:
            self.stdout.write(f"{schema}: {count.changed} {'to encrypt' if dry_run else 'encrypted'} anew")
        elif count.current:
            self.stdout.write(f"{schema}: {count.current} already under the first key")

    def end(self, failed: list[str], unreadable: list[str]) -> None:
        if unreadable:
            raise CommandError(f"FIELD_KEYS lacks a key that secrets are in: {', '.join(unreadable)}", returncode=2)
        if failed:
            self.stderr.write(f"Not done: {', '.join(failed)}. Run it again before you drop a key.")
            sys.exit(1)


def places() -> Iterator[tuple[str, list[Column]]]:
    """Each schema with the columns in it that hold secrets."""
    yield "public", columns_of(settings.SHARED_APPS)
    columns = columns_of(settings.TENANT_APPS)
    for schema in workspace_schemas():
        yield schema, columns


def columns_of(app_names: list[str]) -> list[Column]:
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in app_names and not model._meta.proxy
    ]
    return [column for model in models for column in columns_in(model)]


def columns_in(model: type[Model]) -> Iterator[Column]:
    table, key = model._meta.db_table, str(model._meta.pk.column)
    for field in model._meta.local_concrete_fields:
        if isinstance(field, EncryptedTextField):
            yield Column(table, key, str(field.column))
    name, entries = JSON_SECRETS.get(model._meta.label, ("", ()))
    for entry in entries:
        yield Column(table, key, name, entry)


def rotate_schema(schema: str, columns: list[Column], *, dry_run: bool) -> Count:
    count = Count()
    with schema_context(schema):
        for column in columns:
            for rows in batches_of(column):
                rotate_rows(column, rows, count, dry_run=dry_run)
    return count


def batches_of(column: Column) -> Iterator[list[tuple[Any, str]]]:
    after: Any = None
    while rows := read(column, f'AND "{column.key}" > %s' if after else "", [after] if after else []):
        yield rows
        after = rows[-1][0]


def read(column: Column, condition: str, values: list[Any]) -> list[tuple[Any, str]]:
    """As stored: the field itself would decrypt."""
    sql = f'SELECT "{column.key}", {column.stored} FROM "{column.table}"'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE {column.stored} <> '' {condition} ORDER BY 1 LIMIT {BATCH}", values)
        return list(cursor.fetchall())


def rotate_rows(column: Column, rows: list[tuple[Any, str]], count: Count, *, dry_run: bool) -> None:
    """One transaction: what dies half-way is begun again here."""
    with transaction.atomic():
        for key, stored in rows:
            rotate_row(column, key, stored, count, dry_run=dry_run)


def rotate_row(column: Column, key: Any, stored: str, count: Count, *, dry_run: bool) -> None:
    """Only while the column still holds what was read: a token that came meanwhile is looked at again."""
    try:
        anew = encrypted_anew(stored)
    except UnreadableSecret:
        count.unreadable += 1
        return
    if anew is None:
        count.current += 1
    elif dry_run or replace(column, key, stored, anew):
        count.changed += 1
    elif rows := read(column, f'AND "{column.key}" = %s', [key]):
        rotate_row(column, key, rows[0][1], count, dry_run=dry_run)


def replace(column: Column, key: Any, stored: str, anew: str) -> bool:
    sql = f'UPDATE "{column.table}" SET "{column.name}" = {column.replaced}'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f'{sql} WHERE "{column.key}" = %s AND {column.stored} = %s', [anew, key, stored])
        return bool(cursor.rowcount)
