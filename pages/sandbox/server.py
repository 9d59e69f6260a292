"""The sandbox as a process of its own: `with Sandbox() as meta:` in a test, `manage.py sandbox` for a person."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from pages.sandbox import world

PROJECT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]


def command(port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "rsgi",
        "pages.sandbox.application:application",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--no-ws",
        "--log-level",
        "error",
        "--workers-kill-timeout",
        "1",
    ]


def environment(
    port: int,
    *,
    webhook_url: str = "",
    record: str = "",
    memory: str = "",
    faults: str = "",
    settings: Json | None = None,
) -> dict[str, str]:
    return {
        **os.environ,
        "SANDBOX_URL": f"http://127.0.0.1:{port}",
        "SANDBOX_WEBHOOK_URL": webhook_url,
        "SANDBOX_RECORD": record,
        "SANDBOX_MEMORY": memory,
        "SANDBOX_FAULTS": faults,
        "SANDBOX_SETTINGS": json.dumps(settings or {}),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sandbox:
    """Starts it on a free port; `post` and `get` speak to /_sandbox/ and raise where it says no."""

    def __init__(
        self, *, webhook_url: str = "", record: str = "", memory: str = "", faults: str = "", **settings: Any
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment(
            self.port, webhook_url=webhook_url, record=record, memory=memory, faults=faults, settings=settings
        )
        self.session = requests.Session()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            command(self.port), cwd=PROJECT, env=self.environment, start_new_session=True
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                self.get("health")
            except requests.ConnectionError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError("the sandbox did not start") from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        self.kill()
        self.session.close()

    def kill(self) -> None:
        """At once, without a word: kill -9."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def post(self, path: str, **values: Any) -> Any:
        return self._read(self.session.post(f"{self.url}/_sandbox/{path}", json=values, timeout=90))

    def get(self, path: str, **values: Any) -> Any:
        return self._read(self.session.get(f"{self.url}/_sandbox/{path}", params=values, timeout=90))

    def delete(self, path: str) -> Any:
        return self._read(self.session.delete(f"{self.url}/_sandbox/{path}", timeout=90))

    def _read(self, answer: requests.Response) -> Any:
        value = answer.json()
        if answer.status_code != 200:
            raise ValueError(value["error"])
        return value

    def deliver_to(self, url: str, app_id: str = world.APP_ID) -> None:
        self.post(f"apps/{app_id}", webhook_url=url)

    def write(self, customer: str = "rosa", account: str = world.ACME_PAGE, text: str = "", **more: Any) -> Json:
        """As a customer; answers {"id", "at", "sender_id"}."""
        written: Json = self.post(f"customers/{customer}/messages", account=account, text=text, **more)
        return written

    def act(self, what: str, customer: str = "rosa", account: str = world.ACME_PAGE, **more: Any) -> Json:
        """What: reactions, reads, deliveries, failures, typing, edits, deletions, comments or numbers."""
        done: Json = self.post(f"customers/{customer}/{what}", account=account, **more)
        return done

    def fault(
        self, do: str, *, times: int | None = None, rate: float = 1, seconds: float | None = None, **match: str
    ) -> Json:
        """Match: path (a regular expression), method, platform, text (a part of the body)."""
        wish: Json = {"do": do, "match": match, "rate": rate}
        wish |= {name: value for name, value in (("times", times), ("seconds", seconds)) if value is not None}
        added: Json = self.post("faults", **wish)
        return added

    def record(self, kind: str = "", since: int = 0) -> list[Json]:
        entries: list[Json] = self.get("record", kind=kind, since=since)["entries"]
        return entries

    def settled(self, within: float = 10) -> int:
        """Waits until every webhook was taken; how many still wait."""
        return int(self.post("webhooks/settled", within=within)["waiting"])

    def reset(self) -> None:
        self.post("reset")
