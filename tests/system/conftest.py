"""The product as a customer has it: real processes, a real browser, every word over HTTP."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from pages.sandbox.server import Sandbox
from tests.product import META_APP, PATIENCE, Product, broker_of_this_worker, with_database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    server = os.environ["DATABASE_URL"]
    name = f"system_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    made = Product(tmp_path_factory.mktemp("product"), with_database(server, name), broker_of_this_worker())
    made.manage("migrate_workspaces")
    meta = Sandbox(webhook_url=f"http://127.0.0.1:{made.port}/webhooks/meta/")
    made.more = {**META_APP, "GRAPH_URL": meta.url}
    try:
        meta.start()
        made.manage("seed_demo")
        made.start()
        yield made
    finally:
        made.stop()
        meta.stop()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Closed as soon as the last of these tests has run: Playwright's event loop is in the way of the ORM."""
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    path = next((found for found in map(shutil.which, names) if found), None)
    assert path, "no Chromium on the PATH; `make test` installs it"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    # A microphone that beeps; who has not allowed it does not hear it.
    flags += ["--use-fake-device-for-media-stream"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=[*flags, "--disable-component-update", "--disable-sync"]
        )
        expect.set_options(timeout=PATIENCE * 1000)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context


# By whom, on which product.
SIGNED_IN: dict[tuple[str, str], Any] = {}


def sign_in(
    page: Page, product: Product, email: str, password: str = "switchboard-demo", *, anew: bool = False
) -> None:
    """Somebody signs in once, and comes back in a browser of their own; `anew`: as nobody else will come back."""
    known = SIGNED_IN.get((product.url, email))
    if known and not anew:
        page.context.add_cookies(known)
        return
    page.goto(f"{product.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{product.url}/workspaces/")
    if not anew:
        SIGNED_IN[product.url, email] = page.context.cookies()


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Each call is another person with a browser of their own; their console stays free of errors."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def come(**options: Any) -> Page:
        context = new_context(browser, **options)
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


@contextmanager
def before_the_scripts(page: Page, address: str) -> Iterator[None]:
    """The page as it is on a slow line: what is done inside is done before its scripts come."""
    held: list[Route] = []
    may_pass: list[bool] = []
    page.route("**/js/app*.js", lambda route: route.continue_() if may_pass else held.append(route))
    with page.expect_request("**/js/app*.js"):
        page.goto(address, wait_until="commit")
    yield
    may_pass.append(True)
    for route in held:
        route.continue_()
