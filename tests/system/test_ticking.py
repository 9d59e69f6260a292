"""While chats are ticked the list stands still; what came meanwhile is shown when it may move again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.product import Product
from tests.system.conftest import sign_in
from tests.system.test_composer import answer, bubbles, chats, come, written  # noqa: F401

# Not only this one: others may be dealt meanwhile.
NEWS = re.compile(r"^\d+ new$")


@pytest.fixture
def ticking(person: Callable[..., Page], product: Product, come, chats) -> tuple[Page, str]:  # noqa: F811
    """Bo has ticked the first chat when a colleague answers in another, which belongs to the top by that."""
    bo = person()
    sign_in(bo, product, "bo@acme.example")
    bo.goto(f"{product.workspace_url('acme')}/inbox/all/")
    expect(bo.locator("html")).to_have_attribute("data-live", "live")
    bo.locator(".chat-row__tick").first.check()
    first = bo.locator("#rows .chat-row").first.get_attribute("id")
    other = next(chat for chat in chats if f"row-{chat}" != first)
    sam = come("sam", other)
    answer(sam).fill("Coming up")
    answer(sam).press("Control+Enter")
    expect(bubbles(sam, "Coming up")).to_have_count(1)
    expect(bo.get_by_role("button", name=NEWS)).to_be_visible()
    expect(bo.locator("#rows .chat-row").first).to_have_id(first or "")
    return bo, other


def test_what_was_held_back_is_shown_when_nothing_is_ticked_any_more(ticking):
    bo, other = ticking
    bo.get_by_role("button", name="Select none").click()
    expect(bo.locator("#rows .chat-row").first).to_have_id(f"row-{other}")
    expect(bo.get_by_role("button", name=NEWS)).to_be_hidden()
    # The button is gone; the list has the focus.
    expect(bo.locator("#rows .chat-row__link:focus")).to_have_count(1)
    assert bo.locator(".chat-row__tick:checked").count() == 0


def test_what_is_ticked_stays_so_when_the_new_is_asked_for(ticking):
    bo, other = ticking
    ticked = bo.locator(".chat-row__tick:checked").get_attribute("value")
    bo.get_by_role("button", name=NEWS).click()
    expect(bo.locator("#rows .chat-row").first).to_have_id(f"row-{other}")
    expect(bo.locator(".chat-row__tick:checked")).to_have_attribute("value", ticked)
    assert "1 selected" in bo.locator("#bulk").inner_text()


def test_a_row_that_is_renewed_while_it_is_pressed_opens(person: Callable[..., Page], product: Product):
    """The browser sends no click to what has gone between the two halves of it."""
    bo = person()
    sign_in(bo, product, "bo@acme.example")
    bo.goto(f"{product.workspace_url('acme')}/inbox/all/")
    expect(bo.locator("html")).to_have_attribute("data-live", "live")
    bo.locator(".chat-row__name").first.hover()
    bo.mouse.down()
    with bo.expect_response(re.compile("/rows/")) as rows:
        bo.evaluate("document.dispatchEvent(new CustomEvent('live:refresh'))")
    rows.value.finished()
    bo.evaluate("new Promise(requestAnimationFrame)")
    bo.mouse.up()
    expect(bo.locator(".thread-head__person")).to_be_visible()
