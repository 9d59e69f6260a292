"""No screen breaks a rule of WCAG 2.2 AA that a machine can check, in either theme; none scrolls sideways."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.product import Product
from tests.system.conftest import new_context, sign_in

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}

OPEN_TO_ALL = [
    "/",
    "/styleguide/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/invitations/nothing/",
]
OWN = [
    "/workspaces/",
    "/workspaces/new/",
    "/account/",
    "/account/preferences/",
    "/account/addresses/",
    "/account/activity/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/sessions/",
    "/accounts/3rdparty/",
    "/accounts/logout/",
    "/mailbox/",
]
WORK = [
    "/",
    "/inbox/all/",
    "/inbox/mine/",
    "/inbox/unassigned/",
    "/inbox/mentions/",
    "/inbox/snoozed/",
    "/inbox/closed/",
    "/inbox/all/?priority=2&waiting=on",
    "/inbox/all/?q=nobody-of-this-name",
    "/inbox/hand-over/",
    "/going-off/",
    "/notifications/",
    "/search/?q=jacket",
    "/search/?q=xylophone",
    "/contacts/",
    "/contacts/import/",
    "/team/",
    "/team/fairness/",
    "/settings/",
    "/settings/replies/",
    "/settings/replies/new/",
    "/settings/channels/",
    "/settings/channels/new/",
    "/settings/channels/new/token/",
    "/settings/channels/app/",
    "/settings/labels/",
    "/settings/inbox/",
    "/settings/routing/",
    "/settings/routing/new/",
    "/settings/hours/",
    "/settings/members/",
    "/settings/invitations/",
    "/settings/security/",
    "/settings/ownership/",
    "/settings/activity/",
]
# What has no address of its own: the first of a list.
FIRST_OF = {
    "a chat": ("/inbox/all/", "a.chat-row__link", ""),
    "a chat of one's own": ("/inbox/mine/", "a.chat-row__link", ""),
    "a contact": ("/contacts/", "main a[href^='/contacts/0']", ""),
    "a contact to merge": ("/contacts/", "main a[href^='/contacts/0']", "merge/?q=a"),
    "a colleague": ("/team/", "main a[href^='/team/0']", ""),
    "a label": ("/settings/labels/", "main a[href^='/settings/labels/0']", ""),
    "a rule": ("/settings/routing/", "main a[href^='/settings/routing/0']", ""),
    "a canned reply": ("/settings/replies/", "main a[href^='/settings/replies/0']", ""),
    "a channel": ("/settings/channels/", "main a[href^='/settings/channels/0']", ""),
    "chats of a channel": ("/inbox/all/", "a[href^='/inbox/channel-']", ""),
    "chats of a label": ("/inbox/all/", "a[href^='/inbox/label-']", ""),
    "chats of a view": ("/inbox/all/", "a[href^='/inbox/view-']", ""),
    "a hit": ("/search/?q=jacket", "main a[href*='around=']", ""),
}
PEOPLE = b"Name,Phone\nMarta Ruiz,+34600100200\nNobody,12\n"


@pytest.fixture(scope="module", params=[(1440, "light"), (390, "dark")], ids=["wide-light", "narrow-dark"])
def ana(request: pytest.FixtureRequest, product: Product, browser: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = new_context(
        browser, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page, product, "ana@acme.example")
    yield page
    context.close()


@pytest.fixture(scope="module", params=[(390, "light"), (1440, "dark")], ids=["narrow-light", "wide-dark"])
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = new_context(
        browser, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_pages_open_to_all(product: Product, visitor: Page, path: str) -> None:
    visitor.goto(product.url + path)
    check(visitor)


@pytest.mark.parametrize("path", OWN)
def test_pages_of_a_person(product: Product, ana: Page, path: str) -> None:
    ana.goto(product.url + path)
    check(ana)


@pytest.mark.parametrize("path", WORK)
def test_pages_of_a_workspace(product: Product, ana: Page, path: str) -> None:
    ana.goto(product.workspace_url("acme") + path)
    check(ana)


@pytest.mark.parametrize("what", FIRST_OF)
def test_one_of_many(product: Product, ana: Page, what: str) -> None:
    path, link, part = FIRST_OF[what]
    ana.goto(product.workspace_url("acme") + path)
    ana.goto(product.workspace_url("acme") + str(ana.locator(link).first.get_attribute("href")) + part)
    check(ana)


def test_people_from_a_file(product: Product, ana: Page) -> None:
    ana.goto(f"{product.workspace_url('acme')}/contacts/import/")
    ana.locator("input[type=file]").set_input_files({"name": "p.csv", "mimeType": "text/csv", "buffer": PEOPLE})
    ana.get_by_role("button", name="Upload and look at it").click()
    expect(ana.get_by_text("Marta Ruiz").first).to_be_visible()
    check(ana)


# What opens over an open chat, and by what.
OVER_A_CHAT = {
    "whose it is": ("#assignee-button", "#assignee-menu .menu__filter"),
    "what else": ("#more-button", "#more-menu"),
    "emoji": ("#composer-reply [data-tool=emoji]", ".emoji"),
    "canned replies": ("#composer-reply [data-tool=replies]", "#reply-options"),
    "send later": ("#composer-reply [popovertarget=send-later]", "#send-later"),
}


@pytest.mark.parametrize("what", OVER_A_CHAT)
def test_over_a_chat(product: Product, ana: Page, what: str) -> None:
    opener, opened = OVER_A_CHAT[what]
    ana.goto(f"{product.workspace_url('acme')}/inbox/mine/")
    undrafted = ana.locator(".chat-row__link").filter(has_not_text="Draft:").first
    ana.goto(product.workspace_url("acme") + str(undrafted.get_attribute("href")))
    ana.locator(opener).click()
    expect(ana.locator(opened)).to_be_visible()
    check(ana)
    if what == "canned replies":
        ana.locator("#composer-reply textarea").fill("")


@pytest.mark.parametrize(("key", "name"), [("Control+k", "Commands"), ("?", "Keyboard shortcuts")])
def test_what_a_key_opens(product: Product, ana: Page, key: str, name: str) -> None:
    ana.goto(f"{product.workspace_url('acme')}/inbox/all/")
    expect(ana.locator("html")).to_have_attribute("data-live", "live")
    ana.keyboard.press(key)
    expect(ana.get_by_role("dialog", name=name)).to_be_visible()
    check(ana)


def check(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
