"""Signed out behind an open page: it is said, nothing is lost, and after signing in again the page goes on."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.product import Product
from tests.system.conftest import sign_in

ANSWER = "#composer-reply-text"


@pytest.fixture
def bo(person: Callable[..., Page], product: Product) -> Page:
    page = person()
    sign_in(page, product, "bo@acme.example")
    page.goto(f"{product.workspace_url('acme')}/inbox/all/")
    page.locator(".chat-row__link").filter(has_text="Kenji Sato").first.click()
    expect(page.get_by_role("tab", name="Reply")).to_have_attribute("aria-selected", "true")
    page.context.clear_cookies(name="session")
    return page


def come_back(page: Page, product: Product) -> None:
    """Signing in gives this browser another token than the one that an open page came with."""
    sign_in(page, product, "bo@acme.example", anew=True)
    page.goto(f"{product.workspace_url('acme')}/inbox/all/")
    expect(page.locator("chat-list")).to_be_visible()


def test_who_signs_in_again_in_another_tab_goes_on_in_this_one(bo: Page, product: Product) -> None:
    bo.locator(ANSWER).fill("Written overnight")
    bo.locator(ANSWER).press("Enter")
    bubble = bo.locator("#log article").filter(has_text="Written overnight")
    expect(bubble).to_contain_text("You are signed out")
    bo.locator("#state-button").click()
    expect(bo.get_by_text("You are signed out: nothing was changed.")).to_be_visible()

    come_back(bo.context.new_page(), product)
    bubble.get_by_role("button", name="Retry").click()
    expect(bo.locator("article[data-pending]")).to_have_count(0)
    expect(bubble).to_have_count(1)
    bo.locator("#state-button").click()
    expect(bo.locator("#state-button")).to_contain_text("Reopen")
    expect(bo.get_by_text("You are signed out: nothing was changed.")).to_have_count(0)
    bo.locator("#state-button").click()
    expect(bo.locator("#state-button")).to_contain_text("Close")


def test_what_was_written_meanwhile_is_there_after_signing_in(bo: Page, product: Product) -> None:
    chat = bo.url
    with bo.expect_response(re.compile("/draft/$")) as answered:
        bo.locator(ANSWER).fill("Half an answer")
    assert answered.value.status == 401
    come_back(bo, product)
    with bo.expect_response(re.compile("/draft/$")) as answered:
        bo.goto(chat)
        expect(bo.locator(ANSWER)).to_have_value("Half an answer")
    assert answered.value.status == 204
    bo.locator(ANSWER).fill("")
    expect(bo.locator(ANSWER)).to_have_value("")
