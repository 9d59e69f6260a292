"""The page on which a person plays the customers, in a real browser."""

import shutil
from collections.abc import Iterator

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pages.sandbox import world
from pages.sandbox.server import Sandbox
from tests.pages.sandbox.conftest import Caller, Receiver, code_of
from tests.product import PATIENCE

pytestmark = pytest.mark.browser
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)))
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])


@pytest.fixture
def screen(request: pytest.FixtureRequest, browser: Browser, meta: Sandbox) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": getattr(request, "param", 1440), "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    screen = context.new_page()
    problems: list[object] = []
    screen.on("pageerror", lambda error: problems.append(error))
    screen.goto(f"{meta.url}/#{world.ACME_PAGE}:yusuf,{world.ACME_NUMBER}:hubert")
    yield screen
    assert problems == []
    assert screen.evaluate("document.documentElement.scrollWidth") <= getattr(request, "param", 1440)
    context.close()


BOTH = pytest.mark.parametrize("screen", [390, 1440], indirect=True)


@BOTH
def test_a_conversation(meta: Sandbox, screen: Page, page: Caller, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    phone = screen.locator(".phone").first
    phone.get_by_label("Message").fill("مرحبا")
    phone.get_by_label("Message").press("Enter")
    expect(phone.locator(".in .bubble")).to_have_text("مرحبا")
    yusuf = meta.record("customer")[0]["sender_id"]
    replies = [{"content_type": "text", "title": "نعم", "payload": "YES"}]

    page.send(world.ACME_PAGE, recipient={"id": yusuf}, sender_action="typing_on")
    expect(phone.get_by_text("The business is typing")).to_be_visible()
    page.send(world.ACME_PAGE, recipient={"id": yusuf}, message={"text": "Blue?", "quick_replies": replies})
    expect(phone.get_by_text("Blue?")).to_be_visible()
    expect(phone.get_by_text("delivered")).to_be_visible()
    phone.get_by_role("button", name="Read", exact=True).click()
    expect(phone.locator("small.read")).to_be_visible()
    phone.get_by_role("button", name="نعم").click()
    expect(phone.locator(".in .bubble").last).to_have_text("نعم")
    phone.locator(".in .bubble").first.click()
    phone.get_by_role("button", name="Unsend").click()
    expect(phone.locator(".in .bubble").first).to_have_text("unsent")

    expect(screen.locator("#webhooks")).to_contain_text("quick_reply")
    expect(screen.locator("#waiting")).to_have_text("All taken")
    assert [one.response["violations"] for one in [Axe().run(screen)]] == [[]]


def test_a_fault_is_switched_on_and_off(meta: Sandbox, screen: Page) -> None:
    fault = screen.get_by_role("button", name="Window closed")
    fault.press("Enter")
    expect(fault).to_have_attribute("aria-pressed", "true")
    assert [one["do"] for one in meta.get("faults")] == ["closed"]
    fault.press("Enter")
    expect(fault).to_have_attribute("aria-pressed", "false")
    assert meta.get("faults") == []


@pytest.mark.parametrize(("label", "subcode"), [("Password changed", 460), ("Token expired", 463)])
def test_tokens_end_and_work_again(label: str, subcode: int, meta: Sandbox, screen: Page, page: Caller) -> None:
    button = screen.get_by_role("button", name=label)
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert code_of(page("GET", world.ACME_PAGE)) == (400, 190, subcode)
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page("GET", world.ACME_PAGE).status_code == 200


def test_a_picture_and_a_story_with_words(meta: Sandbox, screen: Page) -> None:
    phone = screen.locator(".phone").first
    expect(phone.get_by_role("button", name="Story reply")).to_have_count(0)
    phone.locator("select.account").select_option("Instagram: Acme Outfitters")
    expect(phone.get_by_role("button", name="Location")).to_have_count(0)
    for label, words in (("Story reply", "Lovely story"), ("Picture", "My tent")):
        phone.get_by_label("Message").fill(words)
        phone.get_by_role("button", name=label).click()
        expect(phone.locator(".in .bubble").last).to_contain_text(words)
    assert [(one["type"], one["text"]) for one in meta.record("customer")] == [
        ("story_reply", "Lovely story"),
        ("image", "My tent"),
    ]


def test_what_the_business_sends_is_seen(meta: Sandbox, screen: Page, number: Caller) -> None:
    # Another address behind the # alone opens no page, and the one that is open writes its own there.
    screen.goto("about:blank")
    screen.goto(f"{meta.url}/#{world.ACME_NUMBER}:rosa")
    picture = requests.get(f"{meta.url}/_sandbox/files/photo.png", timeout=5).content
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    files = {"file": ("a.png", picture, "image/png")}
    media = number("POST", f"{world.ACME_NUMBER}/media", data=form, files=files).json()["id"]
    meta.write("rosa", world.ACME_NUMBER, "hola")
    body = {"messaging_product": "whatsapp", "to": "573000000001", "type": "image", "image": {"id": media}}
    assert number.send(world.ACME_NUMBER, **body).ok
    shown = screen.locator(".out .bubble img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 320)


@BOTH
def test_another_customer_joins_and_leaves(meta: Sandbox, screen: Page) -> None:
    screen.get_by_role("button", name="Add a customer").click()
    phones = screen.locator(".phone")
    expect(phones).to_have_count(3)
    phones.last.locator("select.customer").select_option("Kenji Sato")
    phones.last.locator("select.account").select_option("WhatsApp: Globex Travel")
    phones.last.get_by_role("button", name="Sticker").click()
    expect(phones.last.locator("img[alt=sticker]")).to_be_visible()
    assert meta.record("customer")[0]["account"] == world.GLOBEX_NUMBER
    phones.last.get_by_role("button", name="Close this customer").click()
    expect(phones).to_have_count(2)
