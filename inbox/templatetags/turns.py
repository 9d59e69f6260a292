"""Why a chat is whose it is."""

from typing import Any

from django import template

from agents.models import Agent
from inbox.turn_words import Why, why_of

register = template.Library()


@register.filter
def why(data: dict[str, Any], agent: Agent) -> Why | None:
    return why_of(data, me=str(agent.pk), with_numbers=agent.can("messages.view"))
