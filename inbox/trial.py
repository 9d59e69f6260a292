"""A sample is held against the rules before they are kept: which fits, why, what would be done, whose turn it would be.

Nothing is written down, and nobody's turn moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from inbox.models import Chat, RoutingRule
from inbox.roster import held_roster, terms_now
from inbox.rota import Pick, pick
from inbox.routing import Case, Verdict, trace_of
from inbox.rulebook import Things, check_said, then_said, things_of
from pages.models import Channel

HOW = {
    "turn": "next in turn",
    "fewest": "who has the fewest open chats",
    "rule": "as the rule says",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One rule, and what it makes of the sample."""

    rule: RoutingRule
    fits: bool
    decides: bool
    is_edited: bool
    # Condition, wanted, found, and whether it fits.
    checks: tuple[tuple[str, str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Turn:
    to: str
    how: str
    after: str
    pool: str
    # Name, and why not.
    passed: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Trial:
    rules: tuple[Said, ...]
    decides: RoutingRule | None
    does: tuple[str, ...]
    # Nothing: it would wait for somebody who takes it by hand.
    turn: Turn | None


def try_rules(rules: Sequence[RoutingRule], case: Case, *, edited: RoutingRule, channel: UUID | None) -> Trial:
    """`rules`: in their order, the edited one among them."""
    things = with_channel(things_of(rules), case)
    verdicts = trace_of(rules, case)
    decides = next((verdict.rule for verdict in verdicts if verdict.fits), None)
    return Trial(
        rules=tuple(said_of(verdict, things, decides, edited) for verdict in verdicts),
        decides=decides,
        does=tuple(then_said(decides, things)) if decides else (),
        turn=turn_now(case.platform, channel, decides, things),
    )


def with_channel(things: Things, case: Case) -> Things:
    """The sample's own channel has a name, too."""
    own = Channel.objects.defer("access_token").filter(pk=case.channel) if case.channel else ()
    return replace(things, channels={**things.channels, **{str(one.pk): one for one in own}})


def said_of(verdict: Verdict, things: Things, decides: RoutingRule | None, edited: RoutingRule) -> Said:
    checks = tuple((*check_said(check, things), check.fits) for check in verdict.checks)
    return Said(verdict.rule, verdict.fits, verdict.rule is decides, verdict.rule is edited, checks)


def turn_now(platform: str, channel: UUID | None, rule: RoutingRule | None, things: Things) -> Turn | None:
    actions: dict[str, Any] = rule.actions if rule else {}
    agent = things.agents.get(actions.get("agent", ""))
    position = things.positions.get(actions.get("position", ""))
    terms = terms_now()
    if terms.by_hand and not agent and not position:
        return None
    chat = Chat(platform=platform, team=position)
    if channel:
        chat.channel_id = channel
    with transaction.atomic():
        roster = held_roster(terms)
        first = roster.seats.get(agent.pk) if agent else None
        found = pick(roster.pool_of(chat), terms.strategy, first=first, reason="rule")
        transaction.set_rollback(True)
    return turn_said(found)


def turn_said(found: Pick) -> Turn:
    turn = found.turn
    return Turn(
        to=found.seat.name if found.seat else "",
        how=HOW.get(turn["by"], ""),
        after=turn["after"] if turn["by"] == "turn" else "",
        pool=turn["pool"],
        passed=tuple((name, why) for _, name, why in turn["passed"]),
        more=turn["more"],
    )


def in_its_place(rules: Iterable[RoutingRule], edited: RoutingRule) -> list[RoutingRule]:
    """Those that act, with the edited one where it stands, or behind them if it is new."""
    shown = [edited if rule.pk == edited.pk else rule for rule in rules if rule.is_active or rule.pk == edited.pk]
    return shown if edited in shown else [*shown, edited]
