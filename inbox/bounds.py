"""How much of one message is kept: more than any platform lets a person send, and no more than a page can show.

Who brings an app of their own signs whatever they like; each webhook itself is kept as it came.
"""

import json
from typing import Any

# WhatsApp takes 65,536 characters, the others less.
LONGEST_TEXT = 70_000
MOST_FILES = 100
# Of what a message carries besides, as JSON: an order with hundreds of lines.
LARGEST_CONTENT = 100_000


def bounded_text(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def bounded_content(content: dict[str, Any]) -> dict[str, Any]:
    return content if len(json.dumps(content)) <= LARGEST_CONTENT else {"unsupported": {"kind": "too_large"}}
