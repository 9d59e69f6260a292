"""Careful hands for JSON that somebody else wrote: every reader gives the type it says, or `Malformed`."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MESSAGE_ID, PERSON_ID, ACCOUNT_ID, PHONE, NAME = 255, 160, 64, 32, 255

# Meta nests to about 15; what lies deeper is cut off, for neither Python nor PostgreSQL nests without end.
DEEPEST = 64
# More digits than Python prints or PostgreSQL stores.
LONGEST_INT = 4096
FIRST_SECOND = int(datetime(2004, 1, 1, tzinfo=UTC).timestamp())
# From here on a number counts milliseconds.
FIRST_MILLISECOND = FIRST_SECOND * 1000

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
UNWORDLY = re.compile(r"[^a-z0-9_]+")


class Malformed(Exception):
    """This element is not what Meta's documents say. `key`: where it shows."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def clean(value: Any, depth: int = 0) -> Any:
    """A copy that PostgreSQL can store as JSON."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return None if depth > DEEPEST else {str(clean(k)): clean(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return None if depth > DEEPEST else [clean(v, depth + 1) for v in value]
    return value if is_storable(value) else None


def is_storable(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and value.bit_length() < LONGEST_INT)


def as_id(value: Any, longest: int = MESSAGE_ID) -> str:
    """Text, or a number as text; empty where it is neither or too long."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and len(value) <= longest else ""


def need_id(source: dict[str, Any], key: str, longest: int = MESSAGE_ID) -> str:
    found = as_id(source.get(key), longest)
    if not found:
        raise Malformed(key)
    return found


def may_id(source: dict[str, Any], key: str, longest: int = MESSAGE_ID) -> str:
    """Empty where there is none; wrong where there is one that cannot be."""
    value = source.get(key)
    return "" if value is None or value == "" else need_id(source, key, longest)


def may_text(source: dict[str, Any], key: str) -> str:
    value = source.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(key)
    return value


def need_text(source: dict[str, Any], key: str) -> str:
    found = may_text(source, key)
    if not found:
        raise Malformed(key)
    return found


def need_dict(source: dict[str, Any], key: str) -> dict[str, Any]:
    value = source.get(key)
    if not isinstance(value, dict):
        raise Malformed(key)
    return value


def may_dict(source: dict[str, Any], key: str) -> dict[str, Any]:
    return {} if source.get(key) is None else need_dict(source, key)


def may_dicts(source: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Malformed(key)
    return value


def need_number(source: dict[str, Any], key: str) -> int | float:
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(key)
    return value


def as_label(value: Any) -> str:
    """For what is nice to have, such as a name: empty rather than wrong."""
    return value.strip()[:NAME] if isinstance(value, str) else ""


def as_count(value: Any) -> int:
    number = as_integer(value)
    return number if number is not None and 0 <= number < 2**31 else 0


def as_integer(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_time(value: Any, otherwise: datetime | None = None) -> datetime | None:
    """Seconds or milliseconds, number or text: the years since 2004 tell them apart."""
    number = as_integer(value)
    if number is None or not FIRST_SECOND <= number < FIRST_MILLISECOND * 100:
        return otherwise
    milliseconds = number if number >= FIRST_MILLISECOND else number * 1000
    try:
        at = EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return otherwise
    return at if at <= datetime.now(UTC) + timedelta(days=1) else otherwise


def word(value: Any, longest: int = 30) -> str:
    """Fit to be a part of a kind."""
    return UNWORDLY.sub("_", value.lower())[:longest].strip("_") if isinstance(value, str) else ""


def filled(**values: Any) -> dict[str, Any]:
    """Without what is missing."""
    return {key: value for key, value in values.items() if value is not None and value not in ("", {}, [])}
