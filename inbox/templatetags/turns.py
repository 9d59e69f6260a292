"""Why a chat is whose it is."""

from typing import Any
from uuid import UUID

from django import template

from agents.models import Agent
from inbox.turn_words import Why, why_of

register = template.Library()


@register.simple_tag
def why(data: dict[str, Any], me: UUID, reads_all: bool) -> Why | None:
    return why_of(data, me=str(me), with_numbers=reads_all)


@register.filter
def reads_all(agent: Agent) -> bool:
    return agent.can("messages.view")
