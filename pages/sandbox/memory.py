"""What Meta remembers of us on disk: a run that was ended or killed goes on where it was, a second behind at most."""

from __future__ import annotations

import os
import pickle
import sys
import threading
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

from pages.sandbox import files
from pages.sandbox.courier import Delivery
from pages.sandbox.state import Media, Message, State, Thread
from pages.sandbox.tokens import Token
from pages.sandbox.world import Account, Customer

KEPT = "accounts tokens customers scoped phones threads messages media codes comments".split()
CLASSES = (Account, Customer, Delivery, Media, Message, Thread, Token)
# What an older or newer sandbox wrote would lack something, or have too much.
SHAPE = [(one.__name__, [field.name for field in fields(one)]) for one in CLASSES]
PAUSE = 1.0
# Of the time; the more there is to write, the more seldom.
SHARE = 20


class Memory:
    def __init__(self, state: State, path: str) -> None:
        self.state, self.path = state, Path(path)
        self.saving = threading.Lock()
        self.saved = 0

    def recall(self) -> None:
        try:
            kept = pickle.loads(self.path.read_bytes())  # noqa: S301 - our own file, under var/
        except FileNotFoundError:
            return
        except Exception as problem:
            # Whatever is wrong with it, it is of no use.
            kept = {"shape": type(problem).__name__}
        if kept["shape"] != SHAPE:
            sys.stdout.write(f"What {self.path.name} kept cannot be read by this sandbox: it begins anew.\n")
            return
        for name in KEPT:
            getattr(self.state, name).update(kept[name])
        files.kept.update(kept["files"])
        for thread in self.state.threads.values():
            # Counted from when the machine was switched on.
            thread.allowance_at = time.monotonic()
        for delivery in kept["waiting"]:
            app = self.state.apps.get(delivery.app_id)
            # We may have moved to another port.
            delivery.url = app.webhook_url if app else delivery.url
            self.state.courier.send(delivery)

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            self.save()
            time.sleep(max(PAUSE, SHARE * (time.monotonic() - began)))

    def save(self) -> None:
        """Nothing, where nothing has happened."""
        with self.saving:
            happened = self.state.happened + len(self.state.record.entries)
            if happened == self.saved:
                return
            with self.state.lock:
                content = pickle.dumps(self._kept())
            beside = self.path.with_suffix(".new")
            beside.write_bytes(content)
            os.replace(beside, self.path)
            self.saved = happened

    def _kept(self) -> dict[str, Any]:
        kept = {name: getattr(self.state, name) for name in KEPT}
        return {**kept, "shape": SHAPE, "files": files.kept, "waiting": self.state.courier.waiting()}
