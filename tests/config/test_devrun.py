"""The runner, for real, with a small project in the place of ours: no Django, no PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import redis

from config import devrun
from config.embedded.processes import port_is_free, processes_marked
from config.welcome import welcome
from pages.sandbox import world
from tests.product import PATIENCE, eventually, free_port

DRIVER = """
import sys
from pathlib import Path
from config import devrun
devrun.PROJECT = Path(sys.argv[1])
devrun.PREPARATION = sys.argv[2]
devrun.SANDBOX = "exec python sandbox.py {port} {webhooks}"
# Another run beside this one looks for free ports elsewhere.
devrun.SANDBOX_PORT = int(sys.argv[3])
devrun.PATIENCE = 600
sys.exit(devrun.main(sys.argv[4:]))
"""
WEB = """
import http.server, os

class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

http.server.HTTPServer.allow_reuse_port = True
http.server.HTTPServer((os.environ["WEB_HOST"], int(os.environ["PORT"])), Healthy).serve_forever()
"""
# Says what the others were told of it.
SANDBOX = """
import os, sys

names = ("GRAPH_URL", "META_APP_ID", "META_VERIFY_TOKEN")
print("webhooks to", sys.argv[2], *(os.environ[name] for name in names), flush=True)
os.environ["PORT"] = sys.argv[1]
import web
"""
PROCFILE = """
release: echo never
web: exec python web.py
clock: echo tick; exec sleep 600
"""


class Run:
    """One `make run` of the small project."""

    def __init__(self, project: Path, preparation: str = "", arguments: str = "", **environment: str) -> None:
        self.var = project / "var"
        self.log = Path(tempfile.mkstemp(dir=project)[1])
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DRIVER, project, preparation, str(free_port()), *arguments.split()],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "SWITCHBOARD_VAR": str(self.var),
                    "DATABASE_URL": "postgres://given",
                    "REDIS_URL": "redis://given",
                    "PORT": str(free_port()),
                    **environment,
                },
                start_new_session=True,
            )

    def wait_for(self, text: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while text not in (output := self.log.read_text()):
            assert time.monotonic() < deadline, f"{text!r} did not come:\n{output}"
            time.sleep(0.02)
        return output

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)

    def left(self) -> list[psutil.Process]:
        return processes_marked(devrun.RUN_MARK, str(self.var))

    def find(self, word: str) -> psutil.Process:
        return next(process for process in self.left() if word in " ".join(process.cmdline()))


Start = Callable[..., Run]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    project = Path(tempfile.mkdtemp(prefix="switchboard test's "))
    (project / "web.py").write_text(WEB)
    (project / "sandbox.py").write_text(SANDBOX)
    for name in ("PUBLIC_URL", "GRAPH_URL", "META_APP_ID", "META_VERIFY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    runs: list[Run] = []

    def start_run(procfile: str = PROCFILE, **options: str) -> Run:
        (project / "Procfile").write_text(procfile)
        runs.append(Run(project, **options))
        return runs[-1]

    yield start_run
    for run in runs:
        run.process.kill()
        run.process.wait()
    devrun.end_leftovers((project / "var").resolve())
    shutil.rmtree(project)


def test_ctrl_c_ends_everything(start: Start) -> None:
    run = start(preparation="print('prepared')")
    output = run.wait_for("Switchboard runs")
    assert output.index("prepared") < output.index("| tick")
    assert "never" not in output
    children = [run.find("sleep 600"), run.find("web.py")]

    assert run.end(signal.SIGINT) == 0

    assert run.left() == []
    assert not any(child.is_running() for child in children)


def test_meta_is_played_where_no_other_place_is_named(start: Start) -> None:
    run = start(META_APP_ID="707", preparation="print('prepared:', input())")

    output = run.wait_for("Meta, played")
    assert output.index("webhooks to") < output.index("prepared: Meta answers.")

    port = run.find("web.py").environ()["PORT"]
    graph = run.find("web.py").environ()["GRAPH_URL"]
    assert f"webhooks to http://localhost:{port}/webhooks/meta/ {graph} 707 {world.VERIFY_TOKEN}" in output
    assert graph in output.split("Switchboard runs")[1]


def test_another_graph_needs_no_sandbox(start: Start) -> None:
    run = start(GRAPH_URL="https://graph.elsewhere.example")

    output = run.wait_for("Switchboard runs")

    assert "webhooks to" not in output
    assert "Meta, played" not in run.log.read_text()


def test_a_second_ctrl_c_does_not_wait(start: Start) -> None:
    run = start(procfile="web: exec python web.py\nstubborn: trap '' TERM; echo deaf; sleep 600 & wait; wait\n")
    run.wait_for("Switchboard runs")
    run.wait_for("deaf")
    run.process.send_signal(signal.SIGINT)
    run.wait_for("Stopping.")

    # The two of one Ctrl-C, the terminal's and make's, come at once and count as one.
    begun = time.monotonic()
    while run.process.poll() is None:
        assert time.monotonic() < begun + PATIENCE, "it waits for the one who is deaf"
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.1)

    assert run.process.returncode == 0
    assert run.left() == []


def test_a_second_run_is_refused_and_so_is_a_reset(start: Start) -> None:
    first = start()
    first.wait_for("Switchboard runs")
    address = f"http://localhost:{first.find('web.py').environ()['PORT']}"

    second = start()
    assert second.process.wait(timeout=PATIENCE) == 2
    assert second.log.read_text() == f"Switchboard already runs: {address}.\n"

    reset = start(arguments="--reset")
    assert reset.process.wait(timeout=PATIENCE) == 2
    assert address in reset.log.read_text()
    assert first.process.poll() is None
    assert len(first.left()) >= 2


def test_a_process_that_dies_ends_the_run(start: Start) -> None:
    run = start()
    run.wait_for("Switchboard runs")

    run.find("web.py").kill()

    assert run.process.wait(timeout=PATIENCE) == 1
    assert "web ended by itself with exit code -9: everything stops." in run.log.read_text()
    assert run.left() == []


def test_a_server_that_dies_is_started_again(start: Start) -> None:
    run = start(REDIS_URL="")
    run.wait_for("Switchboard runs")
    address = run.find("web.py").environ()["REDIS_URL"]
    client = redis.Redis.from_url(address)
    before = client.info("server")["process_id"]

    os.kill(before, signal.SIGKILL)

    run.wait_for(f"Valkey has died: starting it again on port {urlsplit(address).port}.")
    eventually(lambda: answers(client), what="Valkey answers again")
    assert client.info("server")["process_id"] != before
    assert run.end() == 0
    assert not answers(client)


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_leftovers_of_a_killed_run_are_ended_and_nothing_else(start: Start) -> None:
    first = start(procfile="web: exec python web.py\ndeaf: setsid sleep 600\n")
    first.wait_for("Switchboard runs")
    deaf = first.find("sleep 600")
    first.end(signal.SIGKILL)
    assert deaf.is_running()
    with subprocess.Popen(["sleep", "600"], env={**os.environ, devrun.RUN_MARK: f"{first.var}/other"}) as foreign:
        second = start()

        second.wait_for("Switchboard runs")
        assert "Ended what an earlier run had left running." in second.log.read_text()
        assert not deaf.is_running()
        assert foreign.poll() is None
        foreign.kill()


@pytest.mark.parametrize(
    ("name", "value"), [("SESSION_DAYS", "x"), ("PORT", "x"), ("STREAM_PORT", "x"), ("DATABASE_URL", "nonsense")]
)
def test_a_setting_that_cannot_be_is_named_before_anything_starts(start: Start, name: str, value: str) -> None:
    run = start(**{name: value})
    assert run.process.wait(timeout=PATIENCE) == 2
    [line] = run.log.read_text().splitlines()
    assert line.startswith(f"switchboard: {name} must be ")
    assert run.left() == []


def test_a_busy_port_is_named(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        run = start(PORT=str(port))
        output = run.wait_for("Switchboard runs")
    assert f"Port {port} is busy, using {run.find('web.py').environ()['PORT']}." in output


def test_a_port_is_nobody_elses_before_its_process_is_up(start: Start) -> None:
    run = start()
    run.wait_for("Switchboard runs")
    told = run.find("web.py").environ()
    # Nothing of this Procfile listens there.
    assert not port_is_free(int(told["STREAM_PORT"]))


def test_a_failed_preparation_ends_the_run(start: Start) -> None:
    run = start(preparation="raise SystemExit(3)")
    assert run.process.wait(timeout=PATIENCE) == 1
    assert "could not be prepared" in run.log.read_text()
    assert run.left() == []


def test_ctrl_c_while_preparing(start: Start) -> None:
    run = start(preparation="print('begun', flush=True); import time; time.sleep(600)")
    run.wait_for("begun")
    assert run.end() == 0
    assert run.left() == []


def test_reset_deletes_what_is_under_var(tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text("{}")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.log").write_text("mail")

    assert devrun.reset(tmp_path, ask=False) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["run.lock"]


def test_reset_leaves_a_strangers_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(devrun.Refused):
        devrun.reset(tmp_path, ask=False)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_welcome_names_the_workspaces_where_they_are() -> None:
    text = welcome("https://switchboard.test:8443")
    assert "https://acme.switchboard.test:8443 " in text
    assert "https://switchboard.test:8443/mailbox/ " in text
