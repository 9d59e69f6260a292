"""What an agent does beside answering: reads, types, reacts. The customer sees it if Meta takes it; nothing waits."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from agents.models import Agent
from inbox import live, policy
from inbox.actions.sending import permit_for, require_answering
from inbox.models import Chat, Message
from pages.graph import sending
from pages.graph.content import Address
from pages.graph.errors import GraphError, Kind
from pages.graph.line import Line, line_of
from workspaces.models import Workspace
from workspaces.refusals import Refused

logger = logging.getLogger(__name__)

MARK_SEEN = "inbox.tasks.tell_seen"
SHOW_TYPING = "inbox.tasks.tell_typing"
REACT = "inbox.tasks.tell_reaction"


def mark_seen(chat: Chat, *, by: Agent) -> bool:
    """For the whole workspace; the customer sees it where the platform shows it."""
    require_answering(by, chat)
    with transaction.atomic():
        seen = bool(Chat.objects.filter(pk=chat.pk, unread_count__gt=0).update(unread_count=0))
        if seen:
            live.chat_changed(chat)
        if seen and chat.channel.works:
            _tell_on_commit(MARK_SEEN, str(chat.pk))
    return seen


def show_typing(chat: Chat, on: bool, *, by: Agent) -> None:
    require_answering(by, chat)
    if _may_reply(chat):
        with transaction.atomic():
            _tell_on_commit(SHOW_TYPING, str(chat.pk), on)


def react(message: Message, emoji: str, *, by: Agent) -> None:
    """Our one reaction to it; without an emoji it is taken back."""
    require_answering(by, message.chat)
    if not message.external_id:
        raise Refused("This message has not arrived: there is nothing to react to.")
    if not _may_reply(message.chat):
        permit = permit_for(message.chat, Message.Sender.AGENT)
        raise Refused(permit.reason, hint="You can react again once they write.")
    with transaction.atomic():
        _set_reaction(message.pk, {"emoji": emoji, "at": timezone.now().isoformat()})
        _tell_on_commit(REACT, str(message.pk), emoji)


def tell_seen(chat_id: UUID) -> None:
    chat = _chat(chat_id)
    _best_effort(chat, lambda line, to: sending.mark_seen(line, to, _last_incoming_id(chat)))


def tell_typing(chat_id: UUID, on: bool) -> None:
    chat = _chat(chat_id)
    _best_effort(chat, lambda line, to: sending.send_typing(line, to, on, _last_incoming_id(chat)))


def tell_reaction(message_id: UUID, emoji: str) -> None:
    """An agent sees it when Meta did not take the reaction."""
    message = Message.objects.get(pk=message_id)
    shown = message.reactions.get("us", {})
    if shown.get("emoji") != emoji:
        return
    about = message.external_id or ""
    error = _best_effort(_chat(message.chat_id), lambda line, to: sending.send_reaction(line, to, about, emoji))
    if error and error.kind != Kind.AMBIGUOUS:
        _set_reaction(message_id, {**shown, "error": error.meaning})


def _set_reaction(message_id: UUID, reaction: dict[str, Any]) -> None:
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).select_related("chat").get(pk=message_id)
        message.reactions = {**message.reactions, "us": reaction}
        message.save(update_fields=["reactions"])
        live.messages_changed_in([message])


def _may_reply(chat: Chat) -> bool:
    return permit_for(chat, Message.Sender.AGENT).mode == policy.Mode.REPLY


def _best_effort(chat: Chat, tell: Callable[[Line, Address], None]) -> GraphError | None:
    workspace = Workspace.objects.get(schema_name=connection.schema_name)  # type: ignore[attr-defined]
    to = Address(chat.identity.external_id or "", chat.identity.phone or "")
    try:
        tell(line_of(chat.channel, workspace), to)
    except GraphError as error:
        logger.info("chat %s: %s", chat.pk, error)
        return error
    return None


def _chat(chat_id: UUID) -> Chat:
    return Chat.objects.select_related("channel", "identity").get(pk=chat_id)


def _last_incoming_id(chat: Chat) -> str:
    incoming = chat.messages.filter(direction=Message.Direction.IN).exclude(external_id=None)
    return incoming.order_by("-sent_at", "-id").values_list("external_id", flat=True).first() or ""


def _tell_on_commit(task: str, *args: Any) -> None:
    schema = connection.schema_name  # type: ignore[attr-defined]

    def tell() -> None:
        try:
            current_app.send_task(task, [schema, *args])
        except OperationalError:
            logger.warning("%s: the queue is away", task)

    transaction.on_commit(tell)
