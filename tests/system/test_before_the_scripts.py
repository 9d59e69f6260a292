"""On a slow line a page is used before its scripts are there: what was done until then counts."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.product import Product
from tests.system.conftest import before_the_scripts, sign_in


def test_a_name_is_proposed_as_an_address(product: Product, person: Callable[..., Page]) -> None:
    page = person()
    address = page.get_by_label("Workspace address")
    with before_the_scripts(page, f"{product.url}/accounts/signup/"):
        page.get_by_label("Workspace name").fill("Nordwind Touren")
        expect(address).to_have_value("")
    expect(address).to_have_value("nordwind-touren")


def test_an_address_is_looked_up_and_not_written_over(product: Product, person: Callable[..., Page]) -> None:
    page = person()
    with before_the_scripts(page, f"{product.url}/accounts/signup/"):
        page.get_by_label("Workspace address").fill("acme")
        page.get_by_label("Workspace name").fill("Nordwind Touren")
    expect(page.get_by_text("This address is taken.")).to_be_visible()
    expect(page.get_by_label("Workspace address")).to_have_value("acme")


def test_a_chosen_theme_is_shown(product: Product, person: Callable[..., Page]) -> None:
    page = person()
    sign_in(page, product, "ana@acme.example")
    with before_the_scripts(page, f"{product.url}/account/preferences/"):
        page.get_by_text("Dark", exact=True).click()
        expect(page.locator("html")).to_have_attribute("data-theme", "auto")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_room_left_is_counted(product: Product, person: Callable[..., Page]) -> None:
    page = person()
    sign_in(page, product, "ana@acme.example")
    with before_the_scripts(page, f"{product.url}/account/"):
        about = page.locator("char-count textarea")
        about.fill("x" * (int(about.get_attribute("maxlength") or 0) - 3))
    expect(page.locator("char-count output")).to_have_text("3 characters left")


def test_an_opened_dialog_with_its_word_stays_open(product: Product, person: Callable[..., Page]) -> None:
    page = person()
    sign_in(page, product, "ana@acme.example")
    with before_the_scripts(page, f"{product.url}/styleguide/"):
        page.locator("confirm-dialog summary").first.click()
        word = page.locator("confirm-dialog dialog").first.locator("[data-word]")
        word.fill(word.get_attribute("data-word") or "")
    dialog = page.locator("confirm-dialog dialog:modal")
    expect(dialog.locator("[data-word]")).not_to_have_value("")
    expect(dialog.locator("form button:not([type=button])")).to_be_enabled()
