"""Names of people, workspaces and positions: shown in lists, put into mails. One line of signs that can be seen."""

import unicodedata

from django.core.exceptions import ValidationError

JOINERS = "\u200c\u200d"  # ZWNJ and ZWJ: Persian, Hindi and families of emoji are written with them
EMOJI_STYLE = "\ufe0f"
# Letters and signs by category, nothing to the eye: the fillers of Hangul, the empty pattern of Braille.
BLANK = "\u115f\u1160\u3164\uffa0\u2800"
# Control characters and line breaks, marks of direction and of width zero, halves of characters.
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def validate_name(name: str) -> None:
    if any(is_hidden(name, place) for place in range(len(name))):
        raise ValidationError("Take out line breaks and hidden characters: write it by hand instead of pasting it.")
    if "://" in name:
        raise ValidationError("Take out the “://”: a name is not a web address.")
    if not any(is_visible(sign) for sign in name):
        raise ValidationError("Write at least one character that can be seen.")


def is_hidden(name: str, place: int) -> bool:
    if name[place] in JOINERS:
        return not joins(name[place], name[:place][-1:], name[place + 1 :][:1])
    return unicodedata.category(name[place]) in HIDDEN


def joins(joiner: str, before: str, after: str) -> bool:
    """Between two letters (or what is written on them), or between two emoji."""
    if not before or not after:
        return False
    if is_letter(before) and is_letter(after):
        return True
    return joiner == "\u200d" and (is_emoji(before) or before == EMOJI_STYLE) and is_emoji(after)


def is_letter(sign: str) -> bool:
    return sign != EMOJI_STYLE and unicodedata.category(sign)[0] in "LM"


def is_emoji(sign: str) -> bool:
    """Tones of skin are Sk, the arrows of nodding heads Sm."""
    return unicodedata.category(sign) in {"So", "Sk", "Sm"}


def is_visible(sign: str) -> bool:
    return sign not in BLANK and unicodedata.category(sign)[0] in "LNPS"
