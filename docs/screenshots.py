"""Takes the pictures in docs/img of a running demo: `make run`, then `python docs/screenshots.py`, or some by name."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PUBLIC = os.environ.get("PUBLIC_URL", "http://localhost:8000")
SANDBOX = os.environ.get("GRAPH_URL", "http://127.0.0.1:8100")
ACME = PUBLIC.replace("://", "://acme.")
FOLDER = Path(__file__).parent / "img"

PHONES = "104200000000001:rosa,17841400000000001:amara,420000000000001:liam"
OPEN_TO_ALL = {
    "landing": f"{PUBLIC}/",
    "sign-up": f"{PUBLIC}/accounts/signup/",
    "sandbox": f"{SANDBOX}/#{PHONES}",
}
SIGNED_IN = {
    "chooser": f"{PUBLIC}/workspaces/",
    "home": f"{ACME}/",
    "inbox": f"{ACME}/inbox/all/",
    "contacts": f"{ACME}/contacts/",
    "why": f"{ACME}/inbox/all/",
    "hand-over": f"{ACME}/inbox/hand-over/",
    "team": f"{ACME}/team/",
    "fairness": f"{ACME}/team/fairness/",
    "routing": f"{ACME}/settings/routing/",
    "rule": f"{ACME}/settings/routing/new/",
    "hours": f"{ACME}/settings/hours/",
    "settings": f"{ACME}/settings/",
    "channels": f"{ACME}/settings/channels/",
    "members": f"{ACME}/settings/members/",
    "audit-log": f"{ACME}/settings/activity/",
    "admin": f"{ACME}/admin/",
    "admin-agents": f"{ACME}/admin/agents/agent/",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LOOKS = {"wide": (1440, 900, "light"), "narrow": (390, 844, "light"), "dark": (1440, 900, "dark")}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:]) or {*OPEN_TO_ALL, *SIGNED_IN}
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        for look, (width, height, scheme) in LOOKS.items():
            page = open_page(browser, width, height, scheme)
            take(page, OPEN_TO_ALL, look, wanted)
            sign_in(page)
            take(page, SIGNED_IN, look, wanted)
        browser.close()


def open_page(browser: Browser, width: int, height: int, scheme: str) -> Page:
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()


def sign_in(page: Page) -> None:
    page.goto(f"{PUBLIC}/accounts/login/")
    page.get_by_label("E-mail").fill("ana@acme.example")
    page.get_by_label("Password", exact=True).fill("switchboard-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{PUBLIC}/workspaces/")


def take(page: Page, pictures: dict[str, str], look: str, wanted: set[str]) -> None:
    for name, url in pictures.items():
        if name in wanted:
            page.goto(url)
            if name == "sandbox":
                # It never rests: it asks for news. Somebody has to have written.
                page.locator("#webhooks tr").first.wait_for()
            else:
                page.wait_for_load_state("networkidle")
            if name == "inbox":
                page.locator("#rows a", has_text="Rosa Torres").first.click()
                page.locator("#log article").first.wait_for()
                page.wait_for_timeout(2000)
                page.mouse.move(0, 0)
            if name == "why":
                show_why(page)
            if name == "rule":
                try_rule(page)
            if name == "hours":
                for place, day in enumerate(DAYS):
                    page.get_by_label(day, exact=True).fill("9-12:30, 14-18" if place < 5 else "")
            page.screenshot(path=FOLDER / f"{name}-{look}.png", animations="disabled")


def show_why(page: Page) -> None:
    """Of the first chat that was dealt to somebody; not every machine has letters for all who write."""
    why = page.locator("#log .thread-why summary").last
    links = page.locator("#rows .chat-row__link").all()
    for address in [link.get_attribute("href") for link in links if link.inner_text().isascii()]:
        page.goto(f"{ACME}{address}")
        page.locator("#log article").first.wait_for()
        if why.count():
            break
    why.scroll_into_view_if_needed()
    why.click()
    page.wait_for_timeout(500)


def try_rule(page: Page) -> None:
    page.locator("#id_name").fill("Wholesale")
    page.locator("#id_words").fill("wholesale, school, club")
    page.locator("#id_position").select_option(label="Supervisor")
    page.locator("#id_sample-text").fill("We are a climbing school and need twenty ropes.")
    page.get_by_role("button", name="Try it").click()
    page.locator("#trial .trial__end").wait_for()
    page.locator("#trial").scroll_into_view_if_needed()


if __name__ == "__main__":
    main()
