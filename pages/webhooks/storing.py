"""One INSERT, committed before Meta hears 200."""

from typing import Any
from uuid import UUID

import psycopg
from django.db import connection as django_connection

INSERT = "INSERT INTO public.deliveries (body, workspace_id) VALUES (%s, %s)"


def store_delivery(body: bytes, workspace_id: UUID | None) -> None:
    """Past the ORM and its check of the connection's health: one round trip, prepared, in binary."""
    try:
        insert(body, workspace_id)
    except psycopg.OperationalError:
        # The connection may have been a dead one from before; a second failure is the database's.
        django_connection.close()
        with django_connection.wrap_database_errors:
            insert(body, workspace_id)


def insert(body: bytes, workspace_id: UUID | None) -> None:
    django_connection.ensure_connection()
    raw: Any = django_connection.connection
    with psycopg.Cursor(raw) as cursor:
        cursor.execute(INSERT, (body, workspace_id), prepare=True)
