"""What a secret looks like, so that none is written down: by the name it goes under, by its shape, by its value."""

import re
from collections.abc import Iterable
from typing import Any

HIDDEN = "[hidden]"

NAMES = (
    "access_token|appsecret_proof|client_secret|app_secret|instagram_app_secret|input_token|fb_exchange_token|"
    "verify_token|token|secret|pin|password|authorization|notification_messages_token|authorization_code"
)
SECRET_NAME = re.compile(rf"(?:{NAMES})$", re.IGNORECASE)
# Of a login that comes back; elsewhere a code is an error's number or a language's.
LOGIN_CODE = {"code"}
IN_QUERY = re.compile(rf"((?:^|[?&\s\"'])(?:{NAMES}|code)=)[^&\s\"'#]+", re.IGNORECASE)
SHAPES = re.compile(r"\b(?:EAA|IGA|IGQ)[A-Za-z0-9_-]{12,}|\b\d{5,20}\|[A-Za-z0-9_-]{6,}")
SECRET_NAME_IN_JSON = re.compile(rf'"(?:{NAMES})":', re.IGNORECASE)
LONGEST_TEXT = 2000
MOST_ITEMS = 100
DEEPEST = 12


def mask_text(text: str, secrets: Iterable[str] = ()) -> str:
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, HIDDEN)
    if "=" in text:
        text = IN_QUERY.sub(rf"\1{HIDDEN}", text)
    return SHAPES.sub(HIDDEN, text)


def masked(value: Any, secrets: Iterable[str] = (), depth: int = 0) -> Any:
    """A copy fit to be kept: no secret, nothing endless, nothing that a database refuses."""
    if isinstance(value, str):
        return shortened(mask_text(value.replace("\x00", ""), secrets))
    if isinstance(value, bool | int | float) or value is None:
        return value
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {
            mask_text(str(name).replace("\x00", ""), secrets)[:100]: hidden_or_masked(name, item, secrets, depth)
            for name, item in list(value.items())[:MOST_ITEMS]
        }
    if isinstance(value, list | tuple):
        return [masked(item, secrets, depth + 1) for item in value[:MOST_ITEMS]]
    return shortened(mask_text(str(value), secrets))


def is_plain(text: str, secrets: Iterable[str]) -> bool:
    """Of a JSON text: `masked` would change nothing in it. Most that is sent and answered is so, and quickly seen."""
    return (
        len(text) <= LONGEST_TEXT
        and "\\" not in text
        and "=" not in text
        and text.count(",") < MOST_ITEMS
        and text.count("{") + text.count("[") < DEEPEST
        and not any(secret in text for secret in secrets)
        and not SECRET_NAME_IN_JSON.search(text)
        and not SHAPES.search(text)
    )


def hidden_or_masked(name: Any, item: Any, secrets: Iterable[str], depth: int) -> Any:
    if SECRET_NAME.match(str(name)) and isinstance(item, str):
        return HIDDEN
    return masked(item, secrets, depth + 1)


def masked_query(params: dict[str, Any], secrets: Iterable[str] = ()) -> dict[str, Any]:
    return {name: HIDDEN if name in LOGIN_CODE else value for name, value in masked(params, secrets).items()}


def secret_values(params: dict[str, Any]) -> list[str]:
    return [
        value
        for name, value in params.items()
        if isinstance(value, str) and (name in LOGIN_CODE or SECRET_NAME.match(name))
    ]


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text)} characters)"
