"""Devices are told of what came while no page was looked at: whom it concerns, once for each chat, not without end."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import redis
from django.db.models import F
from django.utils import timezone

from agents.actions.push import nobody_is_told
from agents.models import Agent, PushSubscription
from inbox import notices
from inbox.attention import who_looks
from inbox.models import Chat, Message
from inbox.notices import Notice
from inbox.pushing import Answer, Fate, Post, push_all
from workspaces import sessions
from workspaces.models import WebPushKey, Workspace
from workspaces.valkey import valkey

logger = logging.getLogger(__name__)

# What came so long ago is found in the inbox.
NEWS_FOR = timedelta(hours=1)
# Of more chats at once an agent is told in one.
MOST_AT_ONCE = 3
MOST_A_MINUTE = 20
MOST_FAILURES = 10
# Stands for one where there are several.
OF_NO_CHAT = UUID(int=0)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Told:
    """An agent with the devices that are to be told; by chat, what of."""

    agent: Agent
    devices: list[PushSubscription] = field(default_factory=list)
    by_chat: dict[UUID, Notice] = field(default_factory=dict)


def notify(workspace: Workspace, news: dict[str, list[list[str]]]) -> int:
    """How many notices went out."""
    schema = workspace.schema_name
    if not workspace.is_open or (not PushSubscription.objects.exists() and nobody_is_told(schema)):
        return 0
    messages = messages_of(news.get("messages", []))
    told = those_concerned(workspace, news, messages)
    gather_messages(messages, told.values())
    gather_assignments(news.get("assigned", []), told)
    gather_losses(news.get("lost", []), told)
    gather_mentions(news.get("mentions", []), told)
    gather_waiting(news.get("waiting", []), told)
    posts = [
        (device, notice)
        for one in told.values()
        if one.by_chat and (devices := of_living_log_ins(one))
        for notice in within_measure(schema, one)
        for device in devices
    ]
    return send(posts)


def try_device(workspace: Workspace, pk: UUID) -> int:
    found = PushSubscription.objects.of_working().with_agent().filter(pk=pk)
    return send([(device, notices.of_test(workspace.name)) for device in found])


def messages_of(news: list[list[str]]) -> list[Message]:
    found = Message.objects.filter(
        pk__in=[pk for (pk,) in news],
        direction=Message.Direction.IN,
        deleted_at=None,
        sent_at__gt=timezone.now() - NEWS_FOR,
        chat__state=Chat.State.OPEN,
        chat__identity__contact__blocked=False,
    )
    return list(found.select_related("chat__identity__contact", "chat__channel").order_by("sent_at", "id"))


def those_concerned(
    workspace: Workspace, news: dict[str, list[list[str]]], messages: Iterable[Message]
) -> dict[UUID, Told]:
    """Who may be told of anything in it: not who looks at the inbox, nor who could not open it now."""
    owners = {message.chat.assigned_to_id for message in messages}
    named = [row[1] for kind in ("mentions", "assigned", "lost", "waiting") for row in news.get(kind, [])]
    devices = PushSubscription.objects.of_working().due().with_agent()
    devices = devices.filter(agent__user__preferences__push_notifications=True)
    if None not in owners:
        devices = devices.filter(agent__in=[*owners, *named])
    told: dict[UUID, Told] = {}
    for device in devices.exclude(agent__in=who_looks(workspace.schema_name)):
        told.setdefault(device.agent_id, Told(device.agent)).devices.append(device)
    if workspace.requires_two_factor:
        told = {pk: one for pk, one in told.items() if one.agent.user.has_two_factor}
    return told


def gather_messages(messages: Iterable[Message], told: Iterable[Told]) -> None:
    for message in messages:
        for one in told:
            if concerns(message.chat, one.agent):
                one.by_chat[message.chat_id] = notices.of_message(message, one.agent)


def concerns(chat: Chat, agent: Agent) -> bool:
    if chat.assigned_to_id is None:
        return agent.user.preferences.told_of_unassigned and agent.can("messages.view")
    return bool(chat.assigned_to_id == agent.pk)


def gather_assignments(news: list[list[str]], told: dict[UUID, Told]) -> None:
    """If it is still theirs."""
    wanted = [(UUID(chat), UUID(to), UUID(by) if by else None) for chat, to, by in news if UUID(to) in told]
    if not wanted:
        return
    chats = Chat.objects.select_related("identity__contact", "channel").in_bulk([chat for chat, _, _ in wanted])
    givers = Agent.objects.with_person().in_bulk([by for _, _, by in wanted if by])
    for pk, to, by in wanted:
        chat = chats.get(pk)
        if chat and chat.assigned_to_id == to:
            notice = notices.of_assignment(chat, told[to].agent, givers.get(by) if by else None)
            told[to].by_chat[chat.pk] = notice


def gather_losses(news: list[list[str]], told: dict[UUID, Told]) -> None:
    """If it is not theirs again."""
    wanted = [(UUID(chat), UUID(had), UUID(by)) for chat, had, by in news if UUID(had) in told]
    if not wanted:
        return
    chats = Chat.objects.select_related("identity__contact", "channel").in_bulk([chat for chat, _, _ in wanted])
    takers = Agent.objects.with_person().in_bulk([by for _, _, by in wanted])
    for pk, had, by in wanted:
        chat, taker = chats.get(pk), takers.get(by)
        if chat and taker and chat.assigned_to_id != had:
            told[had].by_chat[chat.pk] = notices.of_loss(chat, told[had].agent, taker)


def gather_mentions(news: list[list[str]], told: dict[UUID, Told]) -> None:
    """If the chat is still theirs to read."""
    wanted = [(UUID(note), UUID(to)) for note, to in news if UUID(to) in told]
    if not wanted:
        return
    of_chat = ("chat__identity__contact", "chat__channel", "author__user")
    notes = Message.objects.select_related(*of_chat).in_bulk([note for note, _ in wanted])
    for pk, to in wanted:
        note, agent = notes.get(pk), told[to].agent
        if note and (agent.can("messages.view") or note.chat.assigned_to_id == agent.pk):
            told[to].by_chat[note.chat_id] = notices.of_mention(note, agent)


def gather_waiting(news: list[list[str]], told: dict[UUID, Told]) -> None:
    for count, to, minutes in news:
        if UUID(to) in told:
            told[UUID(to)].by_chat[OF_NO_CHAT] = notices.of_waiting(int(count), int(minutes))


def of_living_log_ins(one: Told) -> list[PushSubscription]:
    """Who signed out of a browser, or was signed out, is told nothing there any more."""
    alive = {login: sessions.is_alive(one.agent.user, login) for login in {device.login_id for device in one.devices}}
    for device in one.devices:
        if not alive[device.login_id]:
            device.delete()
    return [device for device in one.devices if alive[device.login_id]]


def within_measure(schema: str, one: Told) -> list[Notice]:
    """Nobody is told of everything when everything happens at once."""
    wanted = list(one.by_chat.values())
    if len(wanted) > MOST_AT_ONCE:
        wanted = [notices.of_many(len(wanted))]
    key = f"{schema}:push:told:{one.agent.pk}"
    try:
        with valkey().pipeline() as pipe:
            # Both or neither: a count without an end would keep every later notice back.
            pipe.set(key, 0, ex=60, nx=True)
            pipe.incrby(key, len(wanted))
            count: int = pipe.execute()[1]
    except redis.RedisError as error:
        logger.warning("%s: notices are not counted (%s)", schema, type(error).__name__)
        return wanted
    if count <= MOST_A_MINUTE:
        return wanted
    return [notices.of_too_many()] if count - len(wanted) <= MOST_A_MINUTE else []


def send(posts: list[Post]) -> int:
    if not posts:
        return 0
    answers = push_all(posts, WebPushKey.objects.current().vapid)
    settle([device for device, _ in posts], answers)
    return sum(answer.fate is Fate.TAKEN for answer in answers)


def settle(devices: list[PushSubscription], answers: list[Answer]) -> None:
    """By row: a device that meanwhile is another's keeps what it has."""
    by_fate: dict[Fate, dict[UUID, PushSubscription]] = {fate: {} for fate in Fate}
    pauses: dict[UUID, timedelta] = {}
    for device, answer in zip(devices, answers, strict=True):
        by_fate[answer.fate][device.pk] = device
        pauses[device.pk] = max(answer.pause, pauses.get(device.pk, timedelta()))
    for device in by_fate[Fate.GONE].values():
        same(device).delete()
    now = timezone.now()
    taken = by_fate[Fate.TAKEN].keys() - by_fate[Fate.GONE].keys()
    PushSubscription.objects.filter(pk__in=taken).update(failures=0, not_before=None, last_used_at=now)
    for pk, device in by_fate[Fate.FAILED].items():
        if pk in taken or pk in by_fate[Fate.GONE]:
            continue
        if device.failures + 1 >= MOST_FAILURES:
            logger.info("device %s is forgotten: it could not be told %s times", pk, MOST_FAILURES)
            same(device).delete()
            continue
        pause = max(min(FIRST_PAUSE * 2**device.failures, LONGEST_PAUSE), pauses[pk])
        same(device).update(failures=F("failures") + 1, not_before=now + pause)


def same(device: PushSubscription) -> Any:
    return PushSubscription.objects.filter(pk=device.pk, agent=device.agent_id, login_id=device.login_id)
