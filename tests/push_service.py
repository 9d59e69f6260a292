"""A push service on a port of its own, and the browser that has subscribed there and can read what comes."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Pushed:
    path: str
    headers: dict[str, str]
    body: bytes


class Browser:
    """Its keys never leave it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"sixteen letters!"

    @property
    def said(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": base64url(point), "auth": base64url(self.secret)}

    def read(self, pushed: Pushed) -> dict[str, Any]:
        plain = http_ece.decrypt(pushed.body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        read: dict[str, Any] = json.loads(plain)
        return read


class PushService:
    def __init__(self, url: str) -> None:
        self.url = url
        self.pushed: list[Pushed] = []
        # By path; 201 otherwise.
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}

    def browser(self, name: str = "one") -> Browser:
        return Browser(f"{self.url}/push/{name}")

    def answer(self, browser: Browser, status: int, **headers: str) -> None:
        self.answers[browser.endpoint.removeprefix(self.url)] = (status, headers)

    def told(self, browser: Browser) -> list[dict[str, Any]]:
        """What this browser shows, in order."""
        path = browser.endpoint.removeprefix(self.url)
        return [browser.read(pushed) for pushed in self.pushed if pushed.path == path]


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def push_service() -> Iterator[PushService]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.pushed.append(Pushed(self.path, dict(self.headers), body))
            status, headers = service.answers.get(self.path, (201, {}))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            return

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    service = PushService(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        httpd.shutdown()
        httpd.server_close()
