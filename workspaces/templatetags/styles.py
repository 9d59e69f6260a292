"""Style sheets that belong together: one by one in development, as one in production."""

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from workspaces.stylesheets import SHEETS, joined

register = template.Library()


@register.simple_tag
def styles(name: str) -> SafeString:
    paths = [joined(name)] if getattr(staticfiles_storage, "joins_styles", False) else SHEETS[name]
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))
