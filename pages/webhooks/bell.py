"""Rings for the digestion from a thread of its own: the door does not wait for Valkey."""

import threading
import time

from workspaces import bells

TASK = "pages.tasks.digest_deliveries"
# Deliveries that come as close together share a ring.
PAUSE_SECONDS = 0.005

_something_came = threading.Event()
_lock = threading.Lock()
_ringer: threading.Thread | None = None


def wake() -> None:
    _something_came.set()
    if _ringer is None or not _ringer.is_alive():
        _start()


def _start() -> None:
    global _ringer
    with _lock:
        if _ringer is None or not _ringer.is_alive():
            _ringer = threading.Thread(target=_ring_forever, daemon=True, name="webhook-bell")
            _ringer.start()


def _ring_forever() -> None:
    while True:
        _something_came.wait()
        _something_came.clear()
        bells.ring(TASK)
        time.sleep(PAUSE_SECONDS)
