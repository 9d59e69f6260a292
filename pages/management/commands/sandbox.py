"""`manage.py sandbox`: Meta, played on this machine; `manage.py sandbox crowd`: people who write to it."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from pages.sandbox import server
from pages.sandbox.faults import read_spec


class Command(BaseCommand):
    help = "Plays Meta: Graph, webhooks, log-in dialogs and customers, with a page at its address."
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # Django's own prints the whole usage.
        parser.error = self.refuse  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", default="serve", choices=["serve", "crowd"])
        parser.add_argument("--port", type=int, default=8100)
        parser.add_argument("--webhook-url", default="", help="where webhooks go: <public address>/webhooks/meta/")
        parser.add_argument("--record", default="", metavar="FILE", help="append what happens, one JSON a line")
        parser.add_argument("--memory", default="", metavar="FILE", help="keep what happens across restarts")
        parser.add_argument("--faults", default="", help="429:0.05,timeout_after:0.01 or a JSON list")
        parser.add_argument("--latency", type=int, default=0, metavar="MS")
        parser.add_argument("--no-limits", action="store_true", help="no pair rate, no throughput: for benchmarks")
        parser.add_argument("--url", default="", help="crowd: the running sandbox; left out, that of `make run`")
        parser.add_argument(
            "--rate", type=float, default=10, help="crowd: acts a second, on accounts that are connected"
        )
        parser.add_argument("--duration", type=float, default=10, help="crowd: seconds")
        parser.add_argument("--customers", type=int, default=200, help="crowd: how many people")
        parser.add_argument("--seed", type=int, default=1, help="crowd: the same seed, the same acts")
        parser.add_argument("--reply", action="store_true", help="crowd: people read what they are sent")

    def handle(self, **options: Any) -> None:
        if options["what"] == "crowd":
            self.run_crowd(options)
        else:
            self.serve(options)

    def refuse(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(2)

    def serve(self, options: dict[str, Any]) -> None:
        port = options["port"]
        if not 0 < port < 65536 or options["latency"] < 0:
            self.refuse("--port must be 1 to 65535, and --latency not negative.")
        try:
            read_spec(options["faults"])
        except (ValueError, TypeError, AttributeError) as problem:
            self.refuse(f"--faults cannot be read: {problem}.")
        environment = server.environment(
            port,
            webhook_url=options["webhook_url"],
            record=options["record"],
            memory=options["memory"],
            faults=options["faults"],
            settings={"latency_ms": options["latency"], "limits": not options["no_limits"]},
        )
        if options["memory"]:
            address_beside(options["memory"]).write_text(f"http://127.0.0.1:{port}")
        self.stdout.write(f"The sandbox is at http://127.0.0.1:{port}.")
        self.stdout.flush()
        os.chdir(server.PROJECT)
        os.execve(sys.executable, server.command(port), environment)  # noqa: S606

    def run_crowd(self, options: dict[str, Any]) -> None:
        if min(options["rate"], options["duration"], options["customers"]) <= 0:
            self.refuse("--rate, --duration and --customers must be more than nothing.")
        sandbox = options["url"] or known_address()
        url = f"{sandbox.rstrip('/')}/_sandbox/crowd"
        wish = {name: options[name] for name in ("rate", "duration", "seed", "reply")}
        try:
            requests.post(url, json={**wish, "people": options["customers"]}, timeout=30).raise_for_status()
            report = self.wait_for_end(url, patience=options["duration"] + 60)
        except requests.RequestException as problem:
            self.refuse(f"There is no sandbox at {sandbox}: {type(problem).__name__}.")
        self.stdout.write(json.dumps(report))

    def wait_for_end(self, url: str, patience: float) -> Any:
        deadline = time.monotonic() + patience
        while True:
            report = requests.get(url, timeout=30).json()
            if (not report["running"] and not report["waiting"]) or time.monotonic() > deadline:
                return report
            time.sleep(0.2)


def address_beside(memory: str | Path) -> Path:
    return Path(memory).with_suffix(".address")


def known_address() -> str:
    """Where `make run` plays Meta: not always on the first port."""
    try:
        return address_beside(settings.VAR_DIR / "sandbox.memory").read_text()
    except OSError:
        return "http://127.0.0.1:8100"
