"""What the templates of the list look up."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.safestring import SafeString

from inbox.counts import Count
from inbox.forms.filters import FilterForm
from inbox.furniture import Furniture
from inbox.rows import Row
from workspaces.templatetags.once import each_once

register = template.Library()


@register.filter
def of(numbers: Mapping[str, Count], key: str) -> str:
    return str(numbers.get(key, ""))


@register.simple_tag
def filter_form(asked: str, furniture: Furniture) -> FilterForm:
    """Filled in as the address says."""
    return FilterForm(QueryDict(asked), furniture=furniture)


@register.simple_tag(takes_context=True)
def list_rows(context: dict[str, Any], rows: Iterable[Row], place: str) -> SafeString:
    """`place`: the box's address. What they share is looked up once: for each of fifty it took longer than to write."""
    chat = context.get("chat")
    here = chat and chat.pk
    return each_once(
        context,
        "inbox/_row.html",
        [{"row": row, "is_open": row.pk == here} for row in rows],
        place=place,
        query=context.get("query", ""),
        answers=context["request"].agent.answers,
        one_state=context["box"].has_its_state,
    )
