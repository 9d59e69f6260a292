"""One kind of failure for all that Meta may say, whether it answers so or reports it later; in words for an agent."""

import json
import re
from datetime import timedelta
from typing import Any

from pages.graph.masking import mask_text
from pages.graph.meaning_kinds import MINUTE, Kind, Meaning, Pause, again, final, reconnect, slower
from pages.graph.meanings import MEANINGS

__all__ = ["GraphError", "Kind", "classify", "classify_answer", "error_in", "meaning_of", "never_left"]

# A subcode above this means the same under any code.
GLOBAL_SUBCODES = 1000

BY_STATUS = {
    401: reconnect("Meta no longer accepts this channel's access: reconnect the channel."),
    408: again("Meta did not wait for the whole request."),
    413: final("This is too big for Meta."),
    429: slower("Meta asks for a pause: too many calls in a short time. It goes on by itself.", MINUTE),
}
SERVER_TROUBLE = again("Meta's service has a problem at the moment.")
UNKNOWN = final("Meta refused this.")
# Where Meta's own words say more than ours can.
QUOTING = {Kind.FINAL, Kind.CONFIGURATION}
# "(#100) …"
PREFIX = re.compile(r"^\s*\(#\d+\)\s*")


class GraphError(Exception):
    """`str` is fit for a log, `meaning` for a person; neither has a secret in it."""

    def __init__(
        self,
        meaning: str = "",
        *,
        kind: Kind = Kind.FINAL,
        code: int | None = None,
        subcode: int | None = None,
        status: int | None = None,
        retry_after: timedelta | None = None,
        pauses: Pause | None = None,
        trace_id: str = "",
        left: bool = True,
        gone: bool = False,
    ) -> None:
        super().__init__(meaning)
        self.meaning = meaning
        self.kind = kind
        self.code = code
        self.subcode = subcode
        self.status = status
        self.retry_after = retry_after
        self.pauses = pauses
        self.trace_id = trace_id
        # Whether any of the request may have reached Meta.
        self.left = left
        # What was asked for is no longer there.
        self.gone = gone

    def __str__(self) -> str:
        number = self.number or (f"HTTP {self.status}" if self.status else "no answer")
        return f"{number} ({self.kind}): {self.meaning}"

    @property
    def number(self) -> str:
        """As Meta's documents print it: 190/463, 131047."""
        return "/".join(str(part) for part in (self.code, self.subcode) if part is not None)

    @property
    def retryable(self) -> bool:
        return self.kind in {Kind.RETRY, Kind.SLOW_DOWN}


def never_left(words: str, kind: Kind = Kind.RETRY) -> GraphError:
    return GraphError(words, kind=kind, left=False)


def quoted(user_message: str) -> str:
    """Meta's own words, where they add something, behind ours."""
    words = " ".join(PREFIX.sub("", mask_text(user_message)).split())[:300].rstrip(".")
    return f" Meta says: {words}." if words else ""


def classify(
    code: int | None,
    subcode: int | None = None,
    status: int | None = None,
    details: str = "",
    user_message: str = "",
    *,
    trace_id: str = "",
    is_transient: bool = False,
) -> GraphError:
    meaning = meaning_of(code, subcode, status, is_transient)
    words = meaning.words + (quoted(user_message or details) if meaning.kind in QUOTING else "")
    return GraphError(
        words,
        kind=meaning.kind,
        code=code,
        subcode=subcode,
        status=status,
        retry_after=meaning.retry_after,
        pauses=meaning.pauses,
        trace_id=trace_id,
    )


def meaning_of(code: int | None, subcode: int | None, status: int | None, is_transient: bool = False) -> Meaning:
    if code is not None and subcode is not None and (code, subcode) in MEANINGS:
        return MEANINGS[code, subcode]
    if subcode is not None and subcode >= GLOBAL_SUBCODES and subcode in MEANINGS:
        return MEANINGS[subcode]
    if code is not None and code in MEANINGS:
        return MEANINGS[code]
    if status in BY_STATUS:
        return BY_STATUS[status]
    return SERVER_TROUBLE if is_transient or (status or 0) >= 500 else UNKNOWN


def error_in(data: Any) -> dict[str, Any] | None:
    """Meta's error in an answer, whichever of its shapes it has."""
    if not isinstance(data, dict):
        return None
    if isinstance(error := data.get("error"), dict):
        return error
    # Instagram's log-in host.
    if "error_message" in data or "error_type" in data:
        return {"code": data.get("code"), "message": data.get("error_message")}
    # WhatsApp, here and there: {"errors": [{…}]}.
    errors = data.get("errors")
    return errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else None


def classify_answer(error: dict[str, Any], status: int, trace_id: str = "") -> GraphError:
    return classify(
        number(error.get("code")),
        number(error.get("error_subcode")),
        status,
        details_of(error) or text_of(error.get("message")),
        text_of(error.get("error_user_msg")) or text_of(error.get("error_user_title")),
        trace_id=text_of(error.get("fbtrace_id")) or trace_id,
        is_transient=error.get("is_transient") is True,
    )


def details_of(error: dict[str, Any]) -> str:
    data = error.get("error_data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            data = {"details": data}
    return text_of(data.get("details")) if isinstance(data, dict) else ""


def number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""
