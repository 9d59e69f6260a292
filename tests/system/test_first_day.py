"""A workspace's first day, from sign-up to the audit log, as two people live it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.product import Product
from tests.system.otp import code_for

PASSWORD = "correct horse battery"


@pytest.fixture
def nora(product: Product, person: Callable[..., Page]) -> Page:
    """Signed up a workspace of her own, in Chromium, with the code from her mail."""
    page = person(timezone_id="Europe/Berlin")
    page.goto(f"{product.url}/")
    page.get_by_role("link", name="Make a workspace").first.click()
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Quinn")
    page.get_by_label("E-mail").fill("nora@nordlicht.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Workspace name").fill("Nordlicht Reisen")
    expect(page.get_by_label("Workspace address")).to_have_value("nordlicht-reisen")
    page.get_by_role("button", name="Make the workspace").click()
    expect(page.get_by_role("heading", name="Confirm your e-mail")).to_be_visible()
    mail = product.mail_to("nora@nordlicht.example", "code")
    page.get_by_label("Code").fill(found(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.body))
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(f"{product.workspace_url('nordlicht-reisen')}/")
    return page


def test_from_sign_up_to_the_audit_log(product: Product, nora: Page, person: Callable[..., Page]) -> None:
    here = product.workspace_url("nordlicht-reisen")

    invite(nora, here, "tom@nordlicht.example")
    tom = person()
    join(tom, found(r"http\S+/invitations/\S+", product.mail_to("tom@nordlicht.example").body))
    expect(tom).to_have_url(f"{here}/")

    secret = protect_with_totp(tom, product)
    sign_in_again(tom, here, "tom@nordlicht.example", secret)
    expect(tom).to_have_url(f"{here}/")

    promote_in_admin(nora, here, "Tom Weber")
    tom.goto(f"{here}/settings/activity/")
    log = tom.get_by_role("main")
    for line in ["Invited tom@nordlicht.example as member", "Joined the workspace", "Made Tom Weber Supervisor"]:
        expect(log.get_by_text(line)).to_be_visible()


def invite(page: Page, here: str, email: str) -> None:
    page.goto(f"{here}/settings/invitations/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name=re.compile("invitation|invite", re.I)).last.click()
    expect(page.get_by_text(f"The invitation is on its way to {email}")).to_be_visible()


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("First name").fill("Tom")
    page.get_by_label("Last name").fill("Weber")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name=re.compile("join", re.I)).click()


def protect_with_totp(page: Page, product: Product) -> str:
    page.goto(f"{product.url}/accounts/2fa/totp/activate/")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    secret = found(r"\b[A-Z2-7]{32}\b", page.content())
    led_to = page.get_by_role("heading", name=re.compile("recovery codes", re.I)).first
    give_code(page.get_by_label("Authenticator code"), secret, "Switch on", led_to)
    return secret


def sign_in_again(page: Page, here: str, email: str, secret: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{here}/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    led_to = page.get_by_text("Your position here is Agent")
    give_code(page.get_by_label("Code", exact=True), secret, "Continue", led_to)


def give_code(field: Locator, secret: str, button: str, led_to: Locator) -> None:
    """As a person does: a code that ended on its way is followed by the next."""
    page = field.page
    for _ in range(3):
        field.fill(code_for(secret))
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()
        expect(led_to.or_(field)).to_be_visible()
        if led_to.is_visible():
            return
    raise AssertionError("no code was taken")


def promote_in_admin(page: Page, here: str, name: str) -> None:
    page.goto(f"{here}/admin/agents/agent/")
    page.get_by_role("link", name=name).first.click()
    page.get_by_label("Position").select_option(label="Supervisor")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("was changed successfully|Supervisor")).first).to_be_visible()


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in: {text[:500]}"
    return match.group()


def test_a_taken_address_offers_another(product: Product, person: Callable[..., Page]) -> None:
    page = person()
    page.goto(f"{product.url}/accounts/signup/")
    page.get_by_label("Workspace name").fill("Acme")
    expect(page.get_by_text("This address is taken.")).to_be_visible()
    page.get_by_role("button", name="Take acme-hq").click()
    expect(page.get_by_label("Workspace address")).to_have_value("acme-hq")
    expect(page.get_by_text("acme-hq is free")).to_be_visible()
