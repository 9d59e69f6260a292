"""Servers of a benchmark's own, Django on them under production's settings, and processes beside it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from config.embedded import temporary_servers

PROJECT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "http://localhost:8000",
    "EMAIL_URL": "dummymail://",
    "LOG_LEVEL": "WARNING",
    "DJANGO_SETTINGS_MODULE": "bench._settings",
}


@contextmanager
def own_servers() -> Iterator[None]:
    """Fast and unsafe (no fsync), gone at the end; everything from here on uses them."""
    with temporary_servers() as servers:
        os.environ |= PRODUCTION | {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        django.setup()
        yield


def manage(*command: str, **environment: str) -> float:
    """Wall seconds of a command in a process of its own."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=PROJECT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started


@contextmanager
def web_server(**environment: str) -> Iterator[int]:
    """One granian worker with the Procfile's threads, on a port of its own."""
    port = free_port()
    command = ["granian", "--interface", "wsgi", "bench._web:application", "--host", "127.0.0.1", "--port", str(port)]
    options = ["--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "error"]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, *options], cwd=PROJECT, env=os.environ | environment, start_new_session=True
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")
