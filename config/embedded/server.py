"""What PostgreSQL and Valkey have in common as child processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.embedded.processes import LOOPBACK, dying_with_parent, end, folder_of, free_port, processes_named
from config.embedded.state import ADDRESSES, State

if TYPE_CHECKING:
    import psutil

RETRY_FOR = 15
READY_WITHIN = 60
LOG_LIMIT = 10 * 1024 * 1024


class ServerError(Exception):
    """Says to a person why a server does not run."""


class Server(ABC):
    name: str
    title: str
    program: str
    gentle_signal = signal.SIGTERM
    hasty_signal = signal.SIGKILL

    def __init__(self, root: Path, *, safe: bool = True) -> None:
        self.root = root.resolve()
        self.safe = safe
        self.state = State(self.root)
        self.log = self.root / "log" / f"{self.name}.log"
        self.port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def data(self) -> Path: ...

    @abstractmethod
    def prepare(self) -> None: ...

    @abstractmethod
    def command(self, port: int) -> list[str]: ...

    @abstractmethod
    def answers(self, port: int) -> bool: ...

    def popen_options(self) -> dict[str, Any]:
        return {}

    @property
    def url(self) -> str:
        return ADDRESSES[self.name].format(password=self.state.password(), host=LOOPBACK, port=self.port)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.end_leftovers()
        self.prepare()
        self._start_process()

    def ensure_running(self) -> bool:
        """Start it again where it was, if it has died; tells whether it had."""
        if self.runs():
            return False
        self.start()
        return True

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, hurry: bool = False) -> None:
        if self.process is not None:
            self.process.send_signal(self.hasty_signal if hurry else self.gentle_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)
        self.end_leftovers()
        self.process = None
        if self.port is not None:
            self.state.remember(self.name, port=self.port, pid=None)

    def end_leftovers(self) -> None:
        end(self.leftovers(), gently=self.gentle_signal, patience=10)

    def leftovers(self) -> list[psutil.Process]:
        """Both servers work in their data folder, which no foreign process of the same name does."""
        return [process for process in processes_named(self.program) if folder_of(process) in self.folders()]

    def folders(self) -> set[Path]:
        return {self.data}

    def _start_process(self) -> None:
        """Tries again for a while: a killed predecessor's port and shared memory are free only a moment later."""
        give_up = time.monotonic() + RETRY_FOR
        while True:
            port = self.port or free_port(self.state.port(self.name))
            self.process = self._spawn(port)
            if self._becomes_ready(self.process, port):
                break
            if time.monotonic() > give_up:
                raise ServerError(self._explain("ends as soon as it starts"))
            time.sleep(0.3)
        self.port = port
        self.state.remember(self.name, port=port, pid=self.process.pid)

    def _spawn(self, port: int) -> subprocess.Popen[bytes]:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.unlink()
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                self.command(port),
                cwd=self.data,
                env=server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dying_with_parent(self.gentle_signal),
                **self.popen_options(),
            )

    def _becomes_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        deadline = time.monotonic() + READY_WITHIN
        while process.poll() is None:
            if self.answers(port):
                return True
            if time.monotonic() > deadline:
                raise ServerError(self._explain(f"did not answer within {READY_WITHIN} seconds"))
            time.sleep(0.03)
        return False

    def _explain(self, what: str) -> str:
        return f"{self.title} {what}. The end of {self.log}:\n{last_lines(self.log)}"


def server_environment() -> dict[str, str]:
    """The caller's PG* variables would steer initdb and the server; his locale may not exist here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C"}


def last_lines(path: Path, count: int = 12) -> str:
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
