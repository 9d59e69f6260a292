"""Pictograms, of the one file that holds all."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


# A page has a hundred of them, and an include is forty times the work.
@register.simple_tag
@cache
def icon(name: str, class_: str = "", *, label: str = "", flip: bool = False) -> SafeString:
    """`label`: what it says where no words stand beside it; `flip`: it turns where one reads from the right."""
    said = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="{}" {} focusable="false"{}><use href="{}#{}"></use></svg>',
        f"icon {class_}".strip(),
        SafeString(said),
        SafeString(" data-flip" if flip else ""),
        static("img/icons.svg"),
        name,
    )
