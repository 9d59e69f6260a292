"""The page, the pictures and the files: what is served as it is."""

from __future__ import annotations

from pathlib import Path

from pages.sandbox import files, media
from pages.sandbox.errors import GraphError
from pages.sandbox.requests import Request
from pages.sandbox.state import State

PAGE = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
Answer = tuple[int, list[tuple[str, str]], bytes]
POLICY = "default-src 'self'; frame-ancestors 'none'"


def answer(state: State, request: Request) -> Answer | None:
    if request.method not in {"GET", "HEAD"}:
        return None
    folder, _, name = request.path.removeprefix("/_sandbox/").partition("/")
    if request.path == "/":
        return page("index.html")
    if folder == "page":
        return page(name)
    if folder == "pictures":
        return show("image/png", files.picture(name.removesuffix(".png")))
    if folder == "files":
        found = files.find(name)
        return show(found.mime_type, found.data) if found else missing()
    if folder == "lookaside":
        return lookaside(state, request)
    if folder == "shown":
        stored = state.media.get(name)
        return show(stored.mime_type, stored.data) if stored else missing()
    return None


def page(name: str) -> Answer:
    path = PAGE / name
    if path.parent != PAGE or path.suffix not in TYPES or not path.exists():
        return missing()
    kind = f"{TYPES[path.suffix]}; charset=utf-8"
    return (
        200,
        [("content-type", kind), ("cache-control", "no-cache"), ("content-security-policy", POLICY)],
        path.read_bytes(),
    )


def show(mime_type: str, data: bytes) -> Answer:
    return 200, [("content-type", mime_type), ("x-content-type-options", "nosniff")], data


def missing() -> Answer:
    return 404, [("content-type", "text/plain")], b"Not found\n"


def lookaside(state: State, request: Request) -> Answer:
    """WhatsApp's files: a bearer token, and an address that soon ends."""
    try:
        request.read()
        found = media.download(state, request)
    except GraphError:
        return 401, [("content-type", "text/plain")], b""
    return show(found.mime_type, found.data) if found else missing()
