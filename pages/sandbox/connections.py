"""Cuts a client's connection without a word, as a network does."""

from __future__ import annotations

import contextlib
import os
import socket
import stat


def cut(client: str) -> None:
    """`client` is the address and port at the other end; ours is among this process's open files."""
    host, _, port = client.rpartition(":")
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            # A copy of what is no socket would stay open, and be copied again with each cut.
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            copy = socket.socket(fileno=os.dup(int(name)))
            with copy:
                if copy.family in {socket.AF_INET, socket.AF_INET6} and copy.getpeername()[:2] == (host, int(port)):
                    copy.shutdown(socket.SHUT_RDWR)
