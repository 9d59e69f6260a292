"""Checks that Meta makes on what we send, in Meta's words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pages.sandbox.errors import GraphError, invalid, whatsapp_error

Json = dict[str, Any]
TYPE_NAMES = {str: "a string", dict: "an object", list: "an array", bool: "a boolean", int: "an integer"}


def only(value: Json, allowed: Collection[str], where: str = "") -> None:
    for name in value:
        if name not in allowed:
            on = f' on param "{where}"' if where else ""
            raise GraphError(100, f'Param {name}: unexpected key "{name}"{on}.')


def take(value: Json, name: str, kind: type, *, where: str = "", required: bool = False) -> Any:
    given = value.get(name)
    path = f"{where}[{name}]" if where else name
    if given is None:
        if required:
            raise invalid(f"The parameter {path} is required.")
        return None
    if not isinstance(given, kind) or (kind is int and isinstance(given, bool)):
        raise invalid(f"Param {path} must be {TYPE_NAMES[kind]}.")
    return given


def one_of(value: Any, allowed: Collection[str], path: str) -> None:
    if value not in allowed:
        raise invalid(f'Param {path} must be one of {{{", ".join(allowed)}}} - got "{value}".')


def wa_only(value: Json, allowed: Collection[str], where: str = "") -> None:
    for name in value:
        if name not in allowed:
            on = f' on param "{where}"' if where else ""
            error = invalid("Invalid parameter")
            error.details = f'Unexpected key "{name}"{on}.'
            raise error


def wa_take(
    value: Json, name: str, kind: type | tuple[type, ...], *, required: bool = False, most: int = 0, where: str = ""
) -> Any:
    given = value.get(name)
    path = f"{where}['{name}']" if where else name
    if given is None or given == "":
        if required:
            raise whatsapp_error(131008, f"The parameter {path} is required.")
        return given
    if not isinstance(given, kind) or (isinstance(given, bool) and kind is not bool):
        raise whatsapp_error(131009, f"Parameter value of {path} has the wrong type.")
    if most and isinstance(given, str | list) and len(given) > most:
        raise whatsapp_error(131009, f"Parameter {path} must be at most {most} long, it is {len(given)}.")
    return given


def wa_object(value: Json, name: str, *, where: str = "") -> Json:
    given: Json = wa_take(value, name, dict, required=True, where=where)
    return given
