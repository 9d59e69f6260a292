"""The routing rules that a workspace has; what they do to a chat is inbox/actions/routing.py."""

from django.db import transaction

from agents.actions.positions import require
from agents.models import Agent
from inbox.models import RoutingRule
from workspaces.audit import record
from workspaces.models import Workspace
from workspaces.refusals import Refused

# Each chat that begins asks them all.
MOST = 100


@transaction.atomic
def save_rule(rule: RoutingRule, *, by: Agent, workspace: Workspace) -> None:
    """A new one goes behind the others."""
    require(by, "inbox.manage")
    others = held()
    before = next((other for other in others if other.pk == rule.pk), None)
    if before is None:
        if not rule._state.adding:
            raise Refused("This rule is no longer there.")
        if len(others) >= MOST:
            raise Refused(f"There are {MOST} rules already.", hint="Delete one that is no longer needed.")
        put_in_order([*others, rule])
        rule.save()
        record("rule.created", f"Created the routing rule {rule.name}", by=by.user, workspace=workspace)
    elif changes := changes_between(before, rule):
        rule.save(update_fields=["name", "conditions", "actions", "updated_at"])
        words = f"Changed the routing rule {rule.name}: {changes}"
        record("rule.changed", words, by=by.user, workspace=workspace, rule=str(rule.pk))


def changes_between(before: RoutingRule, after: RoutingRule) -> str:
    changes = [f"it was called {before.name}"] if before.name != after.name else []
    changes += ["which chats it is for"] if before.conditions != after.conditions else []
    changes += ["what it does"] if before.actions != after.actions else []
    return ", ".join(changes)


@transaction.atomic
def switch_rule(rule: RoutingRule, on: bool, *, by: Agent, workspace: Workspace) -> None:
    require(by, "inbox.manage")
    found = RoutingRule.objects.select_for_update().filter(pk=rule.pk).first()
    if found is None:
        raise Refused("This rule is no longer there.")
    if found.is_active != on:
        found.is_active = on
        found.save(update_fields=["is_active", "updated_at"])
        words = f"Switched the routing rule {found.name} {'on' if on else 'off'}"
        record("rule.switched", words, by=by.user, workspace=workspace, rule=str(found.pk))


@transaction.atomic
def move_rule(rule: RoutingRule, *, up: bool, by: Agent, workspace: Workspace) -> bool:
    """Past its neighbour. False: there is none."""
    require(by, "inbox.manage")
    rules = held()
    place = next((place for place, other in enumerate(rules) if other.pk == rule.pk), None)
    if place is None:
        raise Refused("This rule is no longer there.")
    beside = place - 1 if up else place + 1
    if not 0 <= beside < len(rules):
        return False
    rules[place], rules[beside] = rules[beside], rules[place]
    put_in_order(rules)
    words = f"Moved the routing rule {rule.name} {'before' if up else 'behind'} {rules[place].name}"
    record("rule.moved", words, by=by.user, workspace=workspace, rule=str(rule.pk))
    return True


@transaction.atomic
def delete_rule(rule: RoutingRule, *, by: Agent, workspace: Workspace) -> None:
    require(by, "inbox.manage")
    found = RoutingRule.objects.select_for_update().filter(pk=rule.pk).first()
    if found:
        found.delete()
        record("rule.deleted", f"Deleted the routing rule {found.name}", by=by.user, workspace=workspace)


def held() -> list[RoutingRule]:
    """All, in their order; who changes the order waits for who does.

    Put in order only when they are held: while one waits, they may have changed places.
    """
    rules = RoutingRule.objects.select_for_update().order_by("id")
    return sorted(rules, key=lambda rule: (rule.priority, rule.pk))


def put_in_order(rules: list[RoutingRule]) -> None:
    """Numbered from one on; who is new is not written down here."""
    moved = [rule for place, rule in enumerate(rules, start=1) if rule.priority != place]
    for place, rule in enumerate(rules, start=1):
        rule.priority = place
    RoutingRule.objects.bulk_update([rule for rule in moved if not rule._state.adding], ["priority"])
