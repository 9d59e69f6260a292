"""What the composer of a chat begins with: what may be sent, what is begun, what waits. One query, if nothing does."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F

from agents.models import Agent
from inbox.actions.sending import permit_for
from inbox.actions.uploading import LARGEST
from inbox.models import Chat, Draft, Message, ScheduledMessage, Upload
from inbox.policy import Mode, Permit
from pages.files import MOST_FILES
from pages.graph.limits import FILE_RULES, MOST_QUICK_REPLIES, MOST_ROWS, title_and_payload
from pages.graph.splitting import text_limit
from templates_app.rendering import values_of
from workspaces.models import Platform, Workspace

# The newest by Meta's time may not be the last that came in here.
LATELY = 20
# Columns that come with each chat that is opened (inbox/opening.py): drafts, uploads, what is scheduled, the newest
# message. Of what is scheduled: what waits, whoever wrote it, and what came back to this agent.
BEGUN = """
  ARRAY(SELECT json_build_object('kind', kind, 'text', text, 'quick_replies', quick_replies, 'quoted', reply_to_id,
    'at', updated_at)::text FROM drafts WHERE chat_id = %(chat)s AND agent_id = %(agent)s),
  ARRAY(SELECT id FROM uploads WHERE chat_id = %(chat)s AND agent_id = %(agent)s AND scheduled_id IS NULL ORDER BY id),
  ARRAY(SELECT id FROM scheduled_messages WHERE chat_id = %(chat)s
    AND (state = 'WAITING' OR (agent_id = %(agent)s AND error <> '' AND state <> 'QUEUED'))),
  (SELECT id FROM (SELECT id FROM messages WHERE chat_id = %(chat)s ORDER BY sent_at DESC, id DESC LIMIT %(lately)s)
    AS newest ORDER BY id DESC LIMIT 1)
"""
# A note's files are for our own people: any kind.
NOTE_LIMITS = json.dumps(
    {"platform": "A note", "most": MOST_FILES, "files": {"FILE": {"size": LARGEST, "types": None}}}
)


@dataclass(frozen=True)
class Begun:
    text: str = ""
    quick_replies: tuple[str, ...] = ()
    reply_to: UUID | None = None
    version: str = ""


@dataclass(frozen=True)
class Composer:
    permit: Permit
    reply: Begun
    note: Begun
    # What the reply quotes.
    quoted: Message | None
    uploads: list[Upload]
    note_uploads: list[Upload]
    scheduled: list[ScheduledMessage]
    last_seen: UUID | None
    # The next message's, and the next note's, where no script gives one.
    reply_id: UUID
    note_id: UUID
    limits: str
    note_limits: str
    variables: str

    @property
    def may_reply(self) -> bool:
        return may_reply(self.permit)

    @property
    def begins_with_note(self) -> bool:
        begun = self.reply.text or self.uploads or self.quoted
        return not self.may_reply or bool((self.note.text or self.note_uploads) and not begun)


def may_reply(permit: Permit) -> bool:
    return permit.mode in {Mode.REPLY, Mode.HUMAN_AGENT}


def composer_of(chat: Chat, agent: Agent, workspace: Workspace, *, quote: str | None = None) -> Composer:
    """`quote`: the message that the page's address asks to quote; empty for none; None leaves it to the draft."""
    drafts, files, scheduled, last_seen = getattr(chat, "begun", None) or what_is_begun(chat, agent)
    begun = {one["kind"]: begun_of(one) for one in map(json.loads, drafts)}
    reply = begun.get(Draft.Kind.REPLY, Begun())
    uploads = list(Upload.objects.filter(pk__in=files)) if files else []
    return Composer(
        permit=permit_for(chat, Message.Sender.AGENT),
        reply=reply,
        note=begun.get(Draft.Kind.NOTE, Begun()),
        quoted=quoted_of(chat, reply.reply_to if quote is None else quote),
        uploads=[upload for upload in uploads if not upload.for_note],
        note_uploads=[upload for upload in uploads if upload.for_note],
        scheduled=scheduled_of(scheduled),
        last_seen=last_seen,
        reply_id=uuid4(),
        note_id=uuid4(),
        limits=limits_of(chat.platform),
        note_limits=NOTE_LIMITS,
        variables=json.dumps(variables_of(chat, agent, workspace)),
    )


def what_is_begun(chat: Chat, agent: Agent) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {BEGUN}", {"chat": chat.pk, "agent": agent.pk, "lately": LATELY})
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def begun_of(row: dict[str, Any]) -> Begun:
    # As save_draft says it.
    version = datetime.fromisoformat(row["at"]).isoformat()
    return Begun(row["text"], tuple(row["quick_replies"]), row["quoted"], version)


def quoted_of(chat: Chat, pk: UUID | str | None) -> Message | None:
    """What is no id of this chat's is nothing."""
    try:
        wanted = UUID(str(pk)) if pk else None
    except ValueError:
        return None
    if wanted is None:
        return None
    return chat.messages.quotable().select_related("author__user").filter(pk=wanted).first()


def scheduled_of(ids: list[UUID]) -> list[ScheduledMessage]:
    if not ids:
        return []
    found = (
        ScheduledMessage.objects.filter(pk__in=ids)
        .select_related("agent__user", "reply_to")
        .prefetch_related("uploads")
    )
    return list(found.order_by(F("send_at"), F("id")))


@cache
def limits_of(platform: str) -> str:
    """Told to the browser, so that nobody uploads or writes in vain; the server looks again."""
    title, _ = title_and_payload(platform, 1)
    limits = {
        "platform": Platform(platform).label,
        "text": text_limit(platform),
        "unit": "bytes" if platform == Platform.INSTAGRAM else "characters",
        "files": {
            kind: {"size": rule.size, "types": sorted(rule.types) if rule.types else None, "names": rule.names}
            for kind, rule in FILE_RULES[Platform(platform)].items()
            if kind in {"IMAGE", "VIDEO", "AUDIO", "FILE"}
        },
        "most": MOST_FILES,
        "buttons": MOST_ROWS if platform == Platform.WHATSAPP else MOST_QUICK_REPLIES,
        "title": title,
    }
    return json.dumps(limits)


def variables_of(chat: Chat, agent: Agent, workspace: Workspace) -> dict[str, str]:
    person = chat.identity
    return values_of(
        agent,
        workspace,
        contact_name=person.name,
        contact_first_name=person.first_name,
        channel_name=chat.channel.name,
    )
