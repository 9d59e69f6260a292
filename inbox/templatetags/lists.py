"""What the templates of the list look up."""

from collections.abc import Mapping

from django import template
from django.http import QueryDict

from inbox.counts import Count
from inbox.forms.filters import FilterForm
from inbox.furniture import Furniture

register = template.Library()


@register.filter
def of(numbers: Mapping[str, Count], key: str) -> str:
    return str(numbers.get(key, ""))


@register.simple_tag
def filter_form(asked: str, furniture: Furniture) -> FilterForm:
    """Filled in as the address says."""
    return FilterForm(QueryDict(asked), furniture=furniture)
