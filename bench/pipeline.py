"""From the door to the chat: how soon a message is there to be read, and how many a second one worker brings in.

python -m bench.pipeline [--quick]
"""

import argparse
import os
import sys
import threading
import time
from typing import Any

import psycopg

from bench._deliveries import SECRET, bodies
from bench._post import Load, spread
from bench._rounds import Report, beside
from bench._servers import graph_server, make_safe, manage, own_servers, product, worker
from bench._world import make_channels, make_workspaces

MANY = 200
RATE = 100
CUSTOMERS = 200
# A row more or less a tick: the time to read is known to that.
TICK = 0.002
WITHIN = 120

Database = psycopg.Connection[Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within 40 seconds, on fewer events and workspaces")
    quick = parser.parse_args().quick
    report = Report("pipeline")
    with own_servers(META_APP_SECRET=SECRET) as servers:
        manage("migrate_workspaces")
        make_workspaces(20 if quick else MANY)
        accounts = make_channels()
        make_safe(servers)
        with graph_server() as graph, psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
            os.environ["GRAPH_URL"] = graph
            with worker("events"), worker("worker"):
                one_worker(report, database, accounts, rounds=3 if quick else 5, events=1000 if quick else 2000)
                with product() as port:
                    latency(report, port, accounts[0], rounds=1 if quick else 3, seconds=5 if quick else 20)
    report.show()


def one_worker(report: Report, database: Database, accounts: list[str], *, rounds: int, events: int) -> None:
    """What waits is there before the worker is called; the first time all customers are new."""
    many = f"{len(accounts)} workspaces"
    few = max(events // 2, 5 * len(accounts))
    strangers = drained(database, accounts[:1], events, name="first", customers=events)
    drained(database, accounts, few, name="firsts", customers=5)
    taken: dict[str, list[float]] = {"one": [], "many": []}
    for number in range(rounds):
        taken["one"].append(drained(database, accounts[:1], events, name=f"one{number}", customers=CUSTOMERS))
        taken["many"].append(drained(database, accounts, few, name=f"many{number}", customers=5))
    one = report.add("events by one worker, one workspace", taken["one"], "/s")
    report.add(f"events by one worker, spread over {many}", taken["many"], "/s")
    report.add("events by one worker, one workspace, each from a new customer", [strangers], "/s")
    report.ratio("one_workspace_per_second", one, least=500)
    report.ratio("many_workspaces", beside(taken["many"], taken["one"]))


def drained(database: Database, accounts: list[str], events: int, *, name: str, customers: int) -> float:
    from pages.webhooks import bell
    from workspaces import bells

    made = bodies("FACEBOOK", accounts, events, run=name, customers=customers)
    with database.transaction(), database.cursor().copy("COPY deliveries (body) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["bytea"])
        for body in made:
            copy.write_row((body,))
    started = time.perf_counter()
    bells.ring(bell.TASK)
    while database.execute("SELECT FROM deliveries LIMIT 1").rowcount:
        if time.perf_counter() > started + WITHIN:
            raise SystemExit(f"{name}: still waiting after {WITHIN} seconds")
        time.sleep(0.01)
    return events / (time.perf_counter() - started)


def latency(report: Report, port: int, account: str, *, rounds: int, seconds: float) -> None:
    """From the 200 at the sender to the row in another connection."""
    spreads = []
    for number in range(rounds):
        with Watch(table_of_messages()) as watch:
            load = Load(
                port,
                seconds,
                f"watched{number}",
                platform="FACEBOOK",
                accounts=[account],
                customers=CUSTOMERS,
                rate=RATE,
            )
            heard_at = {f"m_watched{number}.{order}": at for order, at in load.run()["heard_at"].items()}
            seen_at = watch.until(set(heard_at))
        spreads.append(spread([max(0.0, seen_at[message] - at) for message, at in heard_at.items()]))
    p50 = report.add(f"from 200 to the row, {RATE} events/s, median", [one["p50"] for one in spreads], "ms")
    p99 = report.add(f"from 200 to the row, {RATE} events/s, p99", [one["p99"] for one in spreads], "ms")
    report.ratio("p50_ms", p50, most=50)
    report.ratio("p99_ms", p99, most=500)


def table_of_messages() -> str:
    from workspaces.models import Workspace

    first = Workspace.objects.order_by("schema_name")[0]
    return f"{first.schema_name}.messages"


class Watch:
    """Reads what is new in a table, tick by tick, in a thread and a connection of its own."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.seen_at: dict[str, float] = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look)

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.ended.set()
        self.thread.join()

    def look(self) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
            last = database.execute(f"SELECT max(id::text)::uuid FROM {self.table}").fetchone()[0]  # type: ignore[index]
            query = f"SELECT external_id, id FROM {self.table} WHERE id > %s ORDER BY id"
            while not self.ended.is_set():
                rows = database.execute(query, [last], prepare=True).fetchall()
                self.seen_at |= dict.fromkeys((external_id for external_id, _ in rows), time.time())
                last = rows[-1][1] if rows else last
                time.sleep(TICK)

    def until(self, messages: set[str]) -> dict[str, float]:
        deadline = time.monotonic() + WITHIN
        while missing := messages - self.seen_at.keys():
            if time.monotonic() > deadline:
                raise SystemExit(f"{len(missing)} messages were never seen")
            time.sleep(0.05)
        return self.seen_at


if __name__ == "__main__":
    sys.exit(main())
