"""What happened at Meta's end, in order: in memory, and in a file that a killed process leaves whole."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

Json = dict[str, Any]


class Record:
    """Kinds: `customer` (what a person did), `accepted` and `refused` (what we sent), `webhook` (each attempt)."""

    def __init__(self, path: str = "") -> None:
        self.entries: list[Json] = []
        self.lock = threading.Lock()
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if path else None

    def add(self, kind: str, **facts: Any) -> None:
        with self.lock:
            entry = {"n": len(self.entries) + 1, "kind": kind, "at": int(time.time() * 1000), **facts}
            self.entries.append(entry)
            if self.file is not None:
                # Past Python's buffers at once: only the machine itself could still lose it.
                os.write(self.file, json.dumps(entry).encode() + b"\n")

    def since(self, number: int, kind: str = "") -> list[Json]:
        return [entry for entry in self.entries[number:] if not kind or entry["kind"] == kind]

    def clear(self) -> None:
        with self.lock:
            self.entries = []
            if self.file is not None:
                os.ftruncate(self.file, 0)
