"""A server of files with every bad habit, on a port of its own."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from PIL import Image

Answer = Callable[[BaseHTTPRequestHandler], None]


def png(size: int = 40) -> bytes:
    made = BytesIO()
    Image.new("RGB", (size, size), "teal").save(made, "PNG")
    return made.getvalue()


class FileServer:
    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    def serve(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return f"{self.url}{path}"

    def file(self, path: str, body: bytes, content_type: str = "text/html", **headers: str) -> str:
        return self.serve(path, lambda handler: whole(handler, body, content_type, headers))


def whole(handler: BaseHTTPRequestHandler, body: bytes, content_type: str, headers: dict[str, str]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def status(code: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def answering(code: int, answer: object) -> Answer:
    """As Graph does."""
    body = json.dumps(answer).encode()

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return send


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(png()[:50])
    handler.close_connection = True


def without_end(handler: BaseHTTPRequestHandler) -> None:
    """Says nothing of its length, and goes on for as long as somebody listens."""
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    deadline = time.monotonic() + 20
    try:
        while time.monotonic() < deadline:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        return


def dripping(*lines: str) -> Answer:
    """Says these lines at once, and then a sign now and then, for as long as somebody listens."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write("\r\n".join(["HTTP/1.1 200 OK", *lines]).encode())
        deadline = time.monotonic() + 20
        try:
            while time.monotonic() < deadline:
                handler.wfile.write(b"x")
                threading.Event().wait(0.02)
        except OSError:
            return

    return drip


@contextmanager
def serving() -> Iterator[FileServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            server.asked.append(self.path)
            server.answers.get(path, status(404))(self)

        def log_message(self, *args: object) -> None:
            return

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = FileServer(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
