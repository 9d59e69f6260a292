"""A real HTTP peer that answers what the test says and remembers what it was asked."""

import contextlib
import json
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    # Of the caller: the same for calls over one connection.
    connection: tuple[str, int]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    data: Any = field(default_factory=lambda: {"success": True})
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # Instead of data.
    raw: bytes | None = None
    # After it has read the request: "reset", "silence", or "short" (less than it promised).
    fate: str = ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    peer: "Peer"

    def answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.peer.asked.append(
            Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body, self.client_address)
        )
        reply = self.peer.replies.popleft() if self.peer.replies else Reply()
        if reply.fate == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        if reply.fate == "silence":
            self.peer.released.wait(10)
            return
        content = reply.raw if reply.raw is not None else json.dumps(reply.data).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + (100 if reply.fate == "short" else 0)))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = reply.fate == "short"

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *args: Any) -> None:
        pass

    def handle(self) -> None:
        # The test closed the connection.
        with contextlib.suppress(OSError, ValueError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()


class Peer:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: deque[Reply] = deque()
        self.released = threading.Event()
        handler = type("Handler", (Handler,), {"peer": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def will(self, *replies: Any) -> None:
        self.replies.extend(reply if isinstance(reply, Reply) else Reply(reply) for reply in replies)

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def graph_error(code: int, subcode: int | None = None, status: int = 400, **over: Any) -> Reply:
    error = {"message": f"(#{code}) Some English", "type": "OAuthException", "code": code, "fbtrace_id": "Atrace"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return Reply({"error": {**error, **over}}, status)


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
