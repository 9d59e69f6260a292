"""Why somebody has a chat, in plain words: made of the trace that dealing wrote down (data["turn"]), and of it alone.

Rows are as old as the workspace: what is not in one is not said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

FULL = re.compile(r"has \d+ of \d+ chats")
FULL_WITHOUT_NUMBERS = "has as many chats as are dealt to them"


@dataclass(frozen=True, slots=True)
class Why:
    question: SafeString
    # Sentences, names marked as names.
    said: tuple[SafeString, ...]
    # Who was passed over, and why.
    passed: tuple[tuple[str, str], ...] = ()
    # So many besides.
    more: int = 0


def why_of(data: Mapping[str, Any], *, me: str, with_numbers: bool = True) -> Why | None:
    """Of an event's data. `me`: the reader's id; `with_numbers`: they may know how many chats others have."""
    turn = data.get("turn")
    if not isinstance(turn, Mapping) or not turn.get("by"):
        return None
    to, is_mine = str(data.get("to") or ""), bool(me) and data.get("to_id") == me
    question = SafeString("Why me?" if is_mine else "Why nobody?")
    if to and not is_mine:
        question = format_html("Why <bdi>{}</bdi>?", to)
    said = [way_of(turn, to, is_mine=is_mine), rule_of(turn), load_of(turn, to, is_mine=is_mine, told=with_numbers)]
    return Why(
        question,
        tuple(sentence for sentence in said if sentence),
        passed_of(turn, with_numbers=with_numbers),
        number(turn.get("more")) or 0,
    )


def way_of(turn: Mapping[str, Any], to: str, *, is_mine: bool) -> SafeString:
    who = SafeString("You") if is_mine else format_html("<bdi>{}</bdi>", to)
    have, are = ("have", "were") if is_mine else ("has", "was")
    pool, by = pool_of(turn), turn["by"]
    if by == "own":
        return format_html("{} had this chat before.", who)
    if by == "last":
        return format_html("{} had this customer before.", who)
    if by == "rule":
        return format_html("A rule names {}.", "you" if is_mine else who)
    if by == "nobody":
        return format_html("Nobody was in turn among {}.", pool)
    if turn.get("after") == to and others_were_passed(turn):
        return format_html("{} {} the only one in turn, among {}.", who, are, pool)
    after = format_html(" after <bdi>{}</bdi>", turn["after"]) if turn.get("after") else ""
    if by == "fewest":
        words = "{} {} the fewest open chats of those in turn, among {}; of equals the next{}."
        return format_html(words, who, have, pool, after)
    return format_html("{} {} next in turn{}, among {}.", who, are, after, pool)


def others_were_passed(turn: Mapping[str, Any]) -> bool:
    size, passed = number(turn.get("size")), turn.get("passed")
    return size is not None and isinstance(passed, list) and len(passed) + (number(turn.get("more")) or 0) >= size - 1


def pool_of(turn: Mapping[str, Any]) -> SafeString:
    cursor, label = str(turn.get("cursor") or ""), str(turn.get("pool") or "")
    if cursor.startswith("position:"):
        return format_html("those who are <bdi>{}</bdi>", label or "of a position")
    if cursor.startswith("channel:"):
        return format_html("those who answer <bdi>{}</bdi>", label or "this channel")
    return SafeString("everybody")


def rule_of(turn: Mapping[str, Any]) -> SafeString | None:
    return format_html("By the rule “<bdi>{}</bdi>”.", turn["rule"]) if turn.get("rule") else None


def load_of(turn: Mapping[str, Any], to: str, *, is_mine: bool, told: bool) -> SafeString | None:
    """Where nobody has a limit, nobody's chats were counted."""
    having, limit = number(turn.get("open")), number(turn.get("limit"))
    if having is None or limit is None or not (told or is_mine):
        return None
    if is_mine:
        return format_html("With it you had {} of {} open chats.", having, limit)
    return format_html("With it <bdi>{}</bdi> had {} of {} open chats.", to, having, limit)


def passed_of(turn: Mapping[str, Any], *, with_numbers: bool) -> tuple[tuple[str, str], ...]:
    rows = turn.get("passed")
    told = [row for row in rows if isinstance(row, list | tuple) and len(row) == 3] if isinstance(rows, list) else []
    return tuple((str(name), reason_of(str(why), with_numbers=with_numbers)) for _, name, why in told)


def reason_of(why: str, *, with_numbers: bool) -> str:
    return FULL_WITHOUT_NUMBERS if not with_numbers and FULL.fullmatch(why) else why


def number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
