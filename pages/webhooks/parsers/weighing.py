"""How much a body becomes once it is taken apart: each part repeats what stands around it.

Meta sends a thousand things at most and little around them. A body made to swell would fill memory and disk.
"""

import json
from typing import Any

# Too little to swell.
LIGHT = 8 * 1024
MOST_PARTS = 10_000
MOST_BYTES = 32 * 1024 * 1024
# Keys, brackets, and the row that a part becomes.
FRAME = 300
# Stands around the parts of a change and is none.
CONTEXT = frozenset({"messaging_product", "metadata", "contacts"})


def swells(body: Any) -> bool:
    entries = body.get("entry") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return False
    parts = size = 0
    for entry in entries:
        more, larger = load_of(entry) if isinstance(entry, dict) else (1, FRAME)
        parts, size = parts + more, size + larger
    return parts > MOST_PARTS or size > MOST_BYTES


def load_of(entry: dict[str, Any]) -> tuple[int, int]:
    """Of an entry: how many parts, and the bytes of what is around each."""
    around = FRAME + weight(entry.get("id")) + weight(entry.get("time"))
    parts = 1 + sum(len(each) for each in entry.values() if isinstance(each, list))
    size = parts * around
    changes = entry.get("changes")
    for change in changes if isinstance(changes, list) else []:
        value = change.get("value") if isinstance(change, dict) else None
        if not isinstance(value, dict):
            continue
        for level in (value, value.get("standby")):
            if isinstance(level, dict):
                more = sum(1 + (len(each) if isinstance(each, list) else 0) for each in beside(level))
                parts += more
                size += more * (around + weight_around(change, value) + weight_around(change, level))
    return parts, size


def beside(level: dict[str, Any]) -> list[Any]:
    """What may become parts."""
    return [each for key, each in level.items() if key not in CONTEXT]


def weight_around(change: dict[str, Any], value: dict[str, Any]) -> int:
    """With the two cards that a message may name."""
    cards = value.get("contacts")
    heaviest = max(map(weight, cards), default=0) if isinstance(cards, list) else 0
    named = (change.get("field"), value.get("messaging_product"), value.get("metadata"))
    return sum(map(weight, named)) + 2 * heaviest


def weight(value: Any) -> int:
    return len(json.dumps(value)) if value is not None else 0
