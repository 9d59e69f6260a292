"""The inbox with 1,000,000 chats beside one of 1,000: the list, its counts and filters, and a long chat beside a short
one. Each page is asked of the product's own handler, with all of its middleware, in one process. Beside the time by the
clock stands that of the processor, in Python and in PostgreSQL, which other work on the machine changes less.

python -m bench.lists [--quick]
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

from bench._big_inbox import Browser, make_world
from bench._counting import SAID
from bench._processor import processor_ms
from bench._rounds import Report, beside, in_turns
from bench._servers import manage, own_servers

MESSAGES, QUICK_MESSAGES = 5_000_000, 100_000
MOST_BESIDE_SMALL = 1.3
MOST_BESIDE_EMPTY = 3.0
MOST_STATEMENTS = 8
MOST_MS = 100.0
FAR = 1_000
PAGE = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_MESSAGES:,} messages, fewer rounds")
    quick = parser.parse_args().quick
    report = Report("lists")
    with tempfile.TemporaryDirectory() as static, own_servers(BENCH_STATIC=static):
        manage("collectstatic", "--noinput", "--verbosity", "0")
        manage("migrate_workspaces")
        make_world(QUICK_MESSAGES if quick else MESSAGES)
        measure(report, rounds=9 if quick else 60)
    report.show()


def measure(report: Report, *, rounds: int) -> None:
    from config import urls
    from workspaces.models import Workspace

    urls.urlpatterns.insert(0, empty_page())
    large, small = (Inbox(workspace) for workspace in Workspace.objects.order_by("schema_name"))
    for name, pages in {
        "the list, newest first": (large.rows(), small.rows()),
        "the list, longest waiting": (large.rows(sort="waiting"), small.rows(sort="waiting")),
        "mine": (large.rows("mine"), small.rows("mine")),
        "closed": (large.rows("closed"), small.rows("closed")),
        "the whole page": (large.asks("/inbox/all/"), small.asks("/inbox/all/")),
        "counts": (large.asks("/inbox/counts/"), small.asks("/inbox/counts/")),
        "a chat of 10,000 messages": (large.chat(0), large.chat(1)),
        "its beginning": (large.chat(0, date="2000-01-01"), large.chat(1, date="2000-01-01")),
    }.items():
        # Counts read the 500 newest, or fewer where there are fewer; the whole page has them in it, and a bar.
        compare(report, name, pages, rounds=rounds, most=None if name == "counts" else MOST_BESIDE_SMALL)
    far_page(report, large, rounds=rounds)
    beside_empty(report, large, rounds=rounds)
    filtered(report, large, rounds=rounds // 3)


def empty_page() -> Any:
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.urls import path

    page = engines["django"].from_string("<!doctype html><title>Empty</title>")

    def empty(request: HttpRequest) -> HttpResponse:
        return HttpResponse(page.render(request=request))

    return path("empty/", empty)


@dataclass(frozen=True)
class Ask:
    browser: Browser
    address: str
    query: dict[str, Any]
    headers: dict[str, str]
    # Milliseconds of the processor, of each call.
    worked: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        began, work = time.perf_counter(), processor_ms()
        self.browser.get(self.address, self.query, **self.headers)
        self.worked.append(processor_ms() - work)
        return (time.perf_counter() - began) * 1000

    @property
    def statements(self) -> int:
        said = self.browser.get(self.address, self.query, HTTP_X_COUNT="yes", **self.headers)
        return int(said[SAID])


class Inbox:
    """One workspace's, as its owner asks for it."""

    def __init__(self, workspace: Any) -> None:
        from django_tenants.utils import schema_context

        from agents.models import Agent
        from inbox.models import Chat, Label
        from pages.models import Channel

        self.workspace, self.browser = workspace, Browser(workspace)
        with schema_context(workspace.schema_name):
            me = Agent.objects.get(user=workspace.owner)
            chats = Chat.objects.open()
            self.chats = list(chats.filter(assigned_to=me).order_by("id").values_list("pk", flat=True)[:2])
            self.labels = list(Label.objects.order_by("name").values_list("pk", flat=True))
            self.channels = list(Channel.objects.order_by("name").values_list("pk", flat=True))
            newest = chats.order_by("-last_message_at", "-id").values_list("last_message_at", "pk")
            place = min(FAR * PAGE, chats.count() // 2)
            moment, pk = newest[place]
            self.far = f"{moment.isoformat()}_{pk}"
            self.far_number = place // PAGE

    def asks(self, address: str, query: dict[str, Any] | None = None, **headers: str) -> Ask:
        return Ask(self.browser, address, query or {}, headers)

    def rows(self, box: str = "all", **query: Any) -> Ask:
        return self.asks(f"/inbox/{box}/rows/", query)

    def chat(self, place: int, **query: str) -> Ask:
        """The first is the long one."""
        return self.asks(f"/inbox/all/{self.chats[place]}/", query, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="thread")


def compare(report: Report, name: str, pages: tuple[Ask, Ask], *, rounds: int, most: float | None) -> None:
    large, small = pages
    taken, worked = measured(rounds, large=large, small=small)
    for side in ("large", "small"):
        report.add(f"{name}: {side}", taken[side], "ms")
        report.add(f"{name}: {side}, of the processor", worked[side], "ms")
    report.ratio(name, beside(taken["large"], taken["small"]), most=most)
    # A jump into the middle looks both ways, and takes one more.
    report.ratio(f"{name}: statements", large.statements, most=None if "beginning" in name else MOST_STATEMENTS)


def measured(rounds: int, **ways: Ask) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """By the clock, and of the processor."""
    in_turns(3, **ways)
    for ask in ways.values():
        ask.worked.clear()
    return in_turns(rounds, **ways), {name: ask.worked for name, ask in ways.items()}


def far_page(report: Report, large: Inbox, *, rounds: int) -> None:
    taken, _ = measured(rounds, far=large.rows(after=large.far), first=large.rows())
    report.add(f"page {large.far_number:,}", taken["far"], "ms")
    report.ratio(
        f"page {large.far_number:,} beside page 1", beside(taken["far"], taken["first"]), most=MOST_BESIDE_SMALL
    )


def beside_empty(report: Report, large: Inbox, *, rounds: int) -> None:
    from django.test import override_settings

    with override_settings(MIDDLEWARE=[]):
        bare = Inbox(large.workspace)
    ways = {"rows": large.rows(), "empty": large.asks("/empty/"), "bare": bare.asks("/empty/")}
    taken, worked = measured(rounds, **ways)
    for name, what in (("empty", "with our middleware"), ("bare", "without any")):
        report.add(f"an empty page {what}", taken[name], "ms")
        report.add(f"an empty page {what}, of the processor", worked[name], "ms")
    report.ratio("rows beside an empty page", beside(taken["rows"], taken["empty"]), most=MOST_BESIDE_EMPTY)
    report.ratio("rows beside an empty page, of the processor", beside(worked["rows"], worked["empty"]))
    report.ratio("rows beside an empty page without middleware", beside(taken["rows"], taken["bare"]))


def filtered(report: Report, large: Inbox, *, rounds: int) -> None:
    asked: dict[str, dict[str, Any]] = {
        "a label": {"label": large.labels[0]},
        "a rare label": {"label": large.labels[-1]},
        "a rare channel": {"channel": large.channels[-1]},
        "a rare platform": {"platform": "WHATSAPP"},
        "urgent": {"priority": 2},
        "unread": {"unread": "on"},
        "mine, unread": {"assignee": "me", "unread": "on"},
        "mentions": {"mentions": "on"},
        "waiting": {"waiting": "on"},
        "window closing": {"closing": "on"},
        "a name": {"q": "Rosa"},
        "a name of nobody": {"q": "xylophone"},
        "urgent, of a rare label": {"priority": 2, "label": large.labels[-1]},
    }
    boxes = {"all": "open", "closed": "closed"}
    ways = {
        f"{state}, {name}": large.rows(box, **query) for box, state in boxes.items() for name, query in asked.items()
    }
    ways = {name: ask for name, ask in ways.items() if not name.startswith("closed, waiting")}
    _, worked = measured(rounds, **ways)
    for name, times in worked.items():
        report.add(f"only {name}, of the processor", times, "ms")
    slowest = max(statistics.median(times) for times in worked.values())
    report.ratio("the slowest filter, ms of the processor", slowest, most=MOST_MS)


if __name__ == "__main__":
    main()
