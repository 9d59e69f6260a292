"""The product as a customer has it: real processes, every word over HTTP."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
import redis

from config.embedded.processes import port_is_free
from pages.sandbox import world
from workspaces.development import Mail, read_mail

ROOT = Path(__file__).resolve().parents[1]
# The platform's Meta app, as the sandbox plays it.
META_APP = {
    "META_APP_ID": world.APP_ID,
    "META_APP_SECRET": world.APP_SECRET,
    "META_VERIFY_TOKEN": world.VERIFY_TOKEN,
    "INSTAGRAM_APP_ID": world.INSTAGRAM_APP_ID,
    "INSTAGRAM_APP_SECRET": world.INSTAGRAM_APP_SECRET,
}
T = TypeVar("T")


# No test waits for so long when all is well: a machine that is slow and busy with others is no failure.
PATIENCE = 240
ports = itertools.count(20_000 + os.getpid() * 31 % 10_000)


def eventually(look: Callable[[], T | None], *, within: float = PATIENCE, what: str) -> T:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {within} s: {what}")


def free_port() -> int:
    """Below those that the system gives to anybody who asks for any: still free when its process is up at last."""
    return next(port for port in ports if port_is_free(port))


@dataclass
class Product:
    folder: Path
    database_url: str
    redis_url: str
    port: int = field(default_factory=free_port)
    stream_port: int = field(default_factory=free_port)
    # Settings of the environment besides.
    more: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def workspace_url(self, slug: str) -> str:
        return f"http://{slug}.localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DEBUG": "true",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "PUBLIC_URL": self.url,
            "STREAM_URL": f"http://localhost:{self.stream_port}/stream/",
            "SWITCHBOARD_VAR": str(self.folder),
            "MEDIA_ROOT": str(self.folder / "media"),
        }
        return os.environ | own | self.more

    def manage(self, *command: str) -> None:
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, check=True)

    def start(self) -> None:
        web = ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", "127.0.0.1"]
        self._spawn("web", [*web, "--port", str(self.port), "--blocking-threads", "8"])
        self.start_stream()
        self._spawn("worker", ["celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2"])
        eventually(self.answers, what="the web process answers")

    def start_stream(self) -> "subprocess.Popen[bytes]":
        stream = ["granian", "--interface", "asgi", "config.asgi:application", "--host", "127.0.0.1"]
        return self._spawn("stream", [*stream, "--port", str(self.stream_port), "--workers-kill-timeout", "1"])

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(PATIENCE)

    def mail_to(self, address: str, subject: str = "") -> Mail:
        def look() -> Mail | None:
            mails = [read_mail(path) for path in (self.folder / "mail").glob("*.log")]
            wanted = [mail for mail in mails if mail.to == address and subject in mail.subject]
            return max(wanted, key=lambda mail: mail.sent_at, default=None)

        return eventually(look, what=f"a mail to {address}")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload]

    def _spawn(self, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
        log = (self.folder / f"{name}.log").open("wb")
        program = str(Path(sys.executable).parent / command[0])
        process = subprocess.Popen(
            [program, *command[1:]], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        self.processes.append(process)
        return process

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/", timeout=20) as response:  # noqa: S310
                return bool(response.status == 200)
        except OSError:
            return False


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def broker_of_this_worker() -> str:
    """No other pytest worker's product may take its tasks: the upper half of Valkey's databases is for products."""
    mine = urlsplit(os.environ["REDIS_URL"])
    with redis.Redis.from_url(mine.geturl()) as valkey:
        half = int(valkey.config_get("databases")["databases"]) // 2
    return urlunsplit(mine._replace(path=f"/{half + int(mine.path.strip('/') or 0)}"))
