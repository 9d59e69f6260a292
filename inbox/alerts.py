"""What agents may want to hear of while no page is open: gathered in a transaction, handed to one task after it.

Where nobody has a device that is told, that costs one question to Valkey after the commit, and no query.
"""

import logging
from collections.abc import Iterable
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from agents.actions.push import may_be_told
from agents.models import Agent, PushSubscription
from inbox.models import Chat, Message
from workspaces.refusals import Refused

logger = logging.getLogger(__name__)

TASK, TRIAL = "inbox.tasks.notify", "inbox.tasks.try_device"
# Of a backlog that comes in at once nobody reads the first.
MOST_MESSAGES = 200


class Gathered:
    """All that one transaction has, in however many workspaces."""

    def __init__(self) -> None:
        self.news: dict[str, dict[str, list[list[str]]]] = {}
        self.is_over = False

    def add(self, schema: str, kind: str, found: list[list[str]]) -> None:
        self.news.setdefault(schema, {}).setdefault(kind, []).extend(found)

    def __call__(self) -> None:
        self.is_over = True
        for schema, news in self.news.items():
            if may_be_told(schema):
                send(schema, {kind: found[-MOST_MESSAGES:] for kind, found in news.items()})


def messages_came(messages: Iterable[Message]) -> None:
    _gather("messages", [[str(one.pk)] for one in messages if one.direction == Message.Direction.IN])


def mentioned(note: Message, agents: Iterable[Agent]) -> None:
    _gather("mentions", [[str(note.pk), str(agent.pk)] for agent in agents])


def assigned(chat: Chat, to: UUID | None, *, by: Agent | None) -> None:
    """Who takes a chat knows it."""
    if to is not None and to != (by.pk if by else None):
        _gather("assigned", [[str(chat.pk), str(to), str(by.pk) if by else ""]])


def lost(chat: Chat, had: UUID | None, *, by: Agent | None) -> None:
    """By a colleague's hand; what the turn does with the chats of who is away is no news on their device."""
    if had is not None and by is not None and had != by.pk:
        _gather("lost", [[str(chat.pk), str(had), str(by.pk)]])


def customers_wait(count: int, minutes: int, agents: Iterable[Agent]) -> None:
    _gather("waiting", [[str(count), str(agent.pk), str(minutes)] for agent in agents])


def send(schema: str, news: dict[str, list[list[str]]]) -> None:
    """Never fails: a notice that does not come costs nobody a message."""
    try:
        current_app.send_task(TASK, [schema, news])
    except OperationalError:
        logger.warning("%s: the queue is away, devices are not told", schema)


def ask_for_trial(device: PushSubscription, schema: str) -> None:
    try:
        current_app.send_task(TRIAL, [schema, str(device.pk)])
    except OperationalError:
        raise Refused("The queue is away.", hint="Try again in a minute.") from None


def _gather(kind: str, found: list[list[str]]) -> None:
    if not found:
        return
    connection = transaction.get_connection()
    for _, hook, _ in reversed(connection.run_on_commit):
        if isinstance(hook, Gathered) and not hook.is_over:
            hook.add(connection.schema_name, kind, found)
            return
    gathered = Gathered()
    gathered.add(connection.schema_name, kind, found)
    transaction.on_commit(gathered)
