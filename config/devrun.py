"""`make run`: the servers, the migrations, the demo and the Procfile's processes, in one terminal."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import fcntl
import http.client
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

import environ
from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer
from honcho.process import Popen

from config.check import complaint
from config.embedded import Postgres, Server, ServerError, Valkey, remove_refuge, var_folder
from config.embedded.processes import LOOPBACK, claim_port, dying_with_parent, end, processes_marked
from config.embedded.refuge import remove
from config.welcome import welcome
from pages.sandbox import world

PROJECT = Path(__file__).resolve().parent.parent
RUN_MARK = "SWITCHBOARD_RUN"
FIRST_PORT = 8000
SANDBOX_PORT = 8100
STREAM_PORT = 8200
SANDBOX = "exec python manage.py sandbox --port {port} --webhook-url {webhooks} --memory {memory}"
READY_WITHIN = 120
PATIENCE = 10
EMBEDDED: dict[str, type[Server]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
# Both in one process: loading Django is most of the time they take. A line from us between them says that
# Meta answers, who is asked when the demo connects its channels.
PREPARATION = """
import django
from django.core.management import call_command

django.setup()
call_command("migrate_workspaces")
input()
call_command("seed_demo")
"""


class Refused(Exception):
    """Says why nothing was begun."""


class Failed(Exception):
    """Says why the run ends."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.devrun", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="delete the data of development")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")
    options = parser.parse_args(arguments)
    environ.Env.read_env(PROJECT / ".env")
    try:
        return reset(var_folder(), ask=not options.yes) if options.reset else run(var_folder())
    except Refused as refusal:
        tell(refusal)
        return 2
    except (Failed, ServerError, OSError) as failure:
        tell(failure)
        return 1
    except KeyboardInterrupt:
        return 130


def run(var: Path) -> int:
    listen_for_interrupts()
    with only_run(var) as note:
        development = Development(var)
        try:
            development.start(note)
            development.watch()
        except KeyboardInterrupt:
            interrupted.set()
        finally:
            if interrupted.is_set():
                tell("Stopping.")
            development.stop()
    return 0


def reset(var: Path, *, ask: bool) -> int:
    if var != PROJECT / "var" and not (var / "servers.json").exists():
        raise Refused(f"{var} holds no data of Switchboard: nothing deleted.")
    with only_run(var) as note:
        if ask and sys.stdin.isatty() and input(f"Delete everything in {var}? [y/N] ").lower() not in {"y", "yes"}:
            tell("Nothing deleted.")
            return 0
        end_leftovers(var)
        gone = [path for path in var.iterdir() if path != Path(note.name)]
        for path in gone:
            remove(path)
        gone += remove_refuge(var)
    tell(f"Deleted: {', '.join(map(str, sorted(gone)))}." if gone else "There was nothing to delete.")
    return 0


@contextlib.contextmanager
def only_run(var: Path) -> Iterator[IO[str]]:
    """Holds the lock for as long as it runs; the file tells others where."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note.seek(0)
            raise Refused(f"Switchboard already runs: {note.read() or 'it is starting'}.") from None
        note.truncate(0)
        yield note


def end_leftovers(var: Path) -> bool:
    """What a run that was killed left behind, and nothing else: each of its processes carries the mark."""
    for server in EMBEDDED.values():
        server(var).end_leftovers()
    left = [process for process in processes_marked(RUN_MARK, str(var)) if process.pid != os.getpid()]
    end(left, gently=signal.SIGTERM, patience=3)
    return bool(left)


class Development:
    def __init__(self, var: Path) -> None:
        self.var = var
        self.servers: list[Server] = []
        self.children: dict[str, Child] = {}
        # Where Meta is played; empty: GRAPH_URL names another place.
        self.sandbox = ""
        self.colours = get_colours()
        self.environment = {**os.environ, RUN_MARK: str(var), "SWITCHBOARD_VAR": str(var)}

    def start(self, note: IO[str]) -> None:
        if wrong := complaint(self.environment):
            raise Refused(wrong)
        if end_leftovers(self.var):
            tell("Ended what an earlier run had left running.")
        # The servers take it from here, everything else from self.environment.
        os.environ[RUN_MARK] = str(self.var)
        self._start_servers()
        self._choose_address()
        self._choose_sandbox()
        note.write(self.environment["PUBLIC_URL"])
        note.flush()
        self._start_sandbox()
        self._prepare_database()
        self._start_children()

    def watch(self) -> None:
        deadline: float | None = time.monotonic() + READY_WITHIN
        while not interrupted.is_set():
            self._restart_dead_servers()
            self._look_for_dead_children()
            if deadline:
                silent = self._first_silent()
                if not silent:
                    tell(welcome(self.environment["PUBLIC_URL"], self.sandbox))
                    deadline = None
                elif time.monotonic() > deadline:
                    raise Failed(f"{silent} does not answer after {READY_WITHIN} seconds.")
            time.sleep(0.2)

    def stop(self) -> None:
        try:
            self._stop(patience=PATIENCE, hurry=False)
        except KeyboardInterrupt:
            ignore_interrupts()
            self._stop(patience=0, hurry=True)

    def _start_servers(self) -> None:
        for variable, kind in EMBEDDED.items():
            if not self.environment.get(variable):
                server = kind(self.var)
                self.servers.append(server)
                server.start()
                self.environment[variable] = server.url

    def _choose_address(self) -> None:
        wanted = int(self.environment.get("PORT") or FIRST_PORT)
        port = first_free_port(wanted)
        if port != wanted:
            tell(f"Port {wanted} is busy, using {port}.")
        self.environment.setdefault("PUBLIC_URL", f"http://localhost:{port}")
        stream_port = first_free_port(int(self.environment.get("STREAM_PORT") or STREAM_PORT))
        self.environment.setdefault("STREAM_URL", f"http://localhost:{stream_port}/stream/")
        # Celery warns of every worker that root runs, and root is who runs it in many a container.
        self.environment.setdefault("PYTHONWARNINGS", "ignore:You're running the worker")
        self.environment |= {
            "PORT": str(port),
            "WEB_HOST": LOOPBACK,
            "STREAM_HOST": LOOPBACK,
            "STREAM_PORT": str(stream_port),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SKIP_CHECKS": "1",
        }

    def _choose_sandbox(self) -> None:
        if self.environment.get("GRAPH_URL"):
            return
        self.sandbox = f"http://{LOOPBACK}:{first_free_port(SANDBOX_PORT)}"
        app = {
            "GRAPH_URL": self.sandbox,
            "META_APP_ID": world.APP_ID,
            "META_APP_SECRET": world.APP_SECRET,
            "META_VERIFY_TOKEN": world.VERIFY_TOKEN,
            "INSTAGRAM_APP_ID": world.INSTAGRAM_APP_ID,
            "INSTAGRAM_APP_SECRET": world.INSTAGRAM_APP_SECRET,
        }
        self.environment |= {name: self.environment.get(name) or value for name, value in app.items()}

    def _start_sandbox(self) -> None:
        if not self.sandbox:
            return
        port = urlsplit(self.sandbox).port or 0
        webhooks, memory = f"{self.environment['PUBLIC_URL']}/webhooks/meta/", self.var / "sandbox.memory"
        command = SANDBOX.format(port=port, webhooks=shlex.quote(webhooks), memory=shlex.quote(str(memory)))
        self._start_child("sandbox", command, Printer(sys.stdout, width=len("sandbox")))

    def _await_sandbox(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while self.sandbox and not web_answers(urlsplit(self.sandbox).port or 0, "/_sandbox/health"):
            self._look_for_dead_children()
            if time.monotonic() > deadline:
                raise Failed(f"sandbox does not answer after {READY_WITHIN} seconds.")
            time.sleep(0.1)

    def _prepare_database(self) -> None:
        command = [sys.executable, "-c", PREPARATION]
        with subprocess.Popen(  # noqa: S603
            command, cwd=PROJECT, env=self.environment, stdin=subprocess.PIPE, text=True, start_new_session=True
        ) as preparation:
            try:
                self._await_sandbox()
                preparation.communicate("Meta answers.\n")
            except BaseException:
                preparation.kill()
                raise
        if preparation.returncode:
            raise Failed("The database could not be prepared: the lines above say why.")

    def _start_children(self) -> None:
        processes = parse_procfile((PROJECT / "Procfile").read_text()).processes
        processes.pop("release", None)
        printer = Printer(sys.stdout, width=max(map(len, [*processes, *self.children])))
        for name, command in processes.items():
            self._start_child(name, command, printer)

    def _start_child(self, name: str, command: str, printer: Printer) -> None:
        self.children[name] = Child(name, command, self.environment, printer, next(self.colours))

    def _restart_dead_servers(self) -> None:
        for server in self.servers:
            if not server.runs():
                tell(f"{server.title} has died: starting it again on port {server.port}.")
                server.start()

    def _look_for_dead_children(self) -> None:
        for name, child in self.children.items():
            if (code := child.process.poll()) is not None:
                raise Failed(f"{name} ended by itself with exit code {code}: everything stops.")

    def _first_silent(self) -> str | None:
        if not web_answers(int(self.environment["PORT"])):
            return "web"
        if "stream" in self.children and not web_answers(int(self.environment["STREAM_PORT"])):
            return "stream"
        if "worker" in self.children and not worker_answers(self.environment["REDIS_URL"]):
            return "worker"
        return None

    def _stop(self, *, patience: float, hurry: bool) -> None:
        for child in self.children.values():
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + patience
        for child in self.children.values():
            child.end_by(deadline)
        for server in reversed(self.servers):
            server.stop(hurry=hurry)
        end_leftovers(self.var)


class Child:
    """A process of the Procfile in a group of its own, its lines printed with its name in front."""

    def __init__(self, name: str, command: str, environment: dict[str, str], printer: Printer, colour: str) -> None:
        self.name = name
        self.colour = colour
        self.process = Popen(command, cwd=PROJECT, env=environment, preexec_fn=dying_with_parent(signal.SIGTERM))
        self.relay = threading.Thread(target=self._relay, args=(printer,), daemon=True)
        self.relay.start()

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end_by(self, deadline: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0, deadline - time.monotonic()))
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.relay.join(timeout=1)

    def _relay(self, printer: Printer) -> None:
        for line in self.process.stdout:
            now = datetime.datetime.now().astimezone()
            with one_at_a_time:
                printer.write(Message("line", line, now, self.name, self.colour))


def web_answers(port: int, path: str = "/health/") -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_answers(redis_url: str) -> bool:
    from celery import Celery
    from kombu.exceptions import KombuError

    with Celery(broker=redis_url, fixups=[], set_as_current=False) as application:
        try:
            return bool(application.control.ping(timeout=1, limit=1))
        except (KombuError, OSError):
            return False


def first_free_port(wanted: int) -> int:
    port = next((port for port in range(wanted, wanted + 100) if claim_port(port)), None)
    if port is None:
        raise Failed(f"The ports {wanted} to {wanted + 99} are all busy.")
    return port


one_at_a_time = threading.RLock()
# Python drops an exception raised inside a `__del__`: the flag is what nobody can swallow.
interrupted = threading.Event()


def tell(what: object) -> None:
    with one_at_a_time:
        sys.stdout.write(f"{what}\n")
        sys.stdout.flush()


def listen_for_interrupts() -> None:
    """The terminal and `make` may each send one for the same Ctrl-C: those at once count as one."""
    last = 0.0

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            interrupted.set()
            raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def ignore_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
