"""Which rule fits a chat that begins, and why: conditions against a case. It asks no database.

Conditions are a rule's `conditions`; what is not named there does not matter:

platforms  ["WHATSAPP", …]          one of them
channels   ["<id>", …]              one of them
tags       ["vip", …]               the contact has one of them, however it is spelt
languages  ["es", …]                one of them (inbox/languages.py)
words      ["refund", …]            one of them is in what the customer wrote
hours      "inside" or "outside"    the business hours
returning  true or false            whether the customer has written here before
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

from inbox.models import RoutingRule

INSIDE, OUTSIDE = "inside", "outside"
# Where words stand without a space between them, or take what follows into themselves: these are looked for anywhere.
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")
# Marks on a letter that leave it the letter it is, by their class in Unicode: vowel points of Hebrew and Arabic, and
# accents. Others make another sound of it, or another vowel.
POINTS, ACCENTS = range(10, 36), 200
# In no folded text, where it would be a space.
EDGE = "\x1f"


@dataclass(frozen=True, slots=True)
class Case:
    platform: str
    channel: str
    tags: tuple[str, ...]
    # Empty: it cannot be told.
    language: str
    words: str
    in_hours: bool
    returning: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: what was wanted, what was found."""

    condition: str
    wanted: Any
    found: Any
    fits: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    rule: RoutingRule
    checks: tuple[Check, ...]

    @property
    def fits(self) -> bool:
        return all(check.fits for check in self.checks)


def first_fitting(rules: Iterable[RoutingRule], case: Case) -> RoutingRule | None:
    return next((rule for rule in rules if all(check.fits for check in checks_of(rule.conditions, case))), None)


def trace_of(rules: Iterable[RoutingRule], case: Case) -> list[Verdict]:
    """What each makes of it, also behind the one that decides."""
    return [Verdict(rule, tuple(checks_of(rule.conditions, case))) for rule in rules]


def checks_of(conditions: Mapping[str, Any], case: Case) -> Iterator[Check]:
    """What costs nothing to look at comes first."""
    for name, found in (("platforms", case.platform), ("channels", case.channel), ("languages", case.language)):
        if wanted := conditions.get(name):
            yield Check(name, wanted, found, found in wanted)
    if wanted := conditions.get("hours"):
        found = INSIDE if case.in_hours else OUTSIDE
        yield Check("hours", wanted, found, found == wanted)
    if (wanted := conditions.get("returning")) is not None:
        yield Check("returning", wanted, case.returning, wanted == case.returning)
    if wanted := conditions.get("tags"):
        asked = {folded(tag) for tag in wanted}
        hits = [tag for tag in case.tags if folded(tag) in asked]
        yield Check("tags", wanted, hits or list(case.tags), bool(hits))
    if wanted := conditions.get("words"):
        hits = words_in(case.words, wanted)
        yield Check("words", wanted, hits, bool(hits))


def words_in(text: str, wanted: Sequence[str]) -> list[str]:
    """Those that are in it: whole words, in small letters or capitals, with accents or without."""
    # The same text is held against one rule after the other, the same words against one text after the other.
    marked = text_marked(text)
    return [word for word in wanted if len(edged := word_marked(word)) > 1 and edged in marked]


@lru_cache(maxsize=64)
def text_marked(text: str) -> str:
    return with_edges(folded(text))


@lru_cache(maxsize=4096)
def word_marked(word: str) -> str:
    return with_edges(folded(word))


def with_edges(plain: str) -> str:
    """With a mark wherever a word may begin or end: a whole word is then what is found with a mark at both ends, in one
    go however often its beginning is repeated. Whoever writes decides how long a text is, and of what."""
    edges = (EDGE if is_edge(before, sign) else "" for before, sign in pairwise(["", *plain]))
    return "".join(chain.from_iterable(zip(edges, plain, strict=True))) + EDGE


@lru_cache(maxsize=4096)
def is_edge(beside: str, own: str) -> bool:
    """Whether a word may begin or end between these two."""
    return not beside or not is_part(beside) or not is_part(own) or is_unspaced(own) or is_unspaced(beside)


def is_part(sign: str) -> bool:
    """Of a word: letters, digits, and what is written on them."""
    return sign == "_" or unicodedata.category(sign)[0] in "LNM"


def is_unspaced(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(UNSPACED)


def folded(text: str) -> str:
    """As it is compared: small letters without accents, one space between words."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not is_accent(sign))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def is_accent(sign: str) -> bool:
    kind = unicodedata.combining(sign)
    return kind in POINTS or kind >= ACCENTS


def named_in(rules: Iterable[RoutingRule], *names: str) -> Collection[str]:
    """All ids under these names, in conditions and actions."""
    found: set[str] = set()
    for rule in rules:
        for name in names:
            said = rule.conditions.get(name) or rule.actions.get(name) or []
            found.update([said] if isinstance(said, str) else said)
    return found
