"""The inbox's rules: who gets a chat, and what becomes of those that nobody answers."""

from typing import Any

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent
from inbox.arrivals import look_again
from inbox.models import InboxRules
from workspaces.audit import record
from workspaces.models import Workspace


@transaction.atomic
def save_rules(*, by: Agent, workspace: Workspace, **values: Any) -> None:
    """Those that are named; the others stay."""
    require(by, "inbox.manage")
    before = InboxRules.objects.select_for_update().first() or InboxRules()
    changed = [name for name in values if getattr(before, name) != values[name]]
    if not changed:
        return
    after, _ = InboxRules.objects.update_or_create(is_only=True, defaults={name: values[name] for name in changed})
    words = ". ".join(said(name, after) for name in changed)
    record("inbox.changed", words, by=by.user, workspace=workspace, **{name: values[name] for name in changed})
    look_again()


def said(name: str, rules: InboxRules) -> str:
    value = getattr(rules, name)
    if name == "strategy":
        return f"New chats are dealt: {rules.get_strategy_display().lower()}"
    if name == "reassign_after":
        return "Who is off keeps their chats" if value is None else f"Chats of who is off are dealt {after(value)}"
    if name == "tell_after":
        return (
            f"Supervisors are told {after(value)} of waiting" if value else "Supervisors are told of nobody who waits"
        )
    if name == "idle_after":
        return f"Agents count as away {after(value)}" if value else "Agents never count as away by themselves"
    if name == "away_message":
        return "Another away message" if value else "No away message"
    days = f"{value} {'day' if value == 1 else 'days'}"
    return f"Idle chats are closed after {days}" if value else "Idle chats stay open"


def after(minutes: int) -> str:
    return f"after {minutes} {'minute' if minutes == 1 else 'minutes'}" if minutes else "at once"
