"""Deliveries over keep-alive connections from a process of its own, made and signed before the clock starts.

As fast as they are answered, or at a steady rate: then an answer's time counts from when its turn was, so that a
server that stalls is not spared the ones that would have come meanwhile.
"""

import json
import select
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench._deliveries import ADDRESS, bodies, posted

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Load:
    port: int
    seconds: float
    # Part of each message's id.
    name: str
    path: str = ADDRESS
    # Host header; empty: the address.
    host: str = ""
    platform: str = "WHATSAPP"
    accounts: list[str] = field(default_factory=lambda: ["100"])
    customers: int = 1000
    connections: int = 16
    # A second; nothing: as fast as they are answered.
    rate: float = 0
    # More than can be answered in the time; then they come again, which is nothing new.
    most: int = 6000

    def run(self) -> dict[str, Any]:
        """`answered`, the `seconds` that it took, `p50` and `p99` in milliseconds; when each heard 200, at a rate."""
        command = [sys.executable, "-m", "bench._post", json.dumps(asdict(self))]
        done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
        answered: dict[str, Any] = json.loads(done.stdout)
        return answered


class Poster:
    def __init__(self, load: Load) -> None:
        self.load = load
        number = int(load.rate * load.seconds) if load.rate else load.most
        host = load.host or f"127.0.0.1:{load.port}"
        made = bodies(load.platform, load.accounts, number, run=load.name, customers=load.customers)
        self.requests = [posted(body, host, load.path) for body in made]
        self.idle: deque[socket.socket] = deque()
        self.due: dict[socket.socket, float] = {}
        self.order: dict[socket.socket, int] = {}
        self.parts: dict[socket.socket, bytes] = {}
        self.sent = 0
        self.times: list[float] = []
        self.heard_at: dict[int, float] = {}
        for _ in range(load.connections):
            client = socket.create_connection(("127.0.0.1", load.port))
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.idle.append(client)

    def post(self) -> dict[str, Any]:
        started = time.perf_counter()
        until = started + self.load.seconds
        while (now := time.perf_counter()) < until:
            wait = self.send_due(started, now)
            if self.load.rate and self.sent == len(self.requests):
                break
            self.receive(min(wait, until - now))
        while self.due:
            self.receive(5)
        ended = time.perf_counter()
        said = {"answered": len(self.times), "seconds": ended - started, **spread(self.times)}
        return said | {"heard_at": self.heard_at} if self.load.rate else said

    def send_due(self, started: float, now: float) -> float:
        """The seconds until the next one's turn."""
        rate = self.load.rate
        while self.idle:
            turn = started + self.sent / rate if rate else now
            if turn > now:
                return turn - now
            if rate and self.sent == len(self.requests):
                break
            client = self.idle.popleft()
            self.due[client], self.order[client] = turn, self.sent
            client.sendall(self.requests[self.sent % len(self.requests)])
            self.sent += 1
        return 1

    def receive(self, wait: float) -> None:
        # Not epoll: it counts in milliseconds.
        for client in select.select(list(self.due), [], [], max(wait, 0))[0]:
            answer = self.parts.pop(client, b"") + client.recv(65536)
            if not is_whole(answer):
                self.parts[client] = answer
                continue
            self.times.append(time.perf_counter() - self.due.pop(client))
            self.heard_at[self.order.pop(client)] = time.time()
            self.idle.append(client)


def is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        if not answer:
            raise SystemExit("the server hung up")
        return False
    if not head.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"refused: {answer[:300]!r}")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length) if length else body.endswith(b"0\r\n\r\n")


def spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {name: ordered[int(len(ordered) * share)] * 1000 for name, share in (("p50", 0.5), ("p99", 0.99))}


if __name__ == "__main__":
    print(json.dumps(Poster(Load(**json.loads(sys.argv[1]))).post()))
