"""Rows of calls, kept for a moment and written together by one thread: an insert of its own costs as much as a call.

Only where a process has begun it: a worker, that ends it too. What was not written when a worker is killed is lost,
which a log to look things up in can bear.
"""

import logging
import threading
import time
from typing import Any, cast

from django.db import Error, OperationalError, transaction
from django.db import connection as django_connection
from django_tenants.utils import schema_context

logger = logging.getLogger(__name__)
connection = cast("Any", django_connection)

WAIT_SECONDS = 0.3
MOST_WAITING = 20_000
COLUMNS = """id, channel_id, actor, ip_address, type, address, request, response, status, error_code, trace_id,
 milliseconds, created_at"""
INSERT = f"INSERT INTO graph_calls ({COLUMNS}) VALUES ({', '.join(['%s'] * 13)})"  # noqa: S608
COPY = f"COPY graph_calls ({COLUMNS}) FROM STDIN"

Row = list[Any]


class CallLog:
    def __init__(self) -> None:
        self._begun = False
        self._rows: dict[str, list[Row]] = {}
        self._count = 0
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    def begin(self) -> None:
        self._begun = True

    def end(self) -> None:
        self._begun = False
        self.write()
        connection.close()

    def add(self, schema: str, row: Row) -> bool:
        """False: nobody will write it, or too many wait."""
        if not self._begun or self._count >= MOST_WAITING:
            return False
        with self._lock:
            self._rows.setdefault(schema, []).append(row)
            self._count += 1
            # None in a child of the process that had one.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="call-log", daemon=True)
                self._thread.start()
        if not self._wake.is_set():
            self._wake.set()
        return True

    def _run(self) -> None:
        while self._wake.wait():
            time.sleep(WAIT_SECONDS)
            self._wake.clear()
            try:
                self.write()
            except Exception:
                logger.exception("graph: calls were not written down")

    def write(self) -> None:
        with self._writing:
            with self._lock:
                waiting, self._rows, self._count = self._rows, {}, 0
            for schema, rows in waiting.items():
                with schema_context(schema):
                    write_rows(rows)


def write_rows(rows: list[Row]) -> None:
    connection.close_if_unusable_or_obsolete()
    try:
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for row in rows:
                copy.write_row(row)
    except OperationalError as error:
        connection.close()
        logger.warning("graph: %d calls were not written down (%s)", len(rows), type(error).__name__)
    except (Error, ValueError, TypeError):
        # One that the database refuses, for a channel that is gone, takes no other with it.
        for row in rows:
            insert_row(row)


def insert_row(row: Row) -> None:
    """Never fails the call that it tells of."""
    try:
        # Within somebody's transaction a failed insert would take theirs with it.
        if connection.in_atomic_block:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(INSERT, row)
        else:
            with connection.cursor() as cursor:
                cursor.execute(INSERT, row)
    except (Error, ValueError, TypeError) as error:
        logger.warning("graph: %s was not written down (%s)", row[4], type(error).__name__)


call_log = CallLog()
