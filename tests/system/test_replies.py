"""Canned replies in a real browser: the variables there are those of the server."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.product import Product
from tests.system.conftest import sign_in
from tests.templates_app.test_rendering import CASES, values_for

IN_BROWSER = """async ([cases]) => {
  const { render, unknownIn } = await import("/static/js/lib/variables.js");
  return cases.map(([text, values]) => [render(text, values), unknownIn(text, values)]);
}"""
AS_COMPOSER = """async ([query, values]) => {
  await import("/static/js/behaviours/reply-options.js");
  const found = await fetch(`/replies/pick/?q=${query}`);
  const composer = Object.assign(document.createElement("div"), { innerHTML: await found.text() });
  composer.dataset.variables = values;
  document.body.append(composer);
  return [...composer.querySelectorAll("[role=option]")].map((option) => [option.dataset.text, option.textContent]);
}"""


@pytest.fixture
def bo(person: Callable[..., Page], product: Product) -> Page:
    page = person()
    sign_in(page, product, "bo@acme.example")
    page.goto(f"{product.url.replace('://', '://acme.')}/settings/replies/new/")
    return page


def test_both_renderings_agree(bo: Page):
    given = [[case["text"], values_for(case)] for case in CASES]
    assert bo.evaluate(IN_BROWSER, [given]) == [[case["rendered"], case.get("unknown", [])] for case in CASES]


def test_a_reply_is_written_with_its_variables_and_picked_with_the_chats_words(bo: Page):
    bo.get_by_label("Name").fill("Welcome")
    bo.get_by_label("Shortcut", exact=True).fill("welcome")
    text = bo.get_by_label("Text")
    text.fill("Hi !")
    text.press("ArrowLeft")
    bo.get_by_role("button", name="Customer's first name").click()
    expect(text).to_have_value("Hi {{contact.first_name}}!")
    expect(bo.get_by_text("Hi Rosa!")).to_be_visible()
    text.fill("Hi {{contact.first_name|there}}!")
    expect(bo.get_by_text("Hi there!")).to_be_visible()
    text.fill("Hi {{contact.frist_name}}!")
    expect(bo.get_by_text("There is no variable {{contact.frist_name}}")).to_be_visible()
    text.fill("Hi {{contact.first_name|there}}, {{channel.name}} here.")
    bo.get_by_role("button", name="Save reply").click()
    expect(bo.get_by_text("Type / in the composer to use it")).to_be_visible()

    values = json.dumps({"contact.first_name": "{{channel.name}}", "channel.name": "<b>Shop</b>"})
    ((inserted, shown),) = bo.evaluate(AS_COMPOSER, ["wel", values])
    assert inserted == "Hi {{channel.name}}, <b>Shop</b> here."
    assert inserted in shown
