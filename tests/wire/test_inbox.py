"""The inbox as agents have it, from the customer's word to the tick that says it was read: two browsers, no mock."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.sandbox import world
from tests.product import eventually
from tests.system.conftest import chromium, person, sign_in
from tests.system.test_accessibility import check
from tests.wire.wire import Wire

__all__ = ["person"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def inbox(wire: Wire, person: Callable[..., Page]) -> Callable[..., Page]:
    def open_inbox(name: str, box: str = "unassigned", **options: Any) -> Page:
        page = person(**options)
        sign_in(page, wire.product, f"{name}@acme.example")
        page.goto(f"{wire.product.workspace_url('acme')}/inbox/{box}/")
        if options.get("java_script_enabled", True):
            expect(page.locator("html")).to_have_attribute("data-live", "live")
        return page

    return open_inbox


def row(page: Page, chat: str) -> Any:
    return page.locator(f"#row-{chat}")


def status_of(wire: Wire, text: str) -> str:
    """Empty while it is on its way to us: a page shows it before it is anywhere else."""
    found = wire.rows("acme", "SELECT status FROM messages WHERE text = %s", text)
    return str(found[0][0]) if found else ""


def test_a_customer_is_answered(wire: Wire, inbox: Callable[..., Page]) -> None:
    ana, bo = inbox("ana"), inbox("bo")

    first = wire.meta.write("rosa", world.ACME_PAGE, "Is the blue jacket back?")
    chat = wire.arrives(first["id"])
    expect(row(ana, chat)).to_contain_text("Is the blue jacket back?")
    expect(row(bo, chat)).to_contain_text("Is the blue jacket back?")

    row(ana, chat).get_by_role("link").first.click()
    expect(ana.locator("#log")).to_contain_text("Is the blue jacket back?")
    ana.keyboard.press("Escape")
    ana.locator("#assignee-button").click()
    ana.get_by_role("button", name="Take it").click()
    expect(ana.locator("#assignee-button")).to_contain_text("You")
    expect(ana.locator("#log")).to_contain_text("took")
    eventually(lambda: (bo.wait_for_timeout(50), row(bo, chat).count() == 0)[1], what="it left Bo's list")

    reply = ana.locator("#composer-reply-text")
    reply.fill("Since this morning, in all sizes.")
    reply.press("Enter")
    bubble = ana.locator("#log article", has_text="Since this morning, in all sizes.")
    expect(bubble).to_have_count(1)
    expect(bubble).to_have_attribute("data-status", "DELIVERED")
    expect(reply).to_have_value("")

    wire.meta.act("reads", "rosa", world.ACME_PAGE)
    expect(bubble).to_have_attribute("data-status", "READ")
    expect(bubble).to_have_count(1)
    assert status_of(wire, "Since this morning, in all sizes.") == "READ"
    taken = [one for one in wire.accepted() if one["text"] == "Since this morning, in all sizes."]
    assert len(taken) == 1


def test_both_agents_in_one_chat(wire: Wire, inbox: Callable[..., Page]) -> None:
    chat = wire.chat_with("amara", world.ACME_PAGE)
    ana, bo = inbox("ana", f"all/{chat}"), inbox("bo", f"all/{chat}")
    written = ana.locator("#composer-reply-text")
    written.fill("Hello Amara, how can I help?")
    bo.locator("#composer-reply-text").fill("Good morning!")
    bo.locator("#composer-reply-text").press("Enter")
    expect(ana.locator("#log")).to_contain_text("Good morning!")

    # He was faster: she is asked before hers goes, and a double click is one message.
    written.press("Enter")
    asked = ana.get_by_role("dialog")
    expect(asked).to_contain_text("Good morning!")
    assert wire.rows("acme", "SELECT count(*) FROM messages WHERE chat_id = %s AND direction = 'OUT'", chat) == [(1,)]
    asked.get_by_role("button", name="Send anyway").dblclick()
    expect(bo.locator("#log")).to_contain_text("Hello Amara, how can I help?")
    eventually(lambda: status_of(wire, "Hello Amara, how can I help?") not in {"", "QUEUED"}, what="it went")
    sent = "SELECT count(*) FROM messages WHERE chat_id = %s AND text = %s"
    assert wire.rows("acme", sent, chat, "Hello Amara, how can I help?") == [(1,)]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_an_open_chat_breaks_no_rule_of_access(wire: Wire, inbox: Callable[..., Page], width: int, theme: str) -> None:
    chat = wire.chat_with("rosa", world.ACME_PAGE)
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": theme, "reduced_motion": "reduce"}
    page = inbox("ana", f"all/{chat}", **look)
    expect(page.locator("#log article").first).to_be_visible()
    check(page)


def test_without_javascript(wire: Wire, inbox: Callable[..., Page]) -> None:
    written = wire.meta.write("rosa", world.ACME_NUMBER, "Do you ship to Bogotá?")
    chat = wire.arrives(written["id"])
    page = inbox("sam", "all", java_script_enabled=False)
    row(page, chat).get_by_role("link").first.click()
    expect(page.locator("#log")).to_contain_text("Do you ship to Bogotá?")
    page.locator("#composer-reply-text").fill("We do, in five days.")
    page.get_by_role("button", name="Send", exact=True).first.click()
    expect(page.locator("#log")).to_contain_text("We do, in five days.")
    page.locator("#state-button").click()
    expect(page.locator("#log")).to_contain_text("closed")
    eventually(lambda: status_of(wire, "We do, in five days.") in {"DELIVERED", "READ"}, what="it arrived")
    assert wire.rows("acme", "SELECT state FROM chats WHERE id = %s", chat) == [("CLOSED",)]


def test_with_a_thumb(wire: Wire, inbox: Callable[..., Page]) -> None:
    chat = wire.chat_with("rosa", world.ACME_PAGE)
    page = inbox("ana", "all", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    lists, thread = page.locator("#list"), page.locator("#thread")
    expect(thread).to_be_hidden()
    row(page, chat).get_by_role("link").first.tap()
    expect(thread).to_be_visible()
    expect(lists).to_be_hidden()
    page.locator("#composer-reply-text").fill("Answered on the way.")
    page.get_by_role("button", name="Send", exact=True).first.tap()
    expect(page.locator("#log")).to_contain_text("Answered on the way.")
    page.get_by_role("link", name="Back to the list").tap()
    expect(lists).to_be_visible()
    expect(thread).to_be_hidden()
    page.go_back()
    expect(thread).to_be_visible()
    eventually(lambda: status_of(wire, "Answered on the way.") in {"DELIVERED", "READ"}, what="it arrived")


def test_without_a_mouse(wire: Wire, inbox: Callable[..., Page]) -> None:
    first = wire.meta.write("amara", world.ACME_PAGE, "Can it be gift-wrapped?")
    chat = wire.arrives(first["id"])
    page = inbox("ana", "all")
    expect(row(page, chat)).to_contain_text("Can it be gift-wrapped?")
    # The newest stands first.
    page.keyboard.press("j")
    expect(page.locator("#log")).to_contain_text("Can it be gift-wrapped?")
    page.keyboard.press("r")
    expect(page.locator("#composer-reply-text")).to_be_focused()
    page.keyboard.type("With a ribbon, too.")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("With a ribbon, too.")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("#state-button")).to_contain_text("Reopen")
    eventually(lambda: status_of(wire, "With a ribbon, too.") in {"DELIVERED", "READ"}, what="it arrived")
    assert wire.rows("acme", "SELECT state FROM chats WHERE id = %s", chat) == [("CLOSED",)]
