"""The door: deliveries that are on the disk when Meta hears 200, counted as rows and not as answers.

python -m bench.webhooks [--quick]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench._deliveries import ADDRESS, SECRET
from bench._post import Load
from bench._rounds import Report, beside, in_turns
from bench._servers import PROJECT, free_port, make_safe, manage, own_servers, product, running, wait_for
from bench._world import make_channels, make_workspaces

MANY = 200
# A steady load, of what the door can do.
SHARE = 0.7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within 40 seconds, on fewer rounds and without the peer")
    quick = parser.parse_args().quick
    report = Report("webhooks")
    with own_servers(META_APP_SECRET=SECRET, BENCH_EMPTY="yes") as servers:
        manage("migrate_workspaces")
        make_workspaces(MANY)
        accounts = make_channels("WHATSAPP")
        own_app = make_own_app()
        make_safe(servers)
        with product() as port, psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
            door = Door(port, database, accounts, own_app, seconds=0.7 if quick else 1.5)
            rate = rates(report, door, rounds=5 if quick else 7)
            patience(report, door, rate=rate * SHARE, rounds=1 if quick else 3, seconds=4 if quick else 6)
            if quick:
                print("pywa and FastAPI: only in the whole run, because a venv of their own has to be made")
            else:
                peer(report, door, rounds=5)
    report.show()


def make_own_app() -> str:
    """A workspace that brought its own Meta app: where its webhooks go."""
    from workspaces.models import MetaApp, Workspace

    workspace = Workspace.objects.order_by("schema_name")[0]
    MetaApp.objects.create(workspace=workspace, app_id="1", app_secret=SECRET)
    return f"{ADDRESS}{workspace.pk}/"


class Door:
    def __init__(
        self, port: int, database: "psycopg.Connection[Any]", accounts: list[str], own_app: str, *, seconds: float
    ) -> None:
        self.port = port
        self.database = database
        self.accounts = accounts
        self.own_app = own_app
        self.seconds = seconds
        self.number = 0

    def load(self, port: int, **over: Any) -> dict[str, Any]:
        self.number += 1
        values = {"port": port, "seconds": self.seconds, "name": f"r{self.number}", "accounts": self.accounts[:1]}
        return Load(**values | over).run()

    def rows_per_second(self, **over: Any) -> float:
        self.database.execute("TRUNCATE deliveries")
        loaded = self.load(self.port, **over)
        rows = count(self.database, "deliveries")
        if rows < loaded["answered"]:
            raise SystemExit(f"{loaded['answered'] - rows} deliveries were answered and are not there")
        return float(rows / loaded["seconds"])

    def answers_per_second(self) -> float:
        loaded = self.load(self.port, path="/empty/")
        return float(loaded["answered"] / loaded["seconds"])

    def floor(self) -> float:
        self.database.execute("TRUNCATE deliveries")
        command = [sys.executable, "-m", "bench._floor", str(self.seconds)]
        return float(subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True).stdout)


def count(database: "psycopg.Connection[Any]", table: str) -> int:
    found = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert found
    return int(found[0])


def rates(report: Report, door: Door, *, rounds: int) -> float:
    def of_many() -> float:
        return door.rows_per_second(accounts=door.accounts)

    def of_own_app() -> float:
        return door.rows_per_second(path=door.own_app)

    # Whoever comes after the bare commits finds a disk that is still busy: the ratios' two sides are neighbours.
    ways = {"bare": door.floor, "own app": of_own_app, "many": of_many, "one": door.rows_per_second}
    ways["empty"] = door.answers_per_second
    in_turns(1, **ways)
    taken = in_turns(rounds, **ways)
    rate = report.add("durable deliveries, to one workspace", taken["one"], "/s")
    report.add(f"durable deliveries, spread over {len(door.accounts)} workspaces", taken["many"], "/s")
    report.add("durable deliveries, signed by a workspace's own app", taken["own app"], "/s")
    report.add("the same requests to an empty view, same process", taken["empty"], "/s")
    report.add("the same rows committed by one bare psycopg connection", taken["bare"], "/s")
    report.ratio("of_empty_view", beside(taken["one"], taken["empty"]), least=0.4)
    report.ratio("of_bare_commits", beside(taken["one"], taken["bare"]), least=0.9)
    report.ratio("many_workspaces", beside(taken["many"], taken["one"]), least=0.9)
    report.ratio("own_app", beside(taken["own app"], taken["one"]))
    return rate


def patience(report: Report, door: Door, *, rate: float, rounds: int, seconds: float) -> None:
    """The door at a steady rate: an answer's time counts from when its turn was."""
    loads = [door.load(door.port, accounts=door.accounts, rate=rate, seconds=seconds) for _ in range(rounds)]
    report.add("an answer's time at 70% of that rate, median", [load["p50"] for load in loads], "ms")
    report.add("an answer's time at 70% of that rate, p99", [load["p99"] for load in loads], "ms")
    report.ratio("p99_of_median", beside([load["p99"] for load in loads], [load["p50"] for load in loads]), most=10)


def peer(report: Report, door: Door, *, rounds: int) -> None:
    """What people write today: pywa in FastAPI with an INSERT for each message, one process, as ours."""
    with peer_server() as port:
        if port is None:
            print("pywa and FastAPI: skipped, because pip could not install them")
            return

        def of_peer() -> float:
            door.database.execute("TRUNCATE peer_messages")
            loaded = door.load(port, path="/")
            return float(settled(door.database, "peer_messages") / loaded["seconds"])

        ways = {"ours": door.rows_per_second, "peer": of_peer}
        in_turns(1, **ways)
        taken = in_turns(rounds, **ways)
    report.add("durable deliveries, beside the peer", taken["ours"], "/s")
    report.add("messages by pywa, FastAPI and one INSERT each", taken["peer"], "/s")
    report.ratio("of_pywa", beside(taken["ours"], taken["peer"]), least=1)


def settled(database: "psycopg.Connection[Any]", table: str) -> int:
    """It answers first and inserts afterwards: once no more come."""
    before, now = -1, count(database, table)
    while now != before:
        time.sleep(0.3)
        before, now = now, count(database, table)
    return now


@contextmanager
def peer_server() -> Iterator[int | None]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        python = str(home / "venv" / "bin" / "python")
        made = [sys.executable, "-m", "venv", str(home / "venv")]
        installed = [python, "-m", "pip", "install", "--quiet", *PEER_PACKAGES]
        if any(subprocess.run(command, capture_output=True).returncode for command in (made, installed)):
            yield None
            return
        (home / "peer.py").write_text(PEER)
        port = free_port()
        command = [python, "-m", "uvicorn", "peer:app", "--port", str(port), "--log-level", "error"]
        with running(command, cwd=home, APP_SECRET=SECRET):
            wait_for(port)
            yield port


PEER_PACKAGES = ["pywa", "fastapi", "uvicorn[standard]", "psycopg[binary]"]
PEER = """
import os
import threading

import fastapi
import psycopg
import pywa

app = fastapi.FastAPI()
whatsapp = pywa.WhatsApp(
    phone_id="100000", token="token", server=app, verify_token="word", app_secret=os.environ["APP_SECRET"]
)
local = threading.local()

with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS peer_messages (id bigserial PRIMARY KEY, wamid text, sender text, body text)"
    )


@whatsapp.on_message
def keep(client, message):
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    local.connection.execute(
        "INSERT INTO peer_messages (wamid, sender, body) VALUES (%s, %s, %s)",
        (message.id, message.from_user.wa_id, message.text),
    )
"""


if __name__ == "__main__":
    sys.exit(main())
