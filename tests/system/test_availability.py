"""How one stands: said without leaving the page, seen by colleagues at once; what is asked before one goes."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.product import Product
from tests.system.conftest import sign_in


def at_work(person: Any, product: Product, email: str, path: str, **options: Any) -> Page:
    page: Page = person(**options)
    sign_in(page, product, email)
    page.goto(f"{product.workspace_url('acme')}{path}")
    page.wait_for_selector("html[data-live=live]")
    return page


def test_away_by_keyboard_and_a_colleague_sees_it(person: Any, product: Product) -> None:
    mei = at_work(person, product, "mei@acme.example", "/inbox/mine/")
    ana = at_work(person, product, "ana@acme.example", "/team/")
    row = ana.get_by_role("row").filter(has_text="mei@acme.example")
    expect(row).to_contain_text("Online")

    own = mei.locator("#availability-button")
    own.focus()
    for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):
        mei.keyboard.press(key)

    expect(own).to_have_accessible_name("Availability: Away. Change it")
    expect(own).to_be_focused()
    expect(row).to_contain_text("Away")

    own.click()
    mei.locator("#availability-menu").get_by_role("button", name="Online").click()
    expect(own).to_have_accessible_name("Availability: Online. Change it")
    expect(row).to_contain_text("Online")


def test_who_goes_off_says_what_becomes_of_the_chats(person: Any, product: Product) -> None:
    mei = at_work(person, product, "mei@acme.example", "/")
    mei.get_by_role("group", name="Availability").get_by_role("button", name="Off").click()
    question = mei.get_by_role("dialog", name="You are going off")
    expect(question).to_contain_text("What becomes of them?")
    expect(question.get_by_label("To whom")).to_be_hidden()
    question.get_by_label("Hand them over").check()
    expect(question.get_by_label("To whom")).to_be_visible()
    question.get_by_role("button", name="Go off").click()
    expect(question.get_by_label("To whom")).to_be_focused()
    mei.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(mei.get_by_role("heading", name="You are online")).to_be_visible()

    mei.get_by_role("group", name="Availability").get_by_role("button", name="Off").click()
    question.get_by_role("button", name="Go off").click()
    expect(mei.get_by_role("heading", name="You are off")).to_be_visible()
    mei.get_by_role("group", name="Availability").get_by_role("button", name="Online").click()
    expect(mei.get_by_role("heading", name="You are online")).to_be_visible()


def test_without_scripts_it_is_a_page(person: Any, product: Product) -> None:
    mei: Page = person(java_script_enabled=False)
    sign_in(mei, product, "mei@acme.example")
    mei.goto(f"{product.workspace_url('acme')}/")
    mei.get_by_role("group", name="Availability").get_by_role("button", name="Away").click()
    expect(mei.get_by_role("heading", name="You are away")).to_be_visible()
    mei.get_by_role("group", name="Availability").get_by_role("button", name="Off").click()
    expect(mei.get_by_role("heading", name="You are going off")).to_be_visible()
    mei.get_by_role("button", name="Go off").click()
    expect(mei.get_by_role("heading", name="You are off")).to_be_visible()
    mei.get_by_role("group", name="Availability").get_by_role("button", name="Online").click()
    expect(mei.get_by_role("heading", name="You are online")).to_be_visible()
