"""A pytest plugin: the tests' own PostgreSQL and Valkey, started before Django reads its settings."""

import atexit
import contextlib
import os
import tempfile
from collections.abc import Generator

import pytest

from config.embedded import temporary_servers

session = contextlib.ExitStack()
atexit.register(session.close)


# A wrapper, because pytest-django loads the settings in the same hook.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] = own_database(os.environ["REDIS_URL"], worker)
    else:
        start()
    yield


def pytest_unconfigure() -> None:
    session.close()


def start() -> None:
    os.environ["SWITCHBOARD_VAR"] = session.enter_context(tempfile.TemporaryDirectory(prefix="switchboard-var-"))
    if {"DATABASE_URL", "REDIS_URL"} - os.environ.keys():
        servers = session.enter_context(temporary_servers())
        os.environ.setdefault("DATABASE_URL", servers.database_url)
        os.environ.setdefault("REDIS_URL", servers.redis_url)


def own_database(redis_url: str, worker: str) -> str:
    """Worker gw0 has database 1, and so on: they share a server, not their keys."""
    return f"{redis_url.rsplit('/', 1)[0]}/{int(worker.removeprefix('gw')) + 1}"
