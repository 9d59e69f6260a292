"""The composer brings what it needs, wherever a thread is shown."""

from typing import Any

from django import template

from inbox.composer import Composer, composer_of
from inbox.forms.composer import TIMES
from inbox.models import Chat
from inbox.snoozing import at_morning

register = template.Library()


@register.simple_tag(takes_context=True)
def composer_for(context: dict[str, Any], chat: Chat) -> Composer:
    request = context["request"]
    return composer_of(chat, request.agent, request.workspace, quote=request.GET.get("reply_to"))


@register.simple_tag
def later_times() -> list[tuple[str, str]]:
    return [(key, at_morning(name)) for key, (name, _) in TIMES.items()]
