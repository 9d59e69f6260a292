"""What somebody wrote into the search field, read: words, phrases, and operators such as from:rosa. And the other way
round, where in a text they stand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import SequenceMatcher

from django.utils import timezone

OPERATORS = ("from", "page", "channel", "label", "before", "after", "is", "has")
# What `is:` and `has:` take; the first is what stands in the row.
STATES = ("open", "snoozed", "closed")
QUOTES = str.maketrans("“”„«»", '"""""')
PIECE = re.compile(r'(?:(?P<name>[^\W\d_]+):)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
# A row of three letters or digits: what an index of trigrams can look up.
TRIGRAM = re.compile(r"[^\W_]{3}")
MOST_WORDS = 8
LONGEST = 200
# Of a text, around the first hit.
BEFORE, LENGTH = 60, 220
ALIKE = 0.7
# Letters of the one held against letters of the other: whoever writes decides how many there are, and a page has many
# texts. The longest note is read to its end for words such as people write.
MOST_COMPARED = 200_000
# Of a word that may be misspelt, and of what is to be left of it in one piece.
SHORTEST, SHORTEST_RUN = 5, 4
# What is longer is no word that anybody knows: its hundreds of slips would be held against every text.
LONGEST_WORD = 40
# Of a short word with a slip in its middle no more is left: too little for an index, enough where one reads.
READ_RUN = 3
WORD = re.compile(r"[^\W_]+")


@dataclass
class Asked:
    text: str = ""
    # All of them are in the message, in any order; a phrase is one of them.
    words: list[str] = field(default_factory=list)
    operators: list[tuple[str, str]] = field(default_factory=list)
    # What was not understood, for the person to read.
    hints: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.operators)

    @property
    def is_short(self) -> bool:
        """There are words, and none that an index finds."""
        return bool(self.words) and not any(map(TRIGRAM.search, self.words))

    def values(self, *names: str) -> list[str]:
        return [value for name, value in self.operators if name in names]


def read(text: str) -> Asked:
    # PostgreSQL takes no NUL.
    asked = Asked(" ".join(text.replace("\0", "").split())[:LONGEST])
    for piece in PIECE.finditer(asked.text.translate(QUOTES)):
        name = (piece["name"] or "").lower()
        value = (piece["word"] if piece["phrase"] is None else piece["phrase"]).strip()
        if not name and value.endswith(":") and value[:-1].lower() in OPERATORS:
            name, value = value[:-1].lower(), ""
        if name in OPERATORS:
            _take_operator(asked, name, value)
        elif name and piece["phrase"] is not None:
            _take_word(asked, piece["name"])
            _take_word(asked, value)
        else:
            _take_word(asked, piece[0] if name else value)
            if name and not value.startswith("//"):
                asked.hints.append(f"There is no “{name}:” here, so it was looked for as a word.")
    if len(asked.words) > MOST_WORDS:
        asked.hints.append(f"Only the first {MOST_WORDS} words count.")
        del asked.words[MOST_WORDS:]
    return asked


def _take_word(asked: Asked, word: str) -> None:
    if word and word not in asked.words:
        asked.words.append(word)


def _take_operator(asked: Asked, name: str, value: str) -> None:
    if hint := _what_is_wrong(name, value):
        asked.hints.append(hint)
    else:
        asked.operators.append((name, value))


def _what_is_wrong(name: str, value: str) -> str:
    if not value:
        return f"Write something behind {name}:, without a space between."
    if name == "is" and value.lower() not in STATES:
        return "is: takes open, snoozed or closed."
    if name == "has" and value.lower() not in ("file", "files"):
        return "has: takes file."
    if name in ("before", "after") and day_of(value) is None:
        return f"{name}: takes a day such as {timezone.localdate().isoformat()}, today or yesterday."
    return ""


def day_of(value: str) -> date | None:
    today = timezone.localdate()
    near = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return near.get(value.lower()) or date.fromisoformat(value)
    except ValueError:
        return None


def pattern_of(word: str) -> str:
    """As LIKE takes it."""
    for special in "\\%_":
        word = word.replace(special, f"\\{special}")
    return word


def may_be_misspelt(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST_WORD and word.isalpha()


def misspellings(word: str, *, run: int = SHORTEST_RUN) -> list[str]:
    """Patterns of what it may have been meant for: two letters changed about, one too many, one missing, one wrong. The
    first letter is mostly right."""
    if not may_be_misspelt(word):
        return []
    patterns = {pattern for at in range(1, len(word)) for pattern in _slips(word, at)}
    # What has no run of letters would be looked for everywhere.
    return sorted({one for one in patterns if _longest_run(one) >= run} - {word})


def surroundings(word: str) -> list[str]:
    """A few patterns that fit wherever one of the misspellings does: what stands before a slip, and what behind it."""
    patterns: set[str] = set()
    for at in range(1, len(word)):
        around = f"{word[:at]}%{word[at + 2 :]}"
        fitting = {one for one in _slips(word, at) if _longest_run(one) >= SHORTEST_RUN}
        patterns |= {around} if _longest_run(around) >= SHORTEST_RUN else fitting
    return sorted(patterns - {word})


def _slips(word: str, at: int) -> list[str]:
    before, letter, after = word[:at], word[at], word[at + 1 :]
    slips = [before + after, f"{before}_{letter}{after}", f"{before}_{after}"]
    return [*slips, before + after[0] + letter + after[1:]] if after else slips


def _longest_run(pattern: str) -> int:
    return max(map(len, re.split("[_%]", pattern)))


def marked(text: str, words: Iterable[str], *, alike: bool = False) -> list[tuple[str, bool]]:
    """A piece of the text around the first hit, as parts: what is said, and whether it is a hit."""
    text = " ".join(text.split())
    places = places_in(text, words, alike=alike)
    start, end = _piece(text, places[0][0] if places else 0)
    parts, at = [("…" if start else "", False)], start
    for begin, stop in places:
        if at <= begin < end:
            parts += [(text[at:begin], False), (text[begin:stop], True)]
            at = stop
    end = max(end, at)
    parts += [(text[at:end] + ("…" if end < len(text) else ""), False)]
    return [part for part in parts if part[0]]


def _piece(text: str, first: int) -> tuple[int, int]:
    if len(text) <= LENGTH or first <= BEFORE:
        return 0, LENGTH
    start = first - BEFORE
    # Not in the middle of a word, where there is a gap near.
    gap = text.find(" ", start, start + 20)
    start = gap + 1 if 0 <= gap < first else start
    return start, start + LENGTH


def places_in(text: str, words: Iterable[str], *, alike: bool = False) -> list[tuple[int, int]]:
    """Where they begin and end, in order; none lies in another."""
    return _alike_in(text, words) if alike else _exactly_in(text, words)


def _exactly_in(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    # The longest first: of "deliver" and "delivery" at one place the whole is marked.
    wanted = sorted(map(re.escape, words), key=len, reverse=True)
    return [found.span() for found in re.finditer("|".join(wanted), text, re.IGNORECASE)] if wanted else []


def _alike_in(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    wanted, left = [word.lower() for word in words], MOST_COMPARED
    places = []
    for found in WORD.finditer(text):
        own = found[0].lower()
        rivals = [word for word in wanted if 2 * min(len(word), len(own)) >= ALIKE * (len(word) + len(own))]
        left -= sum(len(word) * len(own) for word in rivals)
        if left < 0:
            break
        if any(SequenceMatcher(None, word, own).ratio() >= ALIKE for word in rivals):
            places.append(found.span())
    return places
