"""Who answers, as agents see it: six customers write, two share them; one goes off, and the other has them all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.sandbox import world
from tests.product import eventually
from tests.system.conftest import chromium, person, sign_in
from tests.wire.wire import Wire

__all__ = ["person"]

pytestmark = pytest.mark.browser

CUSTOMERS = ["rosa", "liam", "yusuf", "zoe", "amara", "priya"]
SHARES = """
SELECT u.email, count(*) FROM chats c JOIN agents a ON a.id = c.assigned_to_id JOIN users u ON u.id = a.user_id
WHERE c.state = 'OPEN' GROUP BY 1
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def floor(wire: Wire) -> Iterator[Wire]:
    """Nobody has anything open; chats are dealt in turn."""
    wire.change("acme", "UPDATE chats SET state = 'CLOSED', assigned_to_id = NULL, team_id = NULL")
    wire.change("acme", "UPDATE agents SET availability = 'ONLINE', is_idle = false, off_since = NULL")
    wire.deal("acme", "ROUND_ROBIN")
    yield wire
    wire.deal("acme", "BY_HAND")


@pytest.fixture
def at_work(wire: Wire, person: Callable[..., Page]) -> Callable[..., Page]:
    def come(name: str, path: str = "/inbox/mine/") -> Page:
        page = person()
        sign_in(page, wire.product, f"{name}@acme.example")
        page.goto(f"{wire.product.workspace_url('acme')}{path}")
        if path.startswith("/inbox/"):
            expect(page.locator("html")).to_have_attribute("data-live", "live")
        return page

    return come


def shares(wire: Wire) -> dict[str, int]:
    return {email.split("@")[0]: number for email, number in wire.rows("acme", SHARES)}


def rows(page: Page) -> Any:
    return page.locator(".chat-row")


def test_two_share_what_comes_and_one_goes_off(floor: Wire, at_work: Callable[..., Page]) -> None:
    bo, sam = at_work("bo"), at_work("sam")
    for customer in CUSTOMERS:
        floor.arrives(floor.meta.write(customer, world.ACME_PAGE, f"Hello from {customer}")["id"])
    expect(rows(bo)).to_have_count(3)
    expect(rows(sam)).to_have_count(3)
    assert shares(floor) == {"bo": 3, "sam": 3}

    bo.locator("#availability-button").click()
    bo.get_by_role("button", name="Off Done for today").click()
    question = bo.get_by_role("dialog", name="You are going off")
    expect(question).to_contain_text("You have 3 open chats")
    question.get_by_label("Deal them again").check()
    question.get_by_role("button", name="Go off").click()

    expect(rows(sam)).to_have_count(6)
    expect(rows(bo)).to_have_count(0)
    assert shares(floor) == {"sam": 6}
    expect(bo.locator("#availability-button")).to_have_accessible_name("Availability: Off. Change it")

    (moved,) = floor.rows(
        "acme",
        "SELECT chat_id::text FROM chat_events WHERE starts_with(data ->> 'from', 'Bo ') ORDER BY at DESC LIMIT 1",
    )
    sam.locator(f"#row-{moved[0]}").get_by_role("link").first.click()
    why = sam.locator("#log .thread-why").last
    why.get_by_text("Why me?").click()
    expect(why).to_contain_text("You were next in turn after")
    expect(why).to_contain_text("Mei Tanaka has no page open")
    expect(sam.locator("#log .thread-event").last).to_contain_text("Bo Lindqvist")


def test_a_rule_is_made_tried_and_acts(floor: Wire, at_work: Callable[..., Page]) -> None:
    bo, sam = at_work("bo"), at_work("sam", "/settings/routing/new/")
    sam.locator("#id_name").fill("Gifts go to Bo")
    sam.locator("#id_words").fill("gift, present")
    sam.locator("#id_agent").select_option(label="Bo Lindqvist, Agent")
    sam.locator("#id_priority").select_option(label="High")
    sam.locator("#id_sample-text").fill("Could you wrap it as a gift?")
    sam.get_by_role("button", name="Try it").click()
    trial = sam.locator("#trial")
    expect(trial).to_contain_text("Gifts go to Bo decides")
    expect(trial).to_contain_text("At this moment Bo Lindqvist would get it: as the rule says")
    sam.locator("#id_sample-text").fill("Where is my parcel?")
    sam.get_by_role("button", name="Try it").click()
    expect(trial).to_contain_text("No rule fits")
    sam.get_by_role("button", name="Save rule").click()
    expect(sam.get_by_text("Gifts go to Bo").first).to_be_visible()

    written = floor.meta.write("kenji", world.ACME_PAGE, "It is a present for my sister.")
    chat = floor.arrives(written["id"])
    expect(bo.locator(f"#row-{chat}")).to_contain_text("It is a present for my sister.")
    bo.locator(f"#row-{chat}").get_by_role("link").first.click()
    why = bo.locator("#log .thread-why").last
    why.get_by_text("Why me?").click()
    expect(why).to_contain_text("A rule names you.")
    expect(why).to_contain_text("Gifts go to Bo")
    eventually(
        lambda: floor.rows("acme", "SELECT priority FROM chats WHERE id = %s", chat) == [(1,)], what="it presses"
    )
