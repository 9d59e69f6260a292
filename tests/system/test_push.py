"""A notification on a device, in a real browser: added by the switch, shown by the service worker, and a way in.

A push service cannot be reached from here: in its place the browser makes an endpoint up, and Chromium hands the push
to the service worker itself.
"""

import json
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.product import Product, eventually
from tests.push_service import Browser
from tests.system.conftest import sign_in

NO_PUSH_SERVICE = """
const keys = SAID;
const plain = (text) => atob(text.replaceAll("-", "+").replaceAll("_", "/"));
const bytes = (text) => Uint8Array.from(plain(text), (one) => one.charCodeAt(0));
const kept = () => JSON.parse(localStorage.getItem("subscribed"));
const made = ({ key }) => ({
  endpoint: keys.endpoint,
  options: { applicationServerKey: bytes(key).buffer },
  getKey: (name) => bytes(keys[name]).buffer,
  unsubscribe: async () => localStorage.removeItem("subscribed"),
});
PushManager.prototype.getSubscription = async () => (kept() ? made(kept()) : null);
PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
  localStorage.setItem("subscribed", JSON.stringify({ key }));
  return made({ key });
};
"""
SHOWN = """navigator.serviceWorker.ready.then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body, dir, tag }) => [title, body, dir, tag]))"""
CLICK = """self.registration.getNotifications().then((all) => {
  for (const notification of all) self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
})"""


def added(person: Any, product: Product) -> tuple[Page, str]:
    """sam with this browser among his devices, on the page that lists them."""
    here = product.workspace_url("acme")
    page: Page = person()
    page.context.grant_permissions(["notifications"], origin=here)
    said = json.dumps(Browser("https://push.example/chromium").said)
    page.add_init_script(f"if (window.PushManager) {{ {NO_PUSH_SERVICE.replace('SAID', said)} }}")
    sign_in(page, product, "sam@acme.example")
    page.goto(f"{here}/notifications/")
    page.get_by_label("Notify me on this device").check()
    expect(page.locator("[data-here]")).to_be_visible()
    return page, here


def push(page: Page, here: str, **told: Any) -> None:
    session: CDPSession = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    eventually(lambda: (page.wait_for_timeout(50), found)[1], what="the service worker is registered")
    told = {"title": "Rosa", "body": "שלום", "dir": "rtl", "tag": "one", "always": False, **told}
    wanted = {"origin": here, "registrationId": found[-1]["registrationId"], "data": json.dumps(told)}
    session.send("ServiceWorker.deliverPushMessage", wanted)


def comes_to_show(page: Page, *wanted: list[str]) -> None:
    eventually(lambda: (page.wait_for_timeout(50), page.evaluate(SHOWN) == list(wanted))[1], what=f"{wanted} is shown")


def test_a_device_is_added_and_removed_by_its_switch(person: Any, product: Product) -> None:
    page, _ = added(person, product)
    switch = page.get_by_label("Notify me on this device")
    expect(switch).to_be_checked()
    switch.uncheck()
    expect(page.get_by_text("No device is told yet")).to_be_visible()
    expect(switch).not_to_be_checked()


def test_a_push_is_shown_and_a_click_leads_where_it_says(person: Any, product: Product) -> None:
    page, here = added(person, product)
    page.goto(f"{here}/inbox/all/")

    # In front of the inbox nobody needs it; the next is one that is shown all the same, and takes the place of none.
    push(page, here, url="/inbox/mentions/")
    push(page, here, url="/inbox/mentions/", tag="two", always=True)
    comes_to_show(page, ["Rosa", "שלום", "rtl", "two"])
    push(page, here, url="/inbox/mentions/", tag="two", always=True, body="The next")
    comes_to_show(page, ["Rosa", "The next", "rtl", "two"])

    # The browser ends a worker that is idle: this one has just shown something.
    page.context.service_workers[-1].evaluate(CLICK)
    page.wait_for_url(f"{here}/inbox/mentions/")
    assert page.url == f"{here}/inbox/mentions/"
    comes_to_show(page)
