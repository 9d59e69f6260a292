"""From a search into the chat and from hit to hit; labels that others make show without a reload; canned replies out of
the command menu."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from pages.sandbox import world
from tests.system.test_accessibility import check
from tests.wire.test_inbox import browser, inbox, person
from tests.wire.wire import Wire

__all__ = ["browser", "inbox", "person"]

HIT = "#items article[data-hit]"


def written(wire: Wire, name: str, between: int) -> str:
    """A word at the beginning and at the end of a long chat; its chat."""
    wire.meta.write(name, world.ACME_PAGE, "Is the quokka there?")
    for number in range(between):
        wire.meta.write(name, world.ACME_PAGE, f"And number {number}?")
    last = wire.meta.write(name, world.ACME_PAGE, "The QUOKKA, I mean")
    return str(wire.arrives(last["id"]))


def test_from_hit_to_hit(wire: Wire, inbox: Callable[..., Page]) -> None:
    chat = written(wire, "rosa", between=60)
    page = inbox("ana", reduced_motion="reduce")
    page.goto(f"{wire.product.workspace_url('acme')}/search/?q=quokka")
    page.locator(f"main a[href*='{chat}']").first.click()
    says = page.locator("thread-find [data-says]")
    marked = page.locator(HIT).locator("mark")
    expect(says).to_contain_text("2 of 2")
    expect(marked).to_be_in_viewport()
    check(page)

    # Around the end to the oldest, which is not loaded: the window around it comes.
    page.keyboard.press("f")
    expect(says).to_contain_text("1 of 2")
    expect(page.locator(HIT)).to_contain_text("Is the quokka there?")
    expect(marked).to_be_in_viewport()
    # A message that is drawn anew keeps its mark.
    with page.expect_response(lambda response: "messages/?ids=" in response.url):
        page.evaluate(
            "document.dispatchEvent(new CustomEvent('live:message', {detail: {"
            "chat: document.querySelector('chat-thread').dataset.chat,"
            "message: document.querySelector('#items [data-hit]').id.slice(8)}}))"
        )
    expect(marked).to_have_count(1)
    page.get_by_label("Previous hit").click()
    expect(says).to_contain_text("2 of 2")
    expect(page.get_by_label("Previous hit")).to_be_focused()

    page.locator("#log").focus()
    page.keyboard.press("Escape")
    expect(page.locator("thread-find")).to_have_count(0)
    expect(page.locator("#items mark")).to_have_count(0)
    assert "find=" not in page.url


def test_hits_without_scripts(wire: Wire, inbox: Callable[..., Page]) -> None:
    chat = written(wire, "amara", between=1)
    page = inbox("sam", java_script_enabled=False)
    page.goto(f"{wire.product.workspace_url('acme')}/search/?q=quokka")
    page.locator(f"main a[href*='{chat}']").first.click()
    expect(page.locator("thread-find")).to_contain_text("2 of 2")
    page.get_by_label("Previous hit").click()
    expect(page.locator("thread-find")).to_contain_text("1 of 2")
    expect(page.locator(HIT).locator("mark")).to_be_in_viewport()


def test_a_canned_reply_out_of_the_command_menu(wire: Wire, inbox: Callable[..., Page]) -> None:
    chat = written(wire, "rosa", between=0)
    page = inbox("bo", f"all/{chat}")
    page.goto(f"{wire.product.workspace_url('acme')}/settings/replies/new/")
    page.get_by_label("Name", exact=False).first.fill("Quokka greeting")
    page.locator("textarea").first.fill("A quokka for {{contact.name|you}}")
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    page.goto(f"{wire.product.workspace_url('acme')}/inbox/all/{chat}/")
    field = page.locator("#composer-reply-text")
    field.fill("Hello")
    page.locator("#log").focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("quokka")
    page.locator("#commands [role=option]", has_text="Quokka greeting").click()
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile(r"^Hello A quokka for [^{]+$"))


def test_labels_change_on_open_screens(wire: Wire, inbox: Callable[..., Page]) -> None:
    bo, sam = inbox("bo", "all"), inbox("sam", "all")
    sam.goto(f"{wire.product.workspace_url('acme')}/settings/labels/")
    sam.get_by_label("Name").first.fill("Quokkas")
    sam.get_by_role("button", name=re.compile("^(Add|Create|Make|Save)")).first.click()
    expect(bo.locator("#boxes").get_by_text("Quokkas")).to_be_visible()
    expect(bo.locator("#filter-label option", has_text="Quokkas")).to_have_count(1)
    expect(bo.locator("#bulk-label", has_text="Quokkas")).to_have_count(1)
    # From a page without boxes the command menu knows it, too.
    bo.goto(f"{wire.product.workspace_url('acme')}/contacts/")
    bo.keyboard.press("Control+k")
    bo.keyboard.type("quokkas")
    expect(bo.locator("#commands [role=option]").first).to_contain_text("Quokkas")
    bo.keyboard.press("Enter")
    bo.wait_for_url("**/inbox/label-*/")
    assert bo.get_by_role("heading", name="Quokkas").is_visible()
