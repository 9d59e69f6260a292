"""The sandbox as it is used: a process of its own, and a place that takes its webhooks."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pages.sandbox import world
from pages.sandbox.server import Sandbox
from pages.sandbox.tokens import proof
from tests.product import PATIENCE


class Receiver:
    """Takes webhooks and keeps (headers, body); answers `statuses` first, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                if status == 200:
                    receiver.got.append((dict(self.headers), body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                challenge = self.path.partition("hub.challenge=")[2].partition("&")[0].encode()
                known = world.VERIFY_TOKEN in self.path
                self.send_response(200 if known else 403)
                self.send_header("Content-Length", str(len(challenge)))
                self.end_headers()
                self.wfile.write(challenge)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/meta/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture(scope="module")
def process() -> Iterator[Sandbox]:
    with Sandbox(webhook_first_pause=0.01) as sandbox:
        yield sandbox


@pytest.fixture
def meta(process: Sandbox) -> Sandbox:
    process.reset()
    return process


class Caller:
    """Calls the Graph as our product does, with token and proof."""

    def __init__(self, meta: Sandbox, token: str, secret: str = world.APP_SECRET) -> None:
        self.meta, self.token, self.secret = meta, token, secret

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        parameters = {"appsecret_proof": proof(self.secret, self.token), **options.pop("params", {})}
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        timeout = options.pop("timeout", PATIENCE)
        return requests.request(
            method, f"{self.meta.url}/v25.0/{path}", params=parameters, headers=headers, timeout=timeout, **options
        )

    def send(self, account: str, **body: Any) -> requests.Response:
        return self("POST", f"{account}/messages", json=body)


@pytest.fixture
def page(meta: Sandbox) -> Caller:
    return Caller(meta, world.ACME_PAGE_TOKEN)


@pytest.fixture
def number(meta: Sandbox) -> Caller:
    return Caller(meta, world.ACME_WHATSAPP_TOKEN)


@pytest.fixture
def studio(meta: Sandbox) -> Caller:
    return Caller(meta, world.ACME_STUDIO_INSTAGRAM_TOKEN, world.INSTAGRAM_APP_SECRET)


def code_of(answer: requests.Response) -> tuple[int, int, int | None]:
    """HTTP status, code and subcode; (200, 0, None) where all is well."""
    error = answer.json().get("error", {})
    return answer.status_code, error.get("code", 0), error.get("error_subcode")
