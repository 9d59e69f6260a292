"""The stream process: what 2,000 open pages weigh, and how long a change takes from the publisher to the pages.

python -m bench.realtime [--quick]
"""

import argparse
import resource
import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psutil
import redis

from bench._rounds import Report, beside, in_turns
from bench._servers import free_port, own_servers, procfile, wait_for

PAGES = 2000
HEARING = 50
SCHEMA = "ws_bench"
MOST_KB = 100.0
# Fifty sockets and one more process on the way, beside one bare subscriber of Valkey's.
MOST_BESIDE = 40.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within 40 seconds, on fewer rounds")
    quick = parser.parse_args().quick
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    report = Report("realtime")
    with own_servers() as servers, stream_process() as stream:
        how_heavy(report, stream)
        how_fast(report, stream, servers.redis_url, rounds=5 if quick else 15, number=40 if quick else 100)
    report.show()


class Stream:
    def __init__(self, port: int, process: psutil.Process) -> None:
        self.port, self.process = port, process

    def memory(self) -> float:
        """Of its worker, in KB: what is its own, and not shared with others."""
        (worker,) = self.process.children()
        return float(worker.memory_full_info().uss) / 1024

    @contextmanager
    def pages(self, number: int, schema: str = SCHEMA) -> Iterator[list[socket.socket]]:
        opened = [self.open_page(agent, schema) for agent in range(number)]
        try:
            for page in opened:
                until(page, b"event: ready")
            yield opened
        finally:
            for page in opened:
                page.close()

    def open_page(self, agent: int, schema: str) -> socket.socket:
        from django.core import signing

        from agents.realtime.tokens import SALT

        viewer = {
            "schema": schema,
            "agent": str(UUID(int=agent)),
            "user": str(agent),
            "reads_all": True,
            "made_at": time.time(),
        }
        page = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        token = signing.dumps(viewer, salt=SALT)
        page.sendall(f"GET /stream/?token={token} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        return page


@contextmanager
def stream_process() -> Iterator[Stream]:
    port = free_port()
    with procfile("stream", STREAM_HOST="127.0.0.1", STREAM_PORT=str(port)) as process:
        wait_for(port)
        yield Stream(port, psutil.Process(process.pid))


def how_heavy(report: Report, stream: Stream) -> None:
    # What the first ones load is not theirs.
    with stream.pages(20):
        pass
    empty = stream.memory()
    with stream.pages(PAGES) as pages:
        heavy = stream.memory()
        began = time.perf_counter()
        publish("all")
        for page in pages:
            until(page, b'"all"')
        everybody = (time.perf_counter() - began) * 1000
    report.add("the process with no page open", [empty / 1024], "MB")
    report.add(f"with {PAGES} open pages", [heavy / 1024], "MB")
    each = report.add("each page", [(heavy - empty) / PAGES], "KB")
    report.add(f"a change to all {PAGES} of them", [everybody], "ms")
    report.ratio("KB for each open page", each, most=MOST_KB)


def how_fast(report: Report, stream: Stream, redis_url: str, *, rounds: int, number: int) -> None:
    worst: list[float] = []
    with stream.pages(HEARING) as pages, redis.Redis.from_url(redis_url) as valkey, valkey.pubsub() as bare:
        bare.subscribe("bench")
        bare.get_message(timeout=5)

        def to_pages() -> float:
            times = [heard_by_all(pages, f"{time.time_ns()}") for _ in range(number)]
            worst.extend(times)
            return statistics.median(times)

        def to_subscriber() -> float:
            return statistics.median(heard_bare(valkey, bare) for _ in range(number))

        taken = in_turns(rounds, ours=to_pages, bare=to_subscriber)
    p50 = report.add(f"published until the last of {HEARING} pages has it", taken["ours"], "ms")
    report.add("published until a bare subscriber has it", taken["bare"], "ms")
    p99 = statistics.quantiles(worst, n=100)[98]
    report.add("the slowest of a hundred", [p99], "ms")
    report.ratio("p50 ms", p50)
    report.ratio("p99 ms", p99)
    report.ratio("beside a bare subscriber", beside(taken["ours"], taken["bare"]), most=MOST_BESIDE)


def publish(word: str) -> None:
    from agents.realtime import publishing

    publishing.publish(SCHEMA, [publishing.Change("chat", {"chat": word}, readers=True)])


def heard_by_all(pages: list[socket.socket], word: str) -> float:
    with selectors.DefaultSelector() as selector:
        for page in pages:
            selector.register(page, selectors.EVENT_READ)
        began = time.perf_counter()
        publish(word)
        while selector.get_map():
            for key, _ in selector.select(timeout=10):
                page = key.fileobj
                assert isinstance(page, socket.socket)
                if word.encode() in page.recv(65536):
                    selector.unregister(page)
        return (time.perf_counter() - began) * 1000


def heard_bare(valkey: "redis.Redis", ear: "redis.client.PubSub") -> float:
    began = time.perf_counter()
    valkey.publish("bench", "word")
    while not (message := ear.get_message(timeout=10)) or message["type"] != "message":
        pass
    return (time.perf_counter() - began) * 1000


def until(page: socket.socket, wanted: bytes) -> None:
    read = b""
    while wanted not in read:
        part = page.recv(65536)
        if not part:
            raise SystemExit("a page lost its stream")
        read += part


if __name__ == "__main__":
    main()
