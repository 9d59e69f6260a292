"""Where a thread begins that takes the place of another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.product import Product
from tests.system.conftest import sign_in

# How far below the log's upper edge the first heading of that day, or after it, stands.
BELOW_THE_EDGE = """(log, day) => {
  const heading = [...log.querySelectorAll(".thread-day")].find((one) => one.dataset.day >= day);
  return heading.getBoundingClientRect().top - log.getBoundingClientRect().top;
}"""


def test_a_day_that_was_jumped_to_begins_at_the_top(person: Callable[..., Page], product: Product) -> None:
    page = person(viewport={"width": 1440, "height": 900})
    sign_in(page, product, "bo@acme.example")
    page.goto(f"{product.workspace_url('acme')}/inbox/all/?q=Priya+Raman")
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    page.locator("#rows .chat-row__link").click()
    page.locator("#log article").first.wait_for()
    day = (datetime.now(UTC) - timedelta(days=12)).date().isoformat()
    page.locator("#more-button").click()
    page.get_by_label("Jump to a day").fill(day)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**date={day}**")
    # The field is gone with its menu.
    expect(page.locator("#log")).to_be_focused()
    assert -1 <= page.locator("#log").evaluate(BELOW_THE_EDGE, day) < 100
