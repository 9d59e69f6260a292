"""How Acme's chats are dealt: a desk with hours of its own, limits, holidays, rules."""

from datetime import date

from agents.models import Agent, Holiday, Position
from agents.permissions import SYSTEM_POSITIONS
from inbox.actions.routing_rules import save_rule
from inbox.demo.book import Book
from inbox.models import Chat, RoutingRule
from templates_app.models import MessageTemplate
from workspaces.hours import DAYS
from workspaces.models import Workspace

WEEKDAYS, SATURDAY = [["08:00", "18:00"]], [["10:00", "14:00"]]
LIMITS = {Position.AGENT: 40, Position.SUPERVISOR: 10, Position.ADMINISTRATOR: 5}


def run_the_floor(book: Book, workspace: Workspace) -> None:
    for slug, limit in LIMITS.items():
        Position.objects.filter(slug=slug).update(max_open_chats=limit)
    desk = Position.objects.create(
        name="Returns desk",
        slug="returns-desk",
        description="Whatever comes back, on weekdays and on Saturday morning.",
        permissions=SYSTEM_POSITIONS["agent"][2],
        hours=dict.fromkeys(DAYS[:5], WEEKDAYS) | {"sat": SATURDAY},
        max_open_chats=25,
    )
    Agent.objects.filter(pk__in=[book.team["mei"].pk, book.team["joao"].pk]).update(position=desk)
    year = book.now.year
    Holiday.objects.bulk_create(
        [Holiday(date=date(year, 12, 25), name="Christmas"), Holiday(date=date(year + 1, 1, 1), name="New Year")]
    )
    for rule in rules_of(book, desk):
        save_rule(rule, by=book.team["ana"], workspace=workspace)


def rules_of(book: Book, desk: Position) -> list[RoutingRule]:
    returns, complaint = (str(book.labels[name].pk) for name in ("Returns", "Complaint"))
    hours = MessageTemplate.objects.get(shortcut="hours")
    back = ["return", "returns", "send back", "refund", "exchange", "devolución", "Rückgabe", "إرجاع"]
    angry = ["complaint", "unacceptable", "furious", "never again"]
    return [
        RoutingRule(
            name="What comes back",
            conditions={"words": back},
            actions={"position": str(desk.pk), "labels": [returns]},
        ),
        RoutingRule(
            name="Angry",
            conditions={"words": angry},
            actions={"labels": [complaint], "priority": Chat.Priority.URGENT},
        ),
        RoutingRule(
            name="Spanish goes to Bo",
            conditions={"languages": ["es"], "returning": False},
            actions={"agent": str(book.team["bo"].pk)},
        ),
        RoutingRule(
            name="Closed in the evening",
            conditions={"hours": "outside"},
            actions={"reply": str(hours.pk)},
            is_active=False,
        ),
    ]


def leave_waiting(book: Book) -> None:
    """Who waits in the demo was told of before it began."""
    Chat.objects.to_deal().order_by().update(wait_told_at=book.now, away_told_at=book.now)
