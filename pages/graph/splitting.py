"""Long text as several messages: cut where a reader would pause, and never within what shows as one sign."""

import re
import unicodedata
from collections.abc import Callable

from workspaces.models import Platform

TEXT_LIMITS = {Platform.FACEBOOK: 2000, Platform.INSTAGRAM: 1000, Platform.WHATSAPP: 4096}

PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
# A full stop in any of the usual scripts, with what closes behind it.
STOPS, WIDE_STOPS = r".!?\u2026\u061f", r"\u3002\uff01\uff1f"
SENTENCE = re.compile(rf"[{STOPS}{WIDE_STOPS}]['\"\u201d\u2019\u00bb)\]]*\s+|\n\s*|[{WIDE_STOPS}]")
SPACE = re.compile(r"\s+")
# A cut before this share of the room wastes a message.
ENOUGH = 0.5

ZERO_WIDTH_JOINER = "\u200d"
REGIONAL = range(0x1F1E6, 0x1F200)
SKIN_TONES = range(0x1F3FB, 0x1F400)
TAGS = range(0xE0020, 0xE0080)
HANGUL = range(0x1100, 0x1200)


def text_limit(platform: str) -> int:
    return TEXT_LIMITS[Platform(platform)]


def text_length(platform: str, text: str) -> int:
    """As the platform counts: Instagram bytes, the others characters."""
    return len(text.encode("utf-8", "replace")) if platform == Platform.INSTAGRAM else len(text)


def split_text(platform: str, text: str) -> list[str]:
    """Each part fits into one message of the platform."""
    return split(text, text_limit(platform), lambda part: text_length(platform, part))


def split(text: str, limit: int, measure: Callable[[str], int]) -> list[str]:
    parts = []
    rest = text.strip()
    while measure(rest) > limit:
        end = cut(rest, room(rest, limit, measure))
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [part for part in [*parts, rest] if part]


def room(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many code points fit."""
    used = 0
    for index, letter in enumerate(text):
        used += measure(letter)
        if used > limit:
            return index
    return len(text)


def cut(text: str, most: int) -> int:
    # A boundary may lie in the first sign that does not fit.
    window = text[: most + 1]
    for boundary in (PARAGRAPH, SENTENCE, SPACE):
        ends = [match.end() if boundary is SENTENCE else match.start() for match in boundary.finditer(window)]
        least = 0 if boundary is SPACE else most * ENOUGH
        fitting = [end for end in ends if end > least and len(text[:end].rstrip()) <= most and is_boundary(text, end)]
        if fitting:
            return fitting[-1]
    return whole_sign(text, most)


def whole_sign(text: str, most: int) -> int:
    """The last place up to there where one sign ends and another begins."""
    for end in range(most, 0, -1):
        if is_boundary(text, end):
            return end
    # One endless sign: cut it, or it never goes.
    return most


def is_boundary(text: str, at: int) -> bool:
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if ZERO_WIDTH_JOINER in (before, after) or (before, after) == ("\r", "\n"):
        return False
    if extends(after):
        return False
    if ord(before) in HANGUL and ord(after) in range(0x1160, 0x1200):
        return False
    return not (ord(after) in REGIONAL and flags_before(text, at) % 2)


def extends(letter: str) -> bool:
    """Belongs to the sign before it: accents, variation selectors, skin tones, the letters of a flag."""
    point = ord(letter)
    return point >= 0x300 and (
        point in SKIN_TONES or point in TAGS or unicodedata.category(letter) in {"Mn", "Me", "Mc"}
    )


def flags_before(text: str, at: int) -> int:
    count = 0
    while at - count > 0 and ord(text[at - count - 1]) in REGIONAL:
        count += 1
    return count
