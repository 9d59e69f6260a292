"""The product as a customer has it: real processes, a real browser, every word over HTTP."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from workspaces.development import Mail, read_mail

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


def eventually(look: Callable[[], T | None], *, within: float = 20, what: str) -> T:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {within} s: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Product:
    folder: Path
    database_url: str
    redis_url: str
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def workspace_url(self, slug: str) -> str:
        return f"http://{slug}.localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DEBUG": "true",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "PUBLIC_URL": self.url,
            "SWITCHBOARD_VAR": str(self.folder),
        }

    def manage(self, *command: str) -> None:
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, check=True)

    def start(self) -> None:
        web = ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", "127.0.0.1"]
        self._spawn("web", [*web, "--port", str(self.port), "--blocking-threads", "8"])
        self._spawn("worker", ["celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2"])
        eventually(self._answers, within=30, what="the web process answers")

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)

    def mail_to(self, address: str, subject: str = "") -> Mail:
        def look() -> Mail | None:
            mails = [read_mail(path) for path in (self.folder / "mail").glob("*.log")]
            wanted = [mail for mail in mails if mail.to == address and subject in mail.subject]
            return max(wanted, key=lambda mail: mail.sent_at, default=None)

        # Long: on a busy machine the worker is still starting while the page is there already.
        return eventually(look, within=90, what=f"a mail to {address}")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload]

    def _spawn(self, name: str, command: list[str]) -> None:
        log = (self.folder / f"{name}.log").open("wb")
        program = str(Path(sys.executable).parent / command[0])
        process = subprocess.Popen(
            [program, *command[1:]], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        self.processes.append(process)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/", timeout=2) as response:  # noqa: S310
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


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    server = os.environ["DATABASE_URL"]
    name = f"system_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    made = Product(tmp_path_factory.mktemp("product"), with_database(server, name), broker_of_this_worker())
    made.manage("migrate_workspaces")
    made.manage("seed_demo")
    try:
        made.start()
        yield made
    finally:
        made.stop()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Closed as soon as the last of these tests has run: Playwright's event loop is in the way of the ORM.
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    path = next((found for found in map(shutil.which, names) if found), None)
    assert path, "no Chromium on the PATH; `make test` installs it"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=[*flags, "--disable-component-update", "--disable-sync"]
        )
        yield opened
        opened.close()


def sign_in(page: Page, product: Product, email: str, password: str = "switchboard-demo") -> None:
    page.goto(f"{product.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{product.url}/workspaces/")


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Each call is another person with a browser of their own; their console stays free of errors."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def come(**options: Any) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield come
    for context in contexts:
        context.close()
    assert complaints == []
