"""What rules name, as far as it is there: to act on, and to say in words what they do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.models import Agent, Position
from inbox.colleagues import positions_with_people
from inbox.languages import LANGUAGES
from inbox.models import Chat, Label, RoutingRule
from inbox.routing import INSIDE, OUTSIDE, Check, named_in
from pages.models import Channel
from templates_app.models import MessageTemplate
from workspaces.models import Platform

PRIORITIES = {value: str(label) for value, label in Chat.Priority.choices}
PLATFORMS = {value: str(label) for value, label in Platform.choices}
HOURS = {INSIDE: "inside business hours", OUTSIDE: "outside business hours"}
RETURNING = {True: "has written before", False: "writes for the first time"}
NAMES = {
    "platforms": "Platform",
    "channels": "Channel",
    "tags": "Tags",
    "languages": "Language",
    "words": "Words",
    "hours": "Time",
    "returning": "Customer",
}
GONE = "(no longer there)"
# Of long lists in a sentence.
MOST_SAID = 5


@dataclass(frozen=True, slots=True)
class Things:
    """By id."""

    channels: Mapping[str, Channel]
    positions: Mapping[str, Position]
    # Those of them that somebody holds who takes chats.
    held: Collection[str]
    # Those who answer customers.
    agents: Mapping[str, Agent]
    labels: Mapping[str, Label]
    # Those that all share.
    replies: Mapping[str, MessageTemplate]


def things_of(rules: Iterable[RoutingRule]) -> Things:
    """One query for each kind that is named at all."""
    rules = list(rules)

    def found(among: Any, *names: str) -> dict[str, Any]:
        ids = named_in(rules, *names)
        return {str(one.pk): one for one in among.filter(pk__in=ids)} if ids else {}

    return Things(
        channels=found(Channel.objects.defer("access_token"), "channels"),
        positions=found(Position.objects.all(), "position"),
        held=found(positions_with_people(), "position").keys(),
        agents=found(Agent.objects.active().exclude(role=Agent.Role.VIEWER).select_related("user"), "agent"),
        labels=found(Label.objects.all(), "labels"),
        replies=found(MessageTemplate.objects.filter(is_shared=True).prefetch_related("assets"), "reply"),
    )


def when_said(rule: RoutingRule, things: Things) -> list[str]:
    """Its conditions in words; none: whatever it is."""
    conditions, said = rule.conditions, []
    if wanted := conditions.get("platforms"):
        said.append(f"on {either(PLATFORMS.get(one, one) for one in wanted)}")
    if wanted := conditions.get("channels"):
        said.append(f"on {either(channels_said(wanted, things))}")
    if wanted := conditions.get("tags"):
        said.append(f"from somebody tagged {either(wanted)}")
    if wanted := conditions.get("languages"):
        said.append(f"in {either(LANGUAGES.get(one, one) for one in wanted)}")
    if wanted := conditions.get("words"):
        said.append(f"with {either(f'“{one}”' for one in wanted)} in it")
    if wanted := conditions.get("hours"):
        said.append(HOURS[wanted])
    if (returning := conditions.get("returning")) is not None:
        said.append(f"from somebody who {RETURNING[returning]}")
    return said


def then_said(rule: RoutingRule, things: Things) -> list[str]:
    """Its actions in words."""
    actions, said = rule.actions, []
    if agent := actions.get("agent"):
        said.append(f"give it to {name_of(things.agents, agent)}")
    if position := actions.get("position"):
        name = name_of(things.positions, position)
        said.append(f"else in turn among {name}" if agent else f"give it in turn among {name}")
    if labels := actions.get("labels"):
        said.append(f"label it {every(name_of(things.labels, one) for one in labels)}")
    if (priority := actions.get("priority")) is not None:
        said.append(f"make it {PRIORITIES[priority].lower()} priority")
    if reply := actions.get("reply"):
        said.append(f"answer with “{name_of(things.replies, reply)}”")
    return said


def gone_from(rule: RoutingRule, things: Things) -> list[str]:
    """What it names and is not there any more, in words."""
    kinds = {
        "channels": (things.channels, "a channel that is no longer there"),
        "agent": (things.agents, "somebody who does not answer here any more"),
        "position": (things.positions, "a position that is no longer there"),
        "labels": (things.labels, "a label that is no longer there"),
        "reply": (things.replies, "a canned reply that is no longer there or not shared"),
    }
    return [words for name, (known, words) in kinds.items() if not set(named_in([rule], name)) <= set(known)]


def left_waiting(rule: RoutingRule, things: Things) -> str:
    """A position among whose people it deals, and that nobody holds; nothing: there is somebody."""
    position = things.positions.get(rule.actions.get("position", ""))
    return position.name if position and str(position.pk) not in things.held else ""


def check_said(check: Check, things: Things) -> tuple[str, str, str]:
    """The condition, what was wanted, what was found."""
    wanted, found = check.wanted, check.found
    if check.condition == "platforms":
        said = either(PLATFORMS.get(one, one) for one in wanted), PLATFORMS.get(found, found)
    elif check.condition == "channels":
        here = things.channels.get(found)
        said = either(channels_said(wanted, things)), channel_said(here) if here else "another one"
    elif check.condition == "languages":
        said = either(LANGUAGES.get(one, one) for one in wanted), LANGUAGES.get(found, found) or "none that can be told"
    elif check.condition == "hours":
        said = HOURS[wanted], HOURS[found]
    elif check.condition == "returning":
        said = RETURNING[wanted], RETURNING[found]
    else:
        said = either(wanted), every(found) or "none of them"
    return NAMES[check.condition], *said


def name_of(known: Mapping[str, Any], pk: str) -> str:
    one = known.get(pk)
    return one.name if one else GONE


def channels_said(wanted: Iterable[str], things: Things) -> list[str]:
    return [channel_said(one) if (one := things.channels.get(pk)) else GONE for pk in wanted]


def channel_said(channel: Channel) -> str:
    """A business calls them all the same."""
    return f"{channel.name} ({PLATFORMS[channel.platform]})"


def either(names: Iterable[str]) -> str:
    return joined(names, "or")


def every(names: Iterable[str]) -> str:
    return joined(names, "and")


def joined(names: Iterable[str], word: str) -> str:
    said = list(names)
    if len(said) > MOST_SAID:
        said = [*said[: MOST_SAID - 1], f"{len(said) - MOST_SAID + 1} more"]
    return f"{', '.join(said[:-1])} {word} {said[-1]}" if len(said) > 1 else "".join(said)
