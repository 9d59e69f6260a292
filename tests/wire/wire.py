"""The wire, whole: Meta played by the sandbox, the product run as the Procfile says, on servers that may be killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import redis

from config.embedded import Servers
from config.embedded.processes import dying_with_parent
from inbox.models import Message
from pages.sandbox.server import Sandbox
from tests.product import META_APP, ROOT, Product, eventually

Status = Message.Status
Json = dict[str, Any]

SLUGS = ("acme", "globex")
PROCESSES = ("web", "stream", "events", "send", "worker", "beat")


class Wire:
    def __init__(self, folder: Path, servers: Servers) -> None:
        self.folder, self.servers = folder, servers
        self.product = Product(folder, servers.database_url, servers.redis_url)
        door = f"http://127.0.0.1:{self.product.port}/webhooks/meta/"
        self.meta = Sandbox(webhook_url=door, webhook_first_pause=0.1, webhook_timeout=60.0)
        self.product.more = {
            **META_APP,
            "GRAPH_URL": self.meta.url,
            "PORT": str(self.product.port),
            "WEB_HOST": "127.0.0.1",
            "STREAM_HOST": "127.0.0.1",
            "STREAM_PORT": str(self.product.stream_port),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "SKIP_CHECKS": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.is_over = threading.Event()

    def start(self) -> None:
        self.meta.start()
        self.python("manage.py", "migrate_workspaces")
        self.python("manage.py", "seed_demo", "--without-chats")
        for slug in SLUGS:
            self.deal(slug, "BY_HAND")
        for name in PROCESSES:
            self.spawn(name)
        threading.Thread(target=self.watch, daemon=True).start()
        eventually(self.product.answers, what="the web process answers")

    def watch(self) -> None:
        """As the platform does: what ends by itself is begun anew. Celery ends now and then when its broker goes."""
        while not self.is_over.wait(0.5):
            for name, process in list(self.processes.items()):
                if name in self.commands and process.poll() is not None and self.processes.get(name) is process:
                    self.spawn(name)

    def stop(self) -> None:
        self.is_over.set()
        for name in list(self.processes):
            self.kill(name)
        self.meta.stop()

    def heal(self) -> None:
        """Whatever a test has broken."""
        self.meta.delete("faults")
        self.meta.post("settings", duplicate_rate=0.0, reorder_rate=0.0, latency_ms=0, receipts="delivered")
        self.servers.postgres.ensure_running()
        self.servers.valkey.ensure_running()
        for name in list(self.processes):
            if name not in PROCESSES:
                self.kill(name)
        for name in PROCESSES:
            if name not in self.processes:
                self.spawn(name)
        eventually(self.product.answers, what="the web process answers")

    def spawn(self, name: str, like: str = "") -> None:
        """`like`: another process of that kind."""
        command = self.commands[like or name]
        if like and like != name:
            command = command.replace(f"--hostname {like}@", f"--hostname {name}@")
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                ["sh", "-c", command],
                cwd=ROOT,
                env=self.product.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGKILL),
            )

    def kill(self, name: str) -> None:
        """-9, and its children with it."""
        process = self.processes.pop(name)
        # It may have ended by itself.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def flush(self) -> None:
        with redis.Redis.from_url(self.servers.redis_url) as valkey:
            valkey.flushall()

    def stop_valkey(self) -> None:
        """At once: what was not yet written down is gone, with the queues and the bells."""
        valkey = self.servers.valkey
        assert valkey.process
        valkey.process.kill()
        valkey.process.wait()

    def stop_postgres(self) -> None:
        """At once, in the middle of whatever it does."""
        postgres = self.servers.postgres
        assert postgres.process
        postgres.process.kill()
        postgres.process.wait()
        postgres.end_leftovers()

    def python(self, *arguments: str, told: Any = None) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.product.environment,
            input=json.dumps(told),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def rows(self, slug: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.servers.database_url, options=f"-c search_path={self.schemas[slug]},public") as db:
            return db.execute(query, values).fetchall()  # type: ignore[call-overload]

    def change(self, slug: str, statement: str, *values: Any) -> None:
        with psycopg.connect(self.servers.database_url, options=f"-c search_path={self.schemas[slug]},public") as db:
            db.execute(statement, values)  # type: ignore[call-overload]

    @cached_property
    def commands(self) -> dict[str, str]:
        lines = (ROOT / "Procfile").read_text().splitlines()
        return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}

    @cached_property
    def schemas(self) -> dict[str, str]:
        return dict(self.product.rows("SELECT slug, schema_name FROM workspaces"))  # type: ignore[arg-type]

    @cached_property
    def accounts(self) -> list[str]:
        """Those that are connected; what is written to others waits for somebody who connects them."""
        return [row[0] for slug in SLUGS for row in self.rows(slug, "SELECT external_id FROM channels ORDER BY id")]

    def message(self, external_id: str, slug: str = "acme", fields: str = "status") -> tuple[Any, ...] | None:
        found = self.rows(slug, f"SELECT {fields} FROM messages WHERE external_id = %s", external_id)  # noqa: S608
        return found[0] if found else None

    def arrives(self, external_id: str, slug: str = "acme") -> Any:
        """A customer's message; its chat."""
        look = lambda: self.message(external_id, slug, "chat_id::text")  # noqa: E731
        return eventually(look, what=f"{external_id} is in a chat")[0]

    def chat_with(self, customer: str, account: str, slug: str = "acme") -> str:
        return str(self.arrives(self.meta.write(customer, account, "Hello?")["id"], slug))

    def answer(self, answers: list[tuple[str, str]], slug: str = "acme", lane: str = "send") -> list[str]:
        """Into each chat its text, in this order, as the owner would; the messages' ids."""
        told = self.python("-m", "tests.wire.answering", slug, lane, told=answers)
        ids: list[str] = json.loads(told.splitlines()[-1])
        return ids

    def accepted(self, since: int = 0) -> list[Json]:
        """What Meta took from us, each with our own id of it."""
        return [entry | {"ours": entry["metadata"][-36:]} for entry in self.meta.record("accepted", since)]

    def last_record(self) -> int:
        return int(self.meta.get("record", since=10**9)["last"])

    def drain(self) -> None:
        """Meta has brought everything, and everything has moved into the workspaces."""
        self.meta.post("webhooks/retry")
        look = lambda: self.meta.get("webhooks", limit=1)["waiting"] == 0 and self.deliveries() == []  # noqa: E731
        try:
            eventually(look, what="nothing waits at the door")
        except AssertionError as error:
            waiting = self.meta.get("webhooks", limit=500)["webhooks"]
            error.add_note(f"the door: {self.deliveries()}")
            error.add_note(f"Meta: {[one for one in waiting if one['state'] == 'waiting'][:3]}")
            raise

    def deal(self, slug: str, strategy: str) -> None:
        """Nobody is dealt anything where a test does not say otherwise."""
        self.change(
            slug,
            "INSERT INTO inbox_rules (id, is_only, strategy, away_message, updated_at)"
            " VALUES (gen_random_uuid(), true, %s, '', now()) ON CONFLICT (is_only) DO UPDATE SET strategy = %s",
            strategy,
            strategy,
        )

    def deliveries(self) -> list[tuple[Any, ...]]:
        return self.product.rows("SELECT state, attempts, error, count(*) FROM deliveries GROUP BY 1, 2, 3")
