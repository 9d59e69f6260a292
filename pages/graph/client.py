"""One call to Meta: the token and its proof, time-outs, what counts as an answer, and the row that it leaves."""

import json as jsonlib
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import requests
import urllib3
from django.conf import settings
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from pages.graph import usage
from pages.graph.calls import Call, write_down
from pages.graph.errors import GraphError, Kind, classify, classify_answer, error_in, never_left
from pages.graph.line import Line
from pages.graph.masking import mask_text
from pages.graph.session import USER_AGENT, pool_of, shared_session

CONNECT_SECONDS = 5
READ_SECONDS = 20
# A file takes its time, to Meta and at Meta.
MEDIA_SECONDS = 60
# For the whole of an answer that comes in drops.
ANSWER_SECONDS = 30
MAX_ANSWER = 5 * 1024 * 1024
JSON_TIMEOUT = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
JSON_HEADERS = {"User-Agent": USER_AGENT, "Accept": "application/json", "Content-Type": "application/json"}
# An address, and a token, that need no quoting and can be refused by nothing on the way.
PLAIN = re.compile(r"[A-Za-z0-9_.~:/|=+-]*")

UNREACHABLE = "Meta cannot be reached at the moment."
PERHAPS = "Meta did not answer in time: it may have been done, or not."
NO_ANSWER = "Meta did not answer in time."


class Upload(Protocol):
    """A body that is read piece by piece; see uploads.py."""

    content_type: str
    described: dict[str, Any]
    fields: dict[str, str]

    def __len__(self) -> int: ...
    def __iter__(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Answer:
    data: dict[str, Any]
    status: int
    trace_id: str = ""
    milliseconds: int = 0


@dataclass(slots=True)
class Request:
    line: Line
    method: str
    url: str
    params: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    form: dict[str, Any] | None = None
    files: Upload | None = None
    # Asking twice does no harm: silence is then no riddle.
    repeatable: bool = False

    def send(self) -> urllib3.BaseHTTPResponse:
        """Unread. What is sent most takes the short way."""
        if self.json is not None and PLAIN.fullmatch(self.url) and PLAIN.fullmatch(self.line.token):
            return self.send_json()
        return self.send_any().raw

    def send_json(self) -> urllib3.BaseHTTPResponse:
        headers = {**JSON_HEADERS, "Authorization": f"Bearer {self.line.token}"} if self.line.token else JSON_HEADERS
        scheme, _, host, path = self.url.split("/", 3)
        return pool_of(f"{scheme}//{host}").urlopen(
            self.method,
            f"/{path}?{urlencode(self.params)}" if self.params else f"/{path}",
            body=jsonlib.dumps(self.json, allow_nan=False).encode(),
            headers=headers,
            retries=False,
            redirect=False,
            timeout=JSON_TIMEOUT,
            preload_content=False,
        )

    def send_any(self) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.line.token}"} if self.line.token else {}
        data: Any = self.form
        if self.files is not None:
            headers["Content-Type"] = self.files.content_type
            data = self.files
        return shared_session().request(
            self.method,
            self.url,
            params=self.params,
            json=self.json,
            data=data,
            headers=headers,
            timeout=(CONNECT_SECONDS, MEDIA_SECONDS if self.files is not None else READ_SECONDS),
            allow_redirects=False,
            stream=True,
        )


def call(
    line: Line,
    method: str,
    path: str,
    *,
    type: str,
    params: dict[str, Any] | None = None,
    json: Any = None,
    form: dict[str, Any] | None = None,
    files: Upload | None = None,
    address: str = "",
    host: str = "",
    repeatable: bool = False,
) -> Answer:
    """A path that begins with / has no version in front. Raises GraphError for all that is no success."""
    params = dict(params or {})
    if line.proof:
        params["appsecret_proof"] = line.proof
    request = Request(
        line, method, address_of(host or line.host, path), params, json, form, files, repeatable or method == "GET"
    )
    note = Call(line, type, method, path, address, params, json, form or {})
    if files is not None:
        note.body, note.files = files.fields, files.described
    started = time.perf_counter()
    try:
        return ask(request, note)
    except GraphError as error:
        note.error_code = error.number or error.kind
        raise
    finally:
        note.milliseconds = int((time.perf_counter() - started) * 1000)
        write_down(note)


def address_of(host: str, path: str) -> str:
    return host + (path if path.startswith("/") else f"/{settings.GRAPH_VERSION}/{path}")


def ask(request: Request, note: Call) -> Answer:
    started = time.perf_counter()
    status, headers, content, failure = exchange(request)
    if failure:
        raise failure
    note.status, note.trace_id = status, headers.get("x-fb-trace-id", "")
    pause = usage.obey(request.line, headers)
    try:
        data = data_in(content, status, request)
        note.response = data
        if error := error_in(data):
            raise classify_answer(clean(error, note.secrets), status, note.trace_id)
        if status >= 500:
            raise riddle(request, status)
        if status >= 300:
            raise classify(None, status=status, trace_id=note.trace_id)
    except GraphError as error:
        note.trace_id = error.trace_id = error.trace_id or note.trace_id
        if error.kind == Kind.SLOW_DOWN:
            error.retry_after = max(filter(None, [error.retry_after, pause]), default=None)
            usage.obey_error(request.line, error)
        raise
    return Answer(data, status, note.trace_id, int((time.perf_counter() - started) * 1000))


Exchanged = tuple[int, Mapping[str, str], bytes, GraphError | None]


def exchange(request: Request) -> Exchanged:
    """Status, headers, content; or what kept it from them, raised elsewhere: the original names the address."""
    try:
        response = request.send()
        try:
            return response.status, response.headers, content_of(response), None
        finally:
            response.close()
            response.release_conn()
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return 0, {}, b"", failure_of(error, request)


def content_of(response: urllib3.BaseHTTPResponse) -> bytes:
    """At most one byte more than is allowed."""
    parts: list[bytes] = []
    deadline, size = time.monotonic() + ANSWER_SECONDS, 0
    while size <= MAX_ANSWER and (part := response.read(MAX_ANSWER + 1 - size, decode_content=True)):
        parts.append(part)
        size += len(part)
        if response.length_remaining == 0 and "Content-Encoding" not in response.headers:
            break
        if time.monotonic() > deadline:
            raise TimeoutError
    return b"".join(parts)


def failure_of(error: Exception, request: Request) -> GraphError:
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return never_left("The channel's id or token has characters that cannot be: reconnect it.", Kind.CONFIGURATION)
    if any(isinstance(cause, NEVER_LEFT) for cause in causes_of(error)):
        return never_left(UNREACHABLE)
    return riddle(request)


NEVER_LEFT = (NewConnectionError, ConnectTimeoutError, requests.ConnectTimeout)


def causes_of(error: BaseException | None) -> Iterable[BaseException]:
    """What requests and urllib3 have wrapped one another in."""
    seen = 0
    while error is not None and seen < 5:
        yield error
        inner: Any = error.reason if isinstance(error, MaxRetryError) else next(iter(error.args), None)
        error, seen = (inner if isinstance(inner, BaseException) else None), seen + 1


def riddle(request: Request, status: int | None = None) -> GraphError:
    """It left, and what came back says nothing."""
    if request.repeatable:
        return GraphError(NO_ANSWER, kind=Kind.RETRY, status=status)
    return GraphError(PERHAPS, kind=Kind.AMBIGUOUS, status=status)


def data_in(content: bytes, status: int, request: Request) -> dict[str, Any]:
    if len(content) <= MAX_ANSWER:
        try:
            data = jsonlib.loads(content)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            return data
        if isinstance(data, bool | list) and status < 300:
            return {"success": data} if isinstance(data, bool) else {"data": data}
    # Without a word of Meta's own only a plain refusal is an answer.
    if status < 300 or status >= 500:
        raise riddle(request, status)
    raise classify(None, status=status)


def clean(error: dict[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    """Meta quotes a broken token in its message."""
    return {name: mask_text(value, secrets) if isinstance(value, str) else value for name, value in error.items()}
