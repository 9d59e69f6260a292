"""A file on its way from Meta, piece by piece. The token goes to Meta's own hosts alone."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from django.conf import settings

from pages.graph.calls import Call, write_down
from pages.graph.client import CONNECT_SECONDS, MEDIA_SECONDS, call, causes_of
from pages.graph.errors import GraphError, Kind, classify
from pages.graph.guard import PrivateAddress, guarded_session, hanging_up
from pages.graph.line import Line

PIECE = 64 * 1024
MOST_REDIRECTS = 3
REDIRECTS = {301, 302, 303, 307, 308}
OWN_HOSTS = ("facebook.com", "fbsbx.com", "instagram.com", "whatsapp.net", "whatsapp.com")
# A signed link that is over answers 403, now and then 400.
OVER = {403, 404, 410}

GONE = "The file is no longer at Meta: its link has expired, or it was deleted."
BROKEN_OFF = "The file broke off on its way from Meta."
UNREACHABLE = "The file could not be fetched from Meta just now."
FORBIDDEN = "The file's address is not one that files are fetched from."


@dataclass(slots=True)
class Download:
    """Use it with `with`. `length`: what the server says, None when it says nothing."""

    content_type: str
    length: int | None
    _response: requests.Response = field(repr=False)

    def chunks(self, *, within: float) -> Iterator[bytes]:
        """All of it in so many seconds, or TimeoutError."""
        received = 0
        failure: GraphError | None = None
        raw: Any = self._response.raw
        with hanging_up(raw.connected, within) as is_over:
            try:
                while piece := raw.read(PIECE, decode_content=True):
                    received += len(piece)
                    yield piece
            except (urllib3.exceptions.HTTPError, OSError):
                failure = GraphError(BROKEN_OFF, kind=Kind.RETRY)
        if is_over.is_set():
            raise TimeoutError
        if failure or (self.length is not None and received < self.length and not self._is_encoded):
            raise failure or GraphError(BROKEN_OFF, kind=Kind.RETRY)

    @property
    def _is_encoded(self) -> bool:
        return bool(self._response.headers.get("Content-Encoding"))

    def close(self) -> None:
        self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_media(line: Line, *, url: str = "", media_id: str = "", address: str = "") -> Download:
    """WhatsApp by its media id, the others by the link. Raises GraphError, `gone` when there is nothing to fetch."""
    if not media_id:
        return fetch(line, url, address=address, with_token=False)
    try:
        return fetch(line, resolve(line, media_id, address), address=address, with_token=True)
    except GraphError as error:
        if not error.gone or error.code is not None:
            raise
    # The link lives for five minutes.
    return fetch(line, resolve(line, media_id, address), address=address, with_token=True)


def resolve(line: Line, media_id: str, address: str = "") -> str:
    params = {"phone_number_id": line.external_id} if line.external_id else {}
    try:
        answer = call(line, "GET", media_id, type="media.resolve", params=params, address=address)
    except GraphError as error:
        error.gone = error.code in {33, 100}
        raise
    if not isinstance(url := answer.data.get("url"), str) or not url:
        raise GraphError(GONE, kind=Kind.FINAL, status=answer.status, gone=True, code=100)
    return url


def fetch(line: Line, url: str, *, address: str, with_token: bool) -> Download:
    note = Call(line, "media.download", "GET", without_query(url), address)
    started = time.perf_counter()
    try:
        response = follow(line, url, with_token, note)
        length = number_in(response.headers.get("Content-Length"))
        note.response = {"content_type": response.headers.get("Content-Type", ""), "length": length}
        return Download(response.headers.get("Content-Type", "").split(";")[0].strip().lower(), length, response)
    except GraphError as error:
        note.error_code = error.number or error.kind
        raise
    finally:
        note.milliseconds = int((time.perf_counter() - started) * 1000)
        write_down(note)


def follow(line: Line, url: str, with_token: bool, note: Call) -> requests.Response:
    for _ in range(MOST_REDIRECTS + 1):
        check(url)
        response = get(line, url, with_token)
        note.status = response.status_code
        if response.status_code not in REDIRECTS:
            return checked(response, with_token)
        target = response.headers.get("Location", "")
        response.close()
        url = urljoin(url, target)
    raise GraphError(FORBIDDEN, kind=Kind.FINAL)


def check(url: str) -> None:
    """https alone; with GRAPH_URL, whatever that itself is."""
    try:
        parts = urlsplit(url)
        allowed = parts.scheme == "https" or (parts.scheme == "http" and settings.GRAPH_URL.startswith("http:"))
        fine = allowed and bool(parts.hostname) and not parts.username and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine:
        raise GraphError(FORBIDDEN, kind=Kind.FINAL, left=False)


def get(line: Line, url: str, with_token: bool) -> requests.Response:
    headers = {"Authorization": f"Bearer {line.token}"} if with_token and line.token and is_metas_own(url) else {}
    try:
        return guarded_session().get(
            url, headers=headers, timeout=(CONNECT_SECONDS, MEDIA_SECONDS), allow_redirects=False, stream=True
        )
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        private = any(isinstance(cause, PrivateAddress) for cause in causes_of(error))
    if private:
        raise GraphError(FORBIDDEN, kind=Kind.FINAL, left=False)
    raise GraphError(UNREACHABLE, kind=Kind.RETRY)


def is_metas_own(url: str) -> bool:
    parts = urlsplit(url)
    if settings.GRAPH_URL:
        return (parts.scheme, parts.netloc) == urlsplit(settings.GRAPH_URL)[:2]
    host = (parts.hostname or "").rstrip(".")
    return any(host == own or host.endswith(f".{own}") for own in OWN_HOSTS)


def checked(response: requests.Response, with_token: bool) -> requests.Response:
    status = response.status_code
    if status < 300:
        return response
    response.close()
    if status in (OVER if not with_token else OVER - {403}):
        raise GraphError(GONE, kind=Kind.FINAL, status=status, gone=True)
    if status >= 500:
        raise GraphError(UNREACHABLE, kind=Kind.RETRY, status=status)
    raise classify(None, status=status)


def without_query(url: str) -> str:
    """What follows the question mark is the key to the file."""
    return url.partition("?")[0].partition("#")[0][:500]


def number_in(header: Any) -> int | None:
    try:
        return int(header)
    except (TypeError, ValueError):
        return None
