"""What the composer of a chat begins with: what may be sent, what is begun, what waits. One query, if nothing does."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

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
# A note's files are for our own people: any kind.
NOTE_LIMITS = {"platform": "A note", "most": MOST_FILES, "files": {"FILE": {"size": LARGEST, "types": None}}}


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
    of_chat = {"chat": OuterRef("pk")}
    drafts = Draft.objects.filter(**of_chat, agent=agent)
    draft = JSONObject(kind="kind", text="text", quick_replies="quick_replies", quoted="reply_to_id", at="updated_at")
    lately = Message.objects.filter(**of_chat).order_by("-sent_at", "-id")[:LATELY]
    found: Any = (
        Chat.objects.filter(pk=chat.pk)
        .values(
            my_drafts=ArraySubquery(drafts.values(made=draft)),
            my_uploads=ArraySubquery(Upload.objects.filter(**of_chat, agent=agent, scheduled=None).values("pk")),
            my_scheduled=ArraySubquery(ScheduledMessage.objects.told_to(agent).filter(**of_chat).values("pk")),
            lately=ArraySubquery(lately.values("pk")),
        )
        .get()
    )
    begun = {one["kind"]: begun_of(one) for one in found["my_drafts"]}
    reply = begun.get(Draft.Kind.REPLY, Begun())
    uploads = list(Upload.objects.filter(pk__in=found["my_uploads"])) if found["my_uploads"] else []
    return Composer(
        permit=permit_for(chat, Message.Sender.AGENT),
        reply=reply,
        note=begun.get(Draft.Kind.NOTE, Begun()),
        quoted=quoted_of(chat, reply.reply_to if quote is None else quote),
        uploads=[upload for upload in uploads if not upload.for_note],
        note_uploads=[upload for upload in uploads if upload.for_note],
        scheduled=scheduled_of(found["my_scheduled"]),
        last_seen=max(found["lately"], default=None),
        reply_id=uuid4(),
        note_id=uuid4(),
        limits=json.dumps(limits_of(chat.platform)),
        note_limits=json.dumps(NOTE_LIMITS),
        variables=json.dumps(variables_of(chat, agent, workspace)),
    )


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


def limits_of(platform: str) -> dict[str, Any]:
    """Told to the browser, so that nobody uploads or writes in vain; the server looks again."""
    title, _ = title_and_payload(platform, 1)
    return {
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


def variables_of(chat: Chat, agent: Agent, workspace: Workspace) -> dict[str, str]:
    person = chat.identity
    return values_of(
        agent,
        workspace,
        contact_name=person.name,
        contact_first_name=person.first_name,
        channel_name=chat.channel.name,
    )
