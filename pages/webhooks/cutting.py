"""A delivery taken apart, and one made of what is left."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pages.webhooks.events import Part
from pages.webhooks.parsers import parse
from pages.webhooks.parsers.weighing import LIGHT, swells
from workspaces.models import Delivery

# Of one delivery, and of all that share a transaction.
MOST_PARTS = 500


class TooMuch(Exception):
    """Not even Meta's largest batch becomes as much."""


@dataclass(frozen=True, slots=True)
class Piece:
    delivery: Delivery
    part: Part


def parts_of(delivery: Delivery) -> list[Part]:
    raw = bytes(delivery.body)
    body = json.loads(raw)
    if len(raw) > LIGHT and swells(body):
        raise TooMuch
    return parse(body)


def body_of(parts: Sequence[Part]) -> bytes:
    """Of parts of one delivery: parsed, it gives them again."""
    return json.dumps(envelope_of([part.payload for part in parts])).encode()


def envelope_of(payloads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What has no entries was one part, and is alone."""
    if len(payloads) == 1:
        return payloads[0]
    return {"object": payloads[0]["object"], "entry": [entry for payload in payloads for entry in payload["entry"]]}
