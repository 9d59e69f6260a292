"""A pytest plugin: the tests' own PostgreSQL and Valkey, started before Django reads its settings."""

import atexit
import contextlib
import os
import signal
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
        # Their workspaces have the same names, and a test that erases one takes its files along.
        os.environ["MEDIA_ROOT"] = f"{os.environ['SWITCHBOARD_VAR']}/media-{worker}"
    else:
        start()
    yield


def pytest_unconfigure() -> None:
    session.close()


def start() -> None:
    # A SIGTERM ends the tests as Ctrl-C does, with the servers and their folders removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ["SWITCHBOARD_VAR"] = session.enter_context(tempfile.TemporaryDirectory(prefix="switchboard-var-"))
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        servers = session.enter_context(temporary_servers())
        os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or servers.database_url
        os.environ["REDIS_URL"] = os.environ.get("REDIS_URL") or servers.redis_url


def own_database(redis_url: str, worker: str) -> str:
    """Worker gw0 has database 1, and so on: they share a server, not their keys."""
    return f"{redis_url.rsplit('/', 1)[0]}/{int(worker.removeprefix('gw')) + 1}"
