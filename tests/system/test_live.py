"""The page and its stream, in a real browser: it says how it stands, and comes back by itself."""

from typing import Any

import psutil
import pytest
from playwright.sync_api import Page

from tests.product import Product, eventually
from tests.system.conftest import sign_in

# What the stream told the page.
REMEMBER = """
window.told = [];
for (const name of ["refresh", "presence", "state"])
  document.addEventListener(`live:${name}`, (event) => window.told.push([name, event.detail]));
"""


@pytest.fixture
def inbox(person: Any, product: Product) -> Any:
    def inbox(email: str, *, anew: bool = False) -> Page:
        page: Page = person()
        page.add_init_script(REMEMBER)
        sign_in(page, product, email, anew=anew)
        page.goto(f"{product.workspace_url('acme')}/inbox/all/")
        comes_to(page, "live")
        return page

    return inbox


def comes_to(page: Page, state: str, within: float = 60) -> None:
    def look() -> bool:
        page.wait_for_timeout(50)
        return bool(page.evaluate("document.documentElement.dataset.live") == state)

    eventually(look, within=within, what=f"the page is {state}")


def told(page: Page) -> list[str]:
    return [name for name, _ in page.evaluate("told")]


def stream_of(product: Product) -> psutil.Process:
    found = [psutil.Process(process.pid) for process in product.processes if process.poll() is None]
    return next(process for process in found if "config.asgi:application" in process.cmdline())


def test_it_is_live_and_hears_who_comes(inbox: Any) -> None:
    ana = inbox("ana@acme.example")
    assert "refresh" in told(ana)
    assert ana.get_by_role("status").filter(has_text="Live").is_visible()
    before = told(ana).count("presence")
    # Whoever was here in another test counts as here for a while: Lena is in none.
    inbox("lena@acme.example")
    eventually(lambda: (ana.wait_for_timeout(50), told(ana).count("presence") > before)[1], what="Lena is here")


def test_the_stream_dies_and_comes_back(inbox: Any, product: Product) -> None:
    page = inbox("sam@acme.example")
    stream = stream_of(product)
    for process in [*stream.children(recursive=True), stream]:
        process.kill()
    stream.wait()
    comes_to(page, "polling")
    assert page.get_by_text("Updates every 20 s").is_visible()
    page.evaluate("told.length = 0")
    product.start_stream()
    comes_to(page, "live")
    # What it missed, it asks for.
    assert "refresh" in told(page)


def test_offline_and_back(inbox: Any) -> None:
    page = inbox("sam@acme.example")
    page.context.set_offline(True)
    comes_to(page, "offline")
    assert page.get_by_text("You are offline").is_visible()
    page.context.set_offline(False)
    comes_to(page, "live")


def test_who_signs_out_in_another_tab_is_told_here(inbox: Any, product: Product) -> None:
    page = inbox("bo@acme.example", anew=True)
    other = page.context.new_page()
    other.goto(f"{product.workspace_url('acme')}/team/")
    other.locator("form[action='/sign-out/']").evaluate("form => form.submit()")
    comes_to(page, "ended")
    notice = page.get_by_role("alert").filter(has_text="You are signed out")
    assert notice.get_by_role("link", name="Sign in").is_visible()
