"""Names and words that are written from the right, in places that are too narrow for them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.product import Product
from tests.system.conftest import sign_in

LONG = "أول كلمة ثم الثانية ثم الثالثة ثم الرابعة ثم الخامسة ثم السادسة ثم السابعة ثم الثامنة ثم التاسعة ثم العاشرة"
# Whether its first letters are within what is seen of the place.
BEGINS_IN_SIGHT = """(words, text) => {
  words.textContent = text;
  const range = document.createRange();
  range.setStart(words.firstChild, 0);
  range.setEnd(words.firstChild, 3);
  const [seen, first] = [words.parentElement, range].map((one) => one.getBoundingClientRect());
  return first.left >= seen.left - 1 && first.right <= seen.right + 1;
}"""


@pytest.mark.parametrize(
    "place",
    [
        "#rows .chat-row__last > bdi:last-child",
        "#rows .chat-row__name",
        "#boxes .nav__label > bdi",
        ".list-head__title > bdi",
        ".thread-head__person > bdi",
    ],
)
def test_what_is_cut_keeps_its_beginning(person: Callable[..., Page], product: Product, place: str) -> None:
    page = person(viewport={"width": 1440, "height": 900})
    sign_in(page, product, "bo@acme.example")
    page.goto(f"{product.workspace_url('acme')}/inbox/all/")
    page.locator("#rows .chat-row__link").first.click()
    page.locator(".thread-head__person").wait_for()
    assert page.locator(place).first.evaluate(BEGINS_IN_SIGHT, LONG)
