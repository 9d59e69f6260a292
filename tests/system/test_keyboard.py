"""Without a mouse: the command menu, single letters, the list of them, and where the focus is afterwards."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.product import Product
from tests.system.conftest import sign_in
from tests.system.test_accessibility import RULES


@pytest.fixture
def bo(person: Callable[..., Page], product: Product) -> Page:
    page = person(reduced_motion="reduce")
    sign_in(page, product, "bo@acme.example")
    page.goto(f"{product.workspace_url('acme')}/inbox/all/")
    return page


def open_first(page: Page) -> None:
    page.locator("#rows a").first.click()
    page.locator("#log").wait_for()
    # Until it is there whole, it takes no keys.
    expect(page.locator("#thread")).not_to_have_attribute("inert", "")
    page.locator("#log").focus()


def test_letters_lead_through_the_inbox(bo: Page):
    bo.keyboard.press("g")
    bo.keyboard.press("c")
    bo.wait_for_url("**/inbox/closed/")
    bo.keyboard.press("/")
    bo.wait_for_url("**/search/")
    field = bo.get_by_label("Search people and messages")
    expect(field).to_be_focused()
    # There they are letters.
    bo.keyboard.type("gm?")
    expect(field).to_have_value("gm?")
    bo.wait_for_url("**/search/?q=gm*")
    bo.evaluate("document.activeElement.blur()")
    bo.keyboard.press("/")
    expect(field).to_be_focused()


def test_the_list_of_shortcuts_gives_the_focus_back(bo: Page):
    bo.get_by_role("button", name="Filter", exact=True).focus()
    bo.keyboard.press("?")
    help_dialog = bo.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_dialog).to_be_visible()
    assert Axe().run(bo, options=RULES).violations_count == 0
    # Letters are still while it is open.
    bo.keyboard.press("g")
    bo.keyboard.press("c")
    bo.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    expect(bo.get_by_role("button", name="Filter", exact=True)).to_be_focused()
    assert bo.url.endswith("/inbox/all/")


def test_commands_are_what_the_page_allows(bo: Page):
    bo.keyboard.press("Control+k")
    field = bo.get_by_role("combobox", name="What do you want to do?")
    expect(field).to_be_focused()
    assert Axe().run(bo, options=RULES).violations_count == 0
    names = bo.locator("#commands [role=option] [data-name]").all_inner_texts()
    # An agent manages neither members nor labels, and no chat is open.
    assert {"Mine", "Search", "Canned replies", "Dark theme", "Sign out"} <= set(names)
    assert not {"Members", "Labels", "Audit log", "Close this chat"} & set(names)
    bo.keyboard.type("snzd")
    chosen = bo.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(chosen).to_contain_text("Snoozed")
    bo.keyboard.press("Enter")
    bo.wait_for_url("**/inbox/snoozed/")


def test_words_that_are_no_command_are_searched_for(bo: Page):
    bo.keyboard.press("Control+k")
    bo.keyboard.type("blue parcel")
    bo.keyboard.press("Enter")
    bo.wait_for_url("**/search/?q=blue*parcel")
    assert "/search/" in bo.url


def test_the_theme_is_turned_and_kept(bo: Page):
    bo.keyboard.press("Control+k")
    bo.keyboard.type("dark th")
    with bo.expect_response("**/theme/"):
        bo.keyboard.press("Enter")
    bo.reload()
    expect(bo.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_menu_opened_by_a_letter_is_gone_through_by_keys(bo: Page):
    open_first(bo)
    bo.keyboard.press("s")
    expect(bo.get_by_role("button", name="For an hour")).to_be_focused()
    bo.keyboard.press("ArrowDown")
    expect(bo.get_by_role("button", name="For 3 hours")).to_be_focused()
    bo.keyboard.press("Escape")
    expect(bo.locator("#log")).to_be_focused()


def test_who_is_called_so_comes_before_who_has_it_in_the_name(bo: Page):
    open_first(bo)
    bo.keyboard.press("a")
    expect(bo.get_by_label("Search colleagues")).to_be_focused()
    bo.keyboard.type("ana")
    shown = bo.locator("#assignee-menu [data-words]:visible")
    # And not Mei Tanaka.
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Ana Alvarez")


def test_one_escape_leaves_a_menu_in_which_was_typed(bo: Page):
    open_first(bo)
    bo.keyboard.press("l")
    expect(bo.get_by_label("Search labels")).to_be_focused()
    bo.keyboard.type("ref")
    bo.keyboard.press("Escape")
    expect(bo.locator("#labels-menu")).to_be_hidden()
    expect(bo.locator("#log")).to_be_focused()


def test_two_clicks_are_one_and_leave_the_focus_on_the_button(bo: Page):
    open_first(bo)
    button = bo.locator("#state-button")
    expect(button).to_contain_text("Close")
    button.dblclick()
    expect(button).to_contain_text("Reopen")
    expect(button).to_be_focused()
    # The second click of two that is slower than the server.
    button.dispatch_event("click", {"detail": 2})
    with bo.expect_response("**/state/") as answered:
        button.click()
    assert answered.value.request.post_data.endswith("to=OPEN")
    expect(button).to_contain_text("Close")


def test_what_is_done_offline_is_said_to_be_undone(bo: Page):
    open_first(bo)
    bo.context.set_offline(True)
    bo.locator("#state-button").click()
    expect(bo.get_by_text("You are offline: nothing was changed.")).to_be_visible()
    bo.context.set_offline(False)
    bo.locator("#state-button").click()
    expect(bo.locator("#state-button")).to_contain_text("Reopen")
    expect(bo.get_by_text("You are offline: nothing was changed.")).to_have_count(0)


def test_keys_wait_for_the_chat_that_was_chosen(bo: Page):
    open_first(bo)
    thread, first = bo.locator("#thread"), bo.locator(".thread-head__name").inner_text()
    held: list[Route] = []
    bo.route("**/inbox/all/*/?**", lambda route: held.append(route))
    with bo.expect_request("**/inbox/all/*/?**"):
        bo.keyboard.press("j")
        # Not of the chat that is still shown.
        bo.keyboard.press("e")
    expect(thread).to_have_attribute("inert", "")
    expect(bo.locator("#state-button")).to_contain_text("Close")
    held[0].continue_()
    bo.unroute("**/inbox/all/*/?**")
    expect(bo.locator(".thread-head__name")).not_to_have_text(first)
    expect(thread).not_to_have_attribute("inert", "")
    bo.keyboard.press("e")
    expect(bo.locator("#state-button")).to_contain_text("Reopen")


def test_what_could_not_be_opened_is_not_marked_as_open(bo: Page):
    open_first(bo)
    thread, address = bo.locator(".thread-head__name"), bo.url
    first, row = thread.inner_text(), bo.locator("#rows .chat-row__link[aria-current]")
    bo.context.set_offline(True)
    with bo.expect_event("requestfailed", lambda request: "/inbox/all/" in request.url):
        bo.locator("#rows .chat-row__link:not([aria-current])").first.click()
    # An answer goes to whom the list, the title and the address name.
    expect(row).to_contain_text(first)
    assert first in bo.title()
    assert bo.url == address
    bo.context.set_offline(False)
    bo.keyboard.press("j")
    expect(thread).not_to_have_text(first)
    expect(row).to_contain_text(thread.inner_text())


def test_what_is_changed_in_the_contact_gives_the_focus_back(bo: Page, product: Product):
    bo.goto(f"{product.workspace_url('acme')}/contacts/")
    bo.locator("main .person__name").first.click()
    expect(bo.locator("contact-panel:defined")).to_be_visible()
    opener = bo.locator("summary", has_text="Add a fact")
    opener.focus()
    bo.keyboard.press("Enter")
    expect(bo.get_by_label("What it is").locator("visible=true")).to_be_focused()
    bo.keyboard.type("Shoe width")
    bo.keyboard.press("Tab")
    bo.keyboard.type("wide")
    bo.keyboard.press("Enter")
    expect(bo.locator(".contact-fact", has_text="Shoe width")).to_be_visible()
    expect(opener).to_be_focused()
    change = bo.get_by_label("Change Shoe width")
    change.focus()
    bo.keyboard.press("Enter")
    bo.get_by_label("Value").locator("visible=true").fill("narrow")
    bo.keyboard.press("Enter")
    expect(bo.locator(".contact-fact", has_text="narrow")).to_be_visible()
    expect(change).to_be_focused()
    assert bo.locator(".contact-edit[open]").count() == 0


# The last: Bo goes without them from here on.
def test_single_letters_can_be_switched_off(bo: Page, product: Product):
    here = bo.url
    bo.goto(f"{product.url}/account/preferences/")
    bo.get_by_role("switch", name="Keyboard shortcuts").set_checked(False)
    bo.get_by_role("button", name="Save preferences").click()
    bo.goto(here)
    expect(bo.locator("body")).to_have_attribute("data-shortcuts", "off")
    bo.keyboard.press("?")
    bo.keyboard.press("/")
    expect(bo.get_by_role("dialog")).to_have_count(0)
    assert bo.url == here
    # What is pressed with Ctrl is no single letter.
    bo.keyboard.press("Control+k")
    expect(bo.get_by_role("combobox", name="What do you want to do?")).to_be_focused()
