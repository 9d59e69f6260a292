"""Colleagues named in notes, as the composer writes them: @[Ana Alvarez](agent id)."""

import re

MENTION = re.compile(r"@\[([^\]\n]{1,200})\]\(([0-9a-f-]{36})\)")
# The last one of a text that was cut within it.
BROKEN = re.compile(r"@\[([^\]\n]{1,200})(?:\](?:\([0-9a-f-]{0,36})?)?\Z")


def as_read(text: str) -> str:
    """By name alone."""
    return BROKEN.sub(r"@\1", MENTION.sub(r"@\1", text))
