"""The stream process as the Procfile starts it, and ears that listen to it as a browser does."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from django.core import signing

from agents.realtime import tokens
from agents.realtime.publishing import Change, publish
from config.embedded.processes import dying_with_parent
from tests.product import ROOT, eventually, free_port

EVENT = re.compile(rb"event: (\w+)\ndata: (.*)\n\n")
WITHIN = 60
Heard = tuple[str, dict[str, Any]]


class StreamProcess:
    def __init__(self, redis_url: str) -> None:
        self.port = free_port()
        self.environment = {
            **os.environ,
            "REDIS_URL": redis_url,
            "STREAM_HOST": "127.0.0.1",
            "STREAM_PORT": str(self.port),
            "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}",
        }

    def start(self) -> None:
        lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
        self.process = subprocess.Popen(
            ["sh", "-c", lines["stream"]],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGKILL),
        )
        eventually(self.answers, within=60, what="the stream process answers")

    def answers(self) -> bool:
        with self.asked("/health/") as answer:
            return answer.startswith(b"HTTP/1.1 200")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_worker(self) -> None:
        for worker in psutil.Process(self.process.pid).children(recursive=True):
            worker.kill()

    @contextmanager
    def asked(self, path: str, method: str = "GET") -> Iterator[bytes]:
        """What is answered at first."""
        try:
            with self.connected(path, method) as wire:
                yield wire.recv(65536)
        except OSError:
            yield b""

    def status(self, path: str, method: str = "GET") -> int:
        with self.asked(path, method) as answer:
            return int(answer.split(b" ")[1])

    def connected(self, path: str, method: str = "GET", buffer: int = 0) -> socket.socket:
        wire = socket.socket()
        if buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        wire.settimeout(WITHIN)
        wire.connect(("127.0.0.1", self.port))
        wire.sendall(f"{method} {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n".encode())
        return wire


class Ear:
    """A page: it keeps what it hears."""

    def __init__(self, stream: StreamProcess, token: str) -> None:
        self.heard: list[Heard] = []
        self.is_over = False
        self.wire = stream.connected(f"/stream/?token={token}")
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()
        self.hears("ready")

    def hears(self, name: str, **data: Any) -> Heard:
        def look() -> Heard | None:
            return next((one for one in self.heard if one[0] == name and data.items() <= one[1].items()), None)

        try:
            return eventually(look, within=WITHIN, what=f"{name} {data}")
        except AssertionError as error:
            error.add_note(f"heard: {self.heard}")
            raise

    def all_until(self, schema: str) -> list[Heard]:
        """All but signs of life, up to a word for everyone that is said now."""
        publish(schema, [Change("last", {"word": str(time.time_ns())}, everyone=True)])
        self.hears("last")
        return [one for one in self.heard if one[0] not in {"ready", "here", "presence", "last"}]

    def is_ended(self, within: float = 60) -> bool:
        """By the stream process, with a word, and closed."""
        eventually(lambda: self.is_over, within=within, what="the stream is over")
        return ("end", {}) in self.heard

    def close(self) -> None:
        self.wire.close()

    def _read(self) -> None:
        read = b""
        self.wire.settimeout(None)
        while True:
            try:
                part = self.wire.recv(65536)
            except OSError:
                part = b""
            if not part or part.endswith(b"0\r\n\r\n"):
                self._take(read + part)
                self.is_over = True
                return
            read = self._take(read + part)

    def _take(self, read: bytes) -> bytes:
        # Past the marks of the chunks between them, which no event of ours looks like.
        end = 0
        for found in EVENT.finditer(read):
            self.heard.append((found[1].decode(), json.loads(found[2])))
            end = found.end()
        return read[end:]


def token(schema: str = "ws_acme", **over: Any) -> str:
    viewer = {
        "schema": schema,
        "agent": "an agent",
        "user": "a person",
        "reads_all": True,
        "made_at": time.time(),
        **over,
    }
    return signing.dumps(viewer, salt=tokens.SALT)
