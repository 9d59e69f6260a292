"""A real Chromium in a process of its own: what a page weighs, when it stands, and when a message is seen in it.

Prints JSON. Without Django, so that Playwright's event loop is in nobody's way.
"""

import json
import random
import shutil
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench._deliveries import bodies, posted
from bench._post import is_whole

PROJECT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
SETTLED_SECONDS = 1.5
# Before anything of the page's own runs.
WATCH_PAINT = """
window.painted = {lcp: 0, cls: 0, shifts: []};
new PerformanceObserver((list) => { for (const one of list.getEntries()) painted.lcp = one.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => { for (const one of list.getEntries()) {
  if (one.hadRecentInput) continue;
  painted.cls += one.value;
  painted.shifts.push(one.sources.map(({node}) => node?.id || node?.className?.toString() || node?.nodeName));
} }).observe({type: "layout-shift", buffered: true});
"""
WATCH_BUBBLES = """
window.bubbles = {};
const note = () => {
  const now = performance.timeOrigin + performance.now();
  for (const one of document.querySelectorAll("article[id^=message-]")) bubbles[one.id] ??= now;
};
new MutationObserver(note).observe(document.getElementById("items"), {childList: true, subtree: true});
note();
"""


@dataclass
class Visit:
    """`what`: weigh, paint or bubbles."""

    what: str
    url: str
    cookie: str
    rounds: int = 1
    # Where Meta's webhooks go, for the account that a customer of the chat writes to.
    port: int = 0
    account: str = ""

    def run(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "bench._browser", json.dumps(asdict(self))]
        done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
        seen: dict[str, Any] = json.loads(done.stdout)
        return seen


@dataclass
class Weight:
    """What came over the wire, heads and bodies, as Chromium's network log counts it."""

    bytes_of: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    number: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    hosts: set[str] = field(default_factory=set)
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    heaviest: list[tuple[int, str]] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", self.answered)
        network.on("Network.loadingFinished", self.finished)

    def answered(self, event: dict[str, Any]) -> None:
        url = event["response"]["url"]
        if url.startswith("http"):
            self.asked[event["requestId"]] = event["type"], url
            self.hosts.add(url.split("/")[2])

    def finished(self, event: dict[str, Any]) -> None:
        if found := self.asked.get(event["requestId"]):
            kind, url = found
            self.bytes_of[kind] += int(event["encodedDataLength"])
            self.number[kind] += 1
            self.heaviest.append((int(event["encodedDataLength"]), url.partition("?")[0]))


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def new_page(browser: Browser, visit: Visit) -> Page:
    """Signed in, and nothing in its cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    name, _, value = visit.cookie.partition("=")
    host = visit.url.split("/")[2].partition(":")[0]
    context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])
    return context.new_page()


def weigh(browser: Browser, visit: Visit) -> dict[str, Any]:
    page, weight = new_page(browser, visit), Weight()
    weight.watch(page)
    page.goto(visit.url, wait_until="load")
    page.wait_for_timeout(SETTLED_SECONDS * 1000)
    heaviest = sorted(weight.heaviest, reverse=True)[:12]
    return {"bytes": weight.bytes_of, "number": weight.number, "hosts": sorted(weight.hosts), "heaviest": heaviest}


def paint(browser: Browser, visit: Visit) -> dict[str, Any]:
    seen: dict[str, list[Any]] = {"cold": [], "warm": []}
    for _ in range(visit.rounds):
        page = new_page(browser, visit)
        page.add_init_script(WATCH_PAINT)
        for how in ("cold", "warm"):
            page.goto(visit.url, wait_until="load")
            page.wait_for_timeout(SETTLED_SECONDS * 1000)
            seen[how].append(page.evaluate("painted"))
        page.context.close()
    return seen


def bubbles(browser: Browser, visit: Visit) -> dict[str, Any]:
    """Milliseconds from the first byte of Meta's POST to the message's element in the page."""
    page = new_page(browser, visit)
    page.goto(visit.url, wait_until="load")
    page.locator("html[data-live=live]").wait_for()
    page.wait_for_timeout(SETTLED_SECONDS * 1000)
    page.evaluate(WATCH_BUBBLES)
    made = bodies("FACEBOOK", [visit.account], visit.rounds, run=f"seen{time.time_ns()}", customers=1)
    chance, taken = random.Random(7), []  # noqa: S311
    for body in made:
        known = set(page.evaluate("Object.keys(bubbles)"))
        sent = time.time() * 1000
        post(visit.port, body)
        page.wait_for_function("(number) => Object.keys(bubbles).length > number", arg=len(known), timeout=20_000)
        (new,) = [at for name, at in page.evaluate("bubbles").items() if name not in known]
        taken.append(new - sent)
        page.wait_for_timeout(chance.uniform(300, 700))
    return {"ms": taken}


def post(port: int, body: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(posted(body, f"127.0.0.1:{port}"))
        answer = bytearray(line.recv(65536))
        while not is_whole(answer):
            answer += line.recv(65536)


WAYS = {"weigh": weigh, "paint": paint, "bubbles": bubbles}


if __name__ == "__main__":
    asked = Visit(**json.loads(sys.argv[1]))
    with chromium() as opened:
        print(json.dumps(WAYS[asked.what](opened, asked)))
