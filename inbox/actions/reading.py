"""What an agent has before him he has read; the customer is told that somebody has."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from agents.models import Agent
from inbox import live
from inbox.actions import seen
from inbox.models import Chat, ChatRead, Mention

# Forwards alone: a slow tab takes nothing back.
READ = """
INSERT INTO chat_reads AS r (id, chat_id, agent_id, incoming_seen, seen_until, updated_at)
SELECT gen_random_uuid(), c.id, %(agent)s, c.incoming_count, c.last_message_at, now()
FROM chats AS c WHERE c.id = %(chat)s
ON CONFLICT (chat_id, agent_id) DO UPDATE SET incoming_seen = GREATEST(r.incoming_seen, EXCLUDED.incoming_seen),
  seen_until = GREATEST(r.seen_until, EXCLUDED.seen_until), updated_at = now()
WHERE r.incoming_seen < EXCLUDED.incoming_seen OR r.seen_until IS DISTINCT FROM EXCLUDED.seen_until
"""


def read_chat(chat: Chat, *, by: Agent) -> bool:
    """Whether anything was new to this agent. A viewer reads for himself: no customer hears of it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(READ, {"agent": by.pk, "chat": chat.pk})
            changed = bool(cursor.rowcount)
        Mention.objects.unseen().filter(chat=chat, agent=by).update(seen_at=timezone.now())
        if changed:
            live.read(chat, by)
    if by.is_active and by.role != Agent.Role.VIEWER:
        seen.mark_seen(chat, by=by)
    return changed


def mark_unread(chat: Chat, *, by: Agent) -> None:
    """For this agent, so that he comes back to it: the last word counts as new again."""
    with transaction.atomic():
        seen_before = {"incoming_seen": max(chat.incoming_count - 1, 0)}
        ChatRead.objects.update_or_create(chat=chat, agent=by, defaults=seen_before)
        live.read(chat, by)


def set_read(ids: Iterable[UUID], *, by: Agent) -> dict[UUID, list[str]]:
    """Without a look at them, and so without a word to their customers. Tells what was so far, by chat."""
    with transaction.atomic():
        chats = list(Chat.objects.visible_to(by).filter(pk__in=list(ids)).order_by("id"))
        known = {read.chat_id: read for read in ChatRead.objects.filter(agent=by, chat__in=chats)}
        unseen = Mention.objects.unseen().filter(agent=by, chat__in=chats)
        mentioned: dict[UUID, str] = {}
        for chat, mention in unseen.values_list("chat", "pk"):
            mentioned[chat] = f"{mentioned.get(chat, '')} {mention}".strip()
        new = [one for one in chats if one.pk in mentioned or one.incoming_count > seen_in(known.get(one.pk))]
        before = {one.pk: [*as_text(known.get(one.pk)), mentioned.get(one.pk, "")] for one in new}
        ChatRead.objects.bulk_create(
            (ChatRead(chat=c, agent=by, incoming_seen=c.incoming_count, seen_until=c.last_message_at) for c in new),
            update_conflicts=True,
            unique_fields=["chat", "agent"],
            update_fields=["incoming_seen", "seen_until"],
        )
        unseen.update(seen_at=timezone.now())
        for one in new:
            live.read(one, by)
    return before


def restore_unread(before: dict[UUID, list[str]], *, by: Agent) -> int:
    with transaction.atomic():
        chats = list(Chat.objects.visible_to(by).filter(pk__in=before).order_by("id"))
        for chat in chats:
            count, until, mentions = before[chat.pk]
            fields = {"incoming_seen": int(count), "seen_until": datetime.fromisoformat(until) if until else None}
            ChatRead.objects.filter(chat=chat, agent=by).update(**fields)
            Mention.objects.filter(pk__in=mentions.split(), agent=by).update(seen_at=None)
            live.read(chat, by)
    return len(chats)


def seen_in(read: ChatRead | None) -> int:
    return read.incoming_seen if read else 0


def as_text(read: ChatRead | None) -> list[str]:
    return [str(seen_in(read)), read.seen_until.isoformat() if read and read.seen_until else ""]
