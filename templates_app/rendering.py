"""Variables in prepared texts: {{contact.first_name}}, or {{contact.first_name|there}} where the name may be unknown.

Nothing is executed and nothing is looked up: a name stands for a word, or the text is as it was.
static/js/lib/variables.js does the same in the composer; tests/templates_app/rendering.json holds both to it.
"""

import re
from collections.abc import Mapping

from agents.models import Agent
from workspaces.models import Workspace

# What each stands for, and who it is in an example.
VARIABLES = {
    "contact.first_name": ("Customer's first name", "Rosa"),
    "contact.name": ("Customer's name", "Rosa Martín"),
    "agent.first_name": ("Your first name", ""),
    "agent.name": ("Your name", ""),
    "workspace.name": ("Workspace", ""),
    "channel.name": ("Channel", "Main shop"),
}
# The spaces around the name go with it: a pattern that could share them out in many ways would be kept for minutes by a
# long row of them.
PLACE = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
HALF = re.compile(r"\{\{|\}\}")


def render(text: str, values: Mapping[str, str]) -> str:
    """What has no value is its fallback, or nothing; what is no variable stays. A value is never read for variables."""

    def word(place: re.Match[str]) -> str:
        name, fallback = place[1].strip(), place[2]
        if name not in VARIABLES:
            return place[0]
        return values.get(name) or (fallback or "").strip()

    return PLACE.sub(word, text)


def unknown_in(text: str) -> list[str]:
    """What is written like a variable and is none, in the order in which it stands there."""
    return list(dict.fromkeys(place[0] for place in PLACE.finditer(text) if place[1].strip() not in VARIABLES))


def is_broken(text: str) -> bool:
    """A pair of braces that was opened and not closed, or the other way round."""
    return HALF.search(PLACE.sub("", text)) is not None


def values_of(
    agent: Agent | None,
    workspace: Workspace,
    *,
    contact_name: str = "",
    contact_first_name: str = "",
    channel_name: str = "",
) -> dict[str, str]:
    """For one chat. A phone number or a user name is no name: who has no other is given as nobody; so is no agent."""
    return {
        "contact.first_name": contact_first_name or contact_name.split(" ")[0],
        "contact.name": contact_name,
        "agent.first_name": agent.user.get_short_name() if agent else "",
        "agent.name": agent.user.name if agent else "",
        "workspace.name": workspace.name,
        "channel.name": channel_name,
    }


def example_values(agent: Agent, workspace: Workspace) -> dict[str, str]:
    example = {name: example for name, (_, example) in VARIABLES.items()}
    return values_of(
        agent,
        workspace,
        contact_name=example["contact.name"],
        contact_first_name=example["contact.first_name"],
        channel_name=example["channel.name"],
    )
