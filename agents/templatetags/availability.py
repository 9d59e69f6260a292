"""An agent's standing in a template: `{% with agent|standing:here as stands %}`."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django import template

from agents.availability import Standing, standing_of
from agents.guards import WorkspaceRequest
from agents.models import Agent
from agents.shifts import pause_of
from agents.teams import Load

register = template.Library()


@register.filter
def standing(agent: Agent, here: Collection[UUID]) -> Standing:
    """`here`: who has a page open."""
    return standing_of(agent, is_here=agent.pk in here)


@register.filter
def own_standing(agent: Agent) -> Standing:
    """Of who looks at the page: they have one open."""
    return standing_of(agent, is_here=True)


@register.simple_tag
def own_pause(request: WorkspaceRequest) -> str:
    """Why nothing is dealt to who looks at the page, even when they are online; nothing: it is."""
    return pause_of(request.agent, request.workspace)


@register.filter
def load(agent: Agent, loads: Mapping[UUID, Load]) -> Load | None:
    return loads.get(agent.pk)


@register.filter
def at(texts: Mapping[UUID, str], pk: UUID) -> str:
    return texts.get(pk, "")
