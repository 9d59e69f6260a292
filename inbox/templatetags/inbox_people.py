"""How what Meta tells of people is said."""

from django import template
from django.conf.locale import LANG_INFO

register = template.Library()


@register.filter
def language_said(locale: str) -> str:
    """`en_US` as a reader says it, where the name is known."""
    code = locale.replace("_", "-").lower()
    known = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0]) or {}
    name = known.get("name")
    return f"{name} ({locale})" if name else locale


@register.filter
def zone_said(zone: str) -> str:
    """Meta gives hours from UTC; a name of a zone stays one."""
    try:
        hours = float(zone)
    except ValueError:
        return zone.replace("_", " ")
    minutes = round(abs(hours) * 60)
    sign = "+" if hours >= 0 else "\N{MINUS SIGN}"
    return f"UTC{sign}{minutes // 60}:{minutes % 60:02}"
