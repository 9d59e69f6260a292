"""How people and what they came with are shown."""

from pathlib import PurePosixPath
from typing import Any

from django import template
from django.urls import reverse

from workspaces.browsers import browser_words

register = template.Library()


@register.filter
def browser(user_agent: str) -> str:
    return browser_words(user_agent)


@register.filter
def picture(person: Any) -> str:
    """The address of a person's picture, given a User or what has one.

    Only of a profile that was fetched with them: a list that did not ask for pictures shows initials, never a query
    a row.
    """
    user = getattr(person, "user", person)
    state = getattr(user, "_state", None)
    profile = state.fields_cache.get("profile") if state else None
    name = profile.avatar.name if profile else ""
    return reverse("avatar", args=[PurePosixPath(name).name]) if name else ""


@register.filter
def asking_two_factor(person: Any) -> list[str]:
    """The workspaces that would shut this person out without a second factor."""
    asking = person.memberships.active().filter(workspace__requires_two_factor=True).select_related("workspace")
    return [membership.workspace.name for membership in asking if membership.workspace.is_open]


@register.filter
def said(value: Any) -> str:
    """A detail of the audit log in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "None"
    return str(value)
