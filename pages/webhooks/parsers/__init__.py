"""Meta's webhooks, taken apart: any JSON in, one part for each thing that happened out."""

from collections.abc import Callable
from typing import Any

from pages.webhooks.events import Part
from pages.webhooks.parsers import instagram, messenger, whatsapp
from pages.webhooks.parsers.parts import clean_body, unknown_body

PARSERS: dict[str, Callable[[Any], list[Part]]] = {
    "page": messenger.parse,
    "instagram": instagram.parse,
    "whatsapp_business_account": whatsapp.parse,
}


def parse(body: Any) -> list[Part]:
    name = body.get("object") if isinstance(body, dict) else None
    parser = PARSERS.get(name) if isinstance(name, str) else None
    return parser(body) if parser else [unknown_body(clean_body(body))]
