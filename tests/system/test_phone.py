"""An agent's phone: a finger does what it touches, and no more."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.product import Product
from tests.system.conftest import sign_in

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SCRIM = (375, 300)
MIDNIGHT_SHIFT = {day: [["00:00", "00:01"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def bo(person: Callable[..., Page], product: Product) -> Page:
    """With the first of his chats before him."""
    page = person(**PHONE)
    sign_in(page, product, "bo@acme.example")
    page.goto(f"{product.workspace_url('acme')}/inbox/mine/")
    expect(page.locator(".chat-row").nth(4)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    return page


@pytest.mark.parametrize(("opener", "drawer"), [("Menu", "#drawer"), ("Boxes", "#boxes")])
def test_a_tap_beside_a_drawer_opens_no_chat_behind_it(bo: Page, opener: str, drawer: str) -> None:
    there = bo.url
    bo.get_by_role("button", name=opener, exact=True).tap()
    expect(bo.locator(drawer)).to_be_visible()
    bo.touchscreen.tap(*SCRIM)
    expect(bo.locator(drawer)).to_be_hidden()
    expect(bo.locator(".inbox")).to_have_attribute("data-pane", "list")
    assert bo.url == there

    # The next one is as any other.
    bo.touchscreen.tap(*SCRIM)
    expect(bo.locator("#thread-head")).to_be_visible()


def test_sheets_close_and_one_is_seen_at_a_time(bo: Page) -> None:
    bo.locator(".chat-row__link").first.tap()
    bo.locator("#more-button").tap()
    bo.locator("#more-menu").get_by_role("button", name="Snooze…").tap()
    expect(bo.locator("#snooze-menu")).to_be_visible()
    expect(bo.locator("#more-menu")).to_be_hidden()
    back = bo.locator(".thread-head__back").bounding_box()
    assert back
    bo.touchscreen.tap(back["x"] + 10, back["y"] + 10)
    expect(bo.locator("#snooze-menu")).to_be_hidden()
    expect(bo.locator(".inbox")).to_have_attribute("data-pane", "thread")

    bo.locator("#more-button").tap()
    bo.get_by_role("button", name="Mark as unread").tap()
    expect(bo.locator("#more-menu")).to_be_hidden()
    expect(bo.locator(".toast")).to_contain_text("unread")


def test_notices_leave_the_chat_its_buttons(bo: Page) -> None:
    bo.locator(".chat-row__link").first.tap()
    bo.locator("#state-button").tap()
    expect(bo.locator(".toast", has_text="Closed.")).to_be_visible()
    bo.locator("#state-button").tap()
    expect(bo.locator(".toast", has_text="Open again.")).to_be_visible()
    bo.locator(".thread-head__back").tap()
    expect(bo.locator(".inbox")).to_have_attribute("data-pane", "list")


def test_a_chat_has_one_bar_and_notices_stand_below_it(bo: Page) -> None:
    bo.locator(".chat-row__link").first.tap()
    bo.locator("#state-button").tap()
    expect(bo.locator(".toast", has_text="Closed.")).to_be_visible()
    head, notices = bo.locator(".thread-head").bounding_box(), bo.locator(".toasts").bounding_box()
    assert head
    assert notices
    assert head["y"] == 0
    assert notices["y"] >= head["height"]
    bo.locator("#state-button").tap()
    expect(bo.locator(".toast", has_text="Open again.")).to_be_visible()
    bo.locator(".thread-head__back").tap()
    expect(bo.get_by_role("button", name="Menu", exact=True)).to_be_visible()


def test_a_large_picture_fits_the_phone(bo: Page) -> None:
    bo.locator(".chat-row__link").first.tap()
    png = bo.screenshot()
    bo.locator("#composer-reply input[type=file]").set_input_files(
        {"name": "a picture with quite a long name.png", "mimeType": "image/png", "buffer": png}
    )
    expect(bo.locator("#composer-reply .upload:not([data-uploading])")).to_be_visible()
    bo.locator("#composer-reply [data-send]").tap()
    bo.locator("a[data-lightbox]").last.tap()
    large = bo.get_by_role("dialog", name="Picture")
    expect(large.locator("img")).to_be_visible()
    for part in (large.locator("img"), large.get_by_role("button", name="Close")):
        box = part.bounding_box()
        assert box
        assert 0 <= box["x"] <= 390 - box["width"]


@pytest.fixture
def long_day(product: Product) -> Iterator[None]:
    """The shift of every agent is over."""
    change = "UPDATE ws_acme.positions SET hours = %s WHERE slug = 'agent'"
    with psycopg.connect(product.database_url, autocommit=True) as connection:
        connection.execute(change, [json.dumps(MIDNIGHT_SHIFT)])
        yield
        connection.execute(change, ["{}"])


@pytest.mark.usefixtures("long_day")
def test_at_the_end_of_a_shift_one_still_reads_and_answers(bo: Page) -> None:
    banner = bo.locator(".shift-end")
    expect(banner).to_contain_text("Your shift ended")
    bo.locator(".chat-row__link").first.tap()
    expect(bo.locator("#log article").last).to_be_in_viewport()
    expect(bo.locator("#composer-reply [data-send]")).to_be_in_viewport(ratio=1)
    expect(banner).to_be_in_viewport(ratio=1)
    assert bo.evaluate("document.querySelector('.shell__content').scrollTop") == 0
