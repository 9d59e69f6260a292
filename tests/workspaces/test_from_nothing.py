"""The release step as an operator runs it, on a database with nothing in it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import drop_database
from tests.product import PATIENCE

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def release(db, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    at = connection.settings_dict
    name = f"{at['NAME']}_nothing"
    drop_database(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    password = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
    environment = {
        "PATH": str(Path(sys.executable).parent),
        "DATABASE_URL": f"postgres://{at['USER']}{password}@{at['HOST']}:{at['PORT']}/{name}",
        "REDIS_URL": settings.REDIS_URL,
        "SWITCHBOARD_VAR": str(tmp_path),
    }

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "migrate_workspaces", *options]
        return subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    yield run
    drop_database(name)


def result(done: subprocess.CompletedProcess[str]) -> tuple[int, list[str], list[str]]:
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def test_from_nothing_to_ready_and_again(release):
    behind = ["behind: public", "behind: workspace_template"]
    assert result(release("--check")) == (1, behind, [])
    said = ["migrating the public schema", "migrating the template", "every workspace is up to date"]
    assert result(release()) == (0, said, [])
    assert result(release("--check")) == (0, [], [])
    assert result(release()) == (0, said[-1:], [])


@pytest.mark.parametrize("jobs", ["0", "-3"])
def test_no_jobs_are_too_few(jobs, release):
    code, out, err = result(release("--jobs", jobs))
    assert (code, out, err) == (2, [], ["CommandError: --jobs takes a number from 1."])
