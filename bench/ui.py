"""What an agent waits for: the list and the thread beside django-helpdesk's, a customer's message in an open chat, and
what a first page weighs and how long it takes to stand.

python -m bench.ui [--quick]
"""

import argparse
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable

from bench._asking import Asker
from bench._browser import Visit, post
from bench._deliveries import SECRET, bodies
from bench._desk import EACH, Desk, make_desk
from bench._helpdesk import FULL, SETTLED, USUAL, Helpdesk, helpdesk
from bench._rounds import Report, beside, in_turns
from bench._servers import free_port, graph_server, make_safe, manage, own_servers, product, worker
from bench.realtime import Stream, stream_process

TICKETS, QUICK_TICKETS = 100_000, 5_000
STREAMS = 50
LIST = "/inbox/all/"
MOST_STATEMENTS = 8
# Counted elsewhere, on another machine: a full page of FreeScout's and of RT's, in milliseconds and statements.
ELSEWHERE = "elsewhere, counted once: FreeScout's list 85 ms and 44 statements, RT's 403 ms and 348"
MOST_KB = 150.0
MOST_LCP, MOST_CLS = 1000.0, 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_TICKETS:,} chats, and without the peer")
    quick = parser.parse_args().quick
    tickets = QUICK_TICKETS if quick else TICKETS
    report, port = Report("ui"), free_port()
    print(f"load {os.getloadavg()[0]:.1f} as it began")
    with tempfile.TemporaryDirectory() as static, own_servers(**settings_of(port, static)) as servers:
        manage("collectstatic", "--noinput", "--verbosity", "0")
        manage("migrate_workspaces")
        desk = make_desk(tickets)
        make_safe(servers)
        with stream_process() as stream, graph_server() as graph:
            addresses = {"STREAM_URL": f"http://localhost:{stream.port}/stream/", "GRAPH_URL": graph}
            with product(port, **addresses), worker("events", **addresses), worker("worker", **addresses):
                pages(report, desk, port, tickets, quick=quick)
                shapes(report, desk, port, stream, rounds=1 if quick else 7)
                bubbles(report, desk, port, stream, rounds=20 if quick else 200)
    report.show()


def settings_of(port: int, static: str) -> dict[str, str]:
    return {"META_APP_SECRET": SECRET, "BENCH_STATIC": static, "PUBLIC_URL": f"http://localhost:{port}"}


def pages(report: Report, desk: Desk, port: int, tickets: int, *, quick: bool) -> None:
    """Server time: from the question's first byte to the answer's last, one after another, nobody else there."""
    ours = Asker(port, f"{desk.host}:{port}", desk.cookie)
    chats = re.findall(r'href="(/inbox/all/[0-9a-f-]{36}/)', ours.ask(LIST)[1])
    if len(chats) < FULL:
        raise SystemExit(f"the list shows {len(chats)} chats")
    thread = {"HX-Request": "true", "HX-Target": "thread"}
    ways: dict[str, Callable[[], float]] = {
        "list": lambda: ours.ms(LIST),
        "thread": lambda: ours.ms(chats[0], **thread),
        "page": lambda: ours.ms(chats[0]),
    }
    print(f"{tickets:,} chats and tickets of {EACH} messages, one in ten open; {ELSEWHERE}")
    if quick:
        print("django-helpdesk: only in the whole run, because a venv of its own has to be made")
        tell_ours(report, taken_in(40, ways))
    else:
        with helpdesk(tickets) as peer:
            beside_peer(report, ways, peer)
    for what, path, more in (("list", LIST, {}), ("thread", chats[0], thread), ("page", chats[0], {})):
        # The usual: some connection is looked at anew, or it is noted that the agent was here.
        counted = statistics.median_low(ours.statements(path, **more) for _ in range(9))
        report.ratio(f"statements_{what}", counted, most=MOST_STATEMENTS)


def taken_in(rounds: int, ways: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    in_turns(10, **ways)
    return in_turns(rounds, **ways)


def tell_ours(report: Report, taken: dict[str, list[float]]) -> None:
    report.add(f"our list of {FULL} chats, the whole page", taken["list"], "ms")
    report.add("our thread, as a click on a chat asks for it", taken["thread"], "ms")
    report.add("our thread, the whole page with the list beside it", taken["page"], "ms")


def listing(peer: Helpdesk, rows: int) -> Callable[[], float]:
    return lambda: peer.asker.ms(*peer.list_paths(rows))


def beside_peer(report: Report, ways: dict[str, Callable[[], float]], peer: Helpdesk | None) -> None:
    if peer is None:
        print("django-helpdesk: skipped, because pip could not install it")
        return tell_ours(report, taken_in(40, ways))
    theirs = {f"their {rows}": listing(peer, rows) for rows in (USUAL, SETTLED, FULL)}
    theirs["their ticket"] = lambda: peer.asker.ms(peer.ticket)
    taken = taken_in(15, ways | theirs)
    tell_ours(report, taken)
    for rows in (USUAL, SETTLED, FULL):
        report.add(f"helpdesk's list: the page, then its JSON of {rows} tickets", taken[f"their {rows}"], "ms")
    report.add("helpdesk's ticket, the whole page", taken["their ticket"], "ms")
    for rows in (USUAL, SETTLED, FULL):
        name = "list_of_helpdesk" if rows == SETTLED else f"list_of_helpdesk_{rows}"
        report.ratio(name, beside(taken["list"], taken[f"their {rows}"]), most=1 / 8 if rows == SETTLED else None)
    report.ratio("thread_of_helpdesk", beside(taken["thread"], taken["their ticket"]), most=1 / 3)
    report.ratio("page_of_helpdesk", beside(taken["page"], taken["their ticket"]))
    # It draws both: the list, which may take an eighth of theirs, and the thread, which may take a third.
    both = [a / 8 + b / 3 for a, b in zip(taken[f"their {SETTLED}"], taken["their ticket"], strict=True)]
    report.ratio("page_of_what_both_may_take", beside(taken["page"], both), most=1)
    for rows in (USUAL, SETTLED, FULL):
        report.ratio(f"helpdesk_statements_list_{rows}", peer.asker.statements(*peer.list_paths(rows)))
    report.ratio("helpdesk_statements_ticket", peer.asker.statements(peer.ticket))
    return None


def shapes(report: Report, desk: Desk, port: int, stream: Stream, *, rounds: int) -> None:
    """In Chromium: what comes over the wire for a first page, and when it stands and stays where it is."""
    url = f"http://{desk.host}:{port}"
    chat = first_chat(desk, port)
    weight = Visit("weigh", f"{url}{LIST}", desk.cookie).run()
    for kind, size in sorted(weight["bytes"].items(), key=lambda item: -item[1]):
        report.add(f"over the wire: {kind}, {weight['number'][kind]} of them", [size / 1024], "KB")
    whole = report.add("a first inbox page, cold", [sum(weight["bytes"].values()) / 1024], "KB")
    print("the heaviest: " + ", ".join(f"{name.rsplit('/', 1)[-1]} {size}" for size, name in weight["heaviest"]))
    report.ratio("first_page_KB", whole, most=MOST_KB)
    own = {f"{desk.host}:{port}", f"localhost:{stream.port}"}
    report.ratio("of_own_hosts", len(own.intersection(weight["hosts"])) / len(weight["hosts"]), least=1)
    for what, path in (("inbox", LIST), ("chat", chat)):
        seen = Visit("paint", f"{url}{path}", desk.cookie, rounds=rounds).run()
        for how, all_of in seen.items():
            lcp = report.add(f"largest paint of the {what}, {how}", [one["lcp"] for one in all_of], "ms")
            shift = max(one["cls"] for one in all_of)
            report.ratio(f"lcp_ms_{what}_{how}", lcp, most=MOST_LCP)
            report.ratio(f"cls_{what}_{how}", shift, most=MOST_CLS)
            if shift:
                print(f"{what}, {how}: moved {max(all_of, key=lambda one: one['cls'])['shifts']}")


def first_chat(desk: Desk, port: int) -> str:
    page = Asker(port, f"{desk.host}:{port}", desk.cookie).ask(LIST)[1]
    found = re.search(r'href="(/inbox/all/[0-9a-f-]{36}/)', page)
    assert found
    return found[1]


def bubbles(report: Report, desk: Desk, port: int, stream: Stream, *, rounds: int) -> None:
    """From Meta's POST at the door to the message in an open chat, with many streams open beside."""
    chat = chat_of_a_customer(desk, port)
    visit = Visit("bubbles", f"http://{desk.host}:{port}{chat}", desk.cookie, rounds, port, desk.account)
    with stream.pages(STREAMS, desk.schema):
        taken = visit.run()["ms"]
    report.add(f"from Meta's POST to the bubble, {STREAMS} streams open", taken, "ms")
    p95 = statistics.quantiles(taken, n=20)[18]
    report.add("the slowest of twenty", [p95], "ms")
    report.ratio("bubble_p50_ms", statistics.median(taken), most=150)
    report.ratio("bubble_p95_ms", p95, most=500)


def chat_of_a_customer(desk: Desk, port: int) -> str:
    """Who writes through the door for the first time."""
    from django_tenants.utils import schema_context

    from inbox.models import Chat

    (body,) = bodies("FACEBOOK", [desk.account], 1, run="first", customers=1)
    post(port, body)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with schema_context(desk.schema):
            if chat := Chat.objects.filter(channel__external_id=desk.account, identity__external_id="7000000").first():
                return f"{LIST}{chat.pk}/"
        time.sleep(0.05)
    raise SystemExit("the first message did not come in")


if __name__ == "__main__":
    main()
