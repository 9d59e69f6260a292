"""A load of keep-alive connections from a process of its own; prints answers per second."""

import selectors
import socket
import subprocess
import sys
import time


def load(port: int, host: str, path: str, *, seconds: float, connections: int = 8) -> float:
    command = [sys.executable, __file__, str(port), host, path, str(seconds), str(connections)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def answers_per_second(port: int, host: str, path: str, seconds: float, connections: int) -> float:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(request)
        selector.register(client, selectors.EVENT_READ, bytearray())
    answers, started = 0, time.perf_counter()
    while (now := time.perf_counter()) < started + seconds:
        for key, _ in selector.select(timeout=1):
            key.data.extend(key.fileobj.recv(65536))
            if is_whole(key.data):
                key.data.clear()
                key.fileobj.sendall(request)
                answers += 1
    return answers / (now - started)


def is_whole(answer: bytearray) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    if not head.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"not the page: {head[:80]!r}")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


if __name__ == "__main__":
    print(answers_per_second(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]), int(sys.argv[5])))
