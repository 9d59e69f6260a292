"""Pieces of a page that depend on nothing but what they are given: written once, and remembered."""

from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import datetime
from functools import lru_cache
from secrets import token_hex
from typing import Any
from uuid import UUID

from django import template
from django.template.context import make_context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

register = template.Library()

PLAIN = (str, int, tuple, UUID, datetime, type(None))
# In each process; a row of the inbox takes three kilobytes.
MOST = 4096
# Where a form's goes, which is another one each time; nobody can write it into what is shown.
TOKEN = token_hex()


@register.simple_tag(takes_context=True)
def once(context: dict[str, Any], template_name: str, **values: Any) -> SafeString:
    """As `include ... with ... only`; values that are equal give the same piece, so none may be what can change."""
    return each_once(context, template_name, [{}], **values)


def each_once(
    context: dict[str, Any], template_name: str, pieces: Iterable[dict[str, Any]], **shared: Any
) -> SafeString:
    """One piece behind the other, each as `once` has it."""
    language, zone, alike = get_language(), get_current_timezone_name(), given_by(template_name, shared)
    each = (given_by(template_name, piece) for piece in pieces)
    found = "".join([_written(template_name, language, zone, alike + given) for given in each])
    return SafeString(found.replace(TOKEN, str(context["csrf_token"])) if TOKEN in found else found)


def given_by(template_name: str, values: dict[str, Any]) -> tuple[tuple[str, Any, bool], ...]:
    for value in values.values():
        if not (isinstance(value, PLAIN) or is_dataclass(value)):
            raise TypeError(f"{template_name}: a {type(value).__name__} may change, and what is remembered does not")
    # A text that is marked as safe equals one that is not.
    return tuple([(key, value, isinstance(value, SafeString)) for key, value in sorted(values.items())])


@lru_cache(maxsize=MOST)
def _written(template_name: str, language: str, zone: str, given: tuple[tuple[str, Any, bool], ...]) -> SafeString:
    found = get_template(template_name).template  # type: ignore[attr-defined]
    return SafeString(found.render(make_context({"csrf_token": TOKEN, **{key: value for key, value, _ in given}})))
