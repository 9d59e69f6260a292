"""Servers of a benchmark's own, Django on them under production's settings, and processes beside it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from config.embedded import Servers, temporary_servers

PROJECT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FIELD_KEYS": "only-for-benchmarks",
    "PUBLIC_URL": "http://localhost:8000",
    "EMAIL_URL": "dummymail://",
    "LOG_LEVEL": "WARNING",
    "DJANGO_SETTINGS_MODULE": "bench._settings",
}


@contextmanager
def own_servers(**environment: str) -> Iterator[Servers]:
    """Fast and unsafe (no fsync), gone at the end; everything from here on uses them."""
    with temporary_servers() as servers:
        addresses = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        os.environ |= PRODUCTION | addresses | environment
        django.setup()
        yield servers


def make_safe(servers: Servers) -> None:
    """From here on a commit is on the disk, as in production; what was built before was built fast."""
    from django.db import connections

    connections.close_all()
    servers.stop()
    servers.postgres.safe = servers.valkey.safe = True
    servers.start()
    os.sync()


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
def procfile(name: str, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process as the Procfile has it."""
    lines = dict(line.split(": ", 1) for line in (PROJECT / "Procfile").read_text().splitlines())
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with running(["sh", "-c", lines[name]], PATH=paths, **environment) as process:
        yield process


@contextmanager
def running(command: list[str], *, cwd: Path = PROJECT, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, cwd=cwd, env=os.environ | environment, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def product(port: int | None = None, **environment: str) -> Iterator[int]:
    """The web process with one worker and 8 threads, on a port of its own."""
    port = port or free_port()
    with procfile("web", WEB_HOST="127.0.0.1", PORT=str(port), WEB_CONCURRENCY="1", WEB_THREADS="8", **environment):
        wait_for(port)
        yield port


@contextmanager
def worker(name: str, **environment: str) -> Iterator[None]:
    """One of the Procfile's Celery processes, once it listens."""
    found = re.search(rf"^{name}: .*--queues (\S+)", (PROJECT / "Procfile").read_text(), re.MULTILINE)
    assert found
    with procfile(name, **environment):
        deadline = time.monotonic() + 60
        while not listens(found[1].split(",")):
            if time.monotonic() > deadline:
                raise SystemExit(f"the {name} process does not answer")
        yield


def listens(queues: list[str]) -> bool:
    from config.celery import app

    found = app.control.inspect(timeout=1).active_queues() or {}
    return {queue["name"] for listened in found.values() for queue in listened} >= set(queues)


@contextmanager
def graph_server(latency: float = 0, threads: int = 8) -> Iterator[str]:
    """Meta, as quick as it can be, or so many seconds slow."""
    port = free_port()
    command = ["granian", "--interface", "wsgi", "bench._graph:application", "--host", "127.0.0.1", "--port", str(port)]
    options = ["--workers", "1", "--blocking-threads", str(threads), "--no-ws", "--log-level", "error"]
    with running([sys.executable, "-m", *command, *options], BENCH_LATENCY=str(latency)):
        wait_for(port)
        yield f"http://127.0.0.1:{port}"


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
