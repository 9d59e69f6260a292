"""What the templates of the list look up."""

from collections.abc import Mapping

from django import template

from inbox.counts import Count

register = template.Library()


@register.filter
def of(numbers: Mapping[str, Count], key: str) -> str:
    return str(numbers.get(key, ""))
