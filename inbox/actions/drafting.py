"""What an agent has begun to write: kept for him, per chat and kind, until it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from agents.models import Agent
from inbox import live
from inbox.actions.locking import require_work
from inbox.actions.noting import write_note
from inbox.actions.people import lock_name
from inbox.actions.sending import require_answering, send_message
from inbox.actions.uploading import forget_uploads, opened
from inbox.models import Chat, Draft, Message, Upload
from pages.graph.content import QuickReply
from workspaces.refusals import Refused

LONGEST = 50_000
NOBODY_YET = UUID(int=0)


class Overtaken(Refused):
    """Somebody of ours has spoken to the customer, or to the team, since this agent began."""

    def __init__(self, said: list[Message]) -> None:
        super().__init__("Somebody else wrote here since you began.", hint="Read it, then send yours again.")
        self.said = said


@dataclass(frozen=True, slots=True)
class Saved:
    """`version`: empty when there is no draft any more. `replaced`: what another page had put there is gone."""

    version: str
    replaced: bool


def save_draft(
    chat: Chat,
    kind: str,
    *,
    by: Agent,
    text: str,
    quick_replies: Sequence[str] = (),
    reply_to: UUID | None = None,
    known: str | None = None,
) -> Saved:
    """The last to write wins. `known`: the version that this page last had; nothing if it does not care.

    `reply_to`: what is quoted; of another chat, or gone by now, it is not kept.
    """
    require_work(by)
    text, words = text.replace("\0", "")[:LONGEST], [title.replace("\0", "") for title in quick_replies]
    quoted = chat.messages.quotable().filter(pk=reply_to).first() if reply_to else None
    with transaction.atomic():
        # There may be no row yet to hold, or no more: two pages of theirs that save at once take turns.
        lock_name(f"draft:{chat.pk}:{by.pk}:{kind}")
        drafts = Draft.objects.filter(chat=chat, agent=by, kind=kind)
        before = drafts.select_for_update().first()
        replaced = bool(before and known is not None and version_of(before) != known and before.text != text)
        if not text.strip() and not words and not quoted:
            drafts.delete()
            after = None
        else:
            fields = {"text": text, "quick_replies": words, "reply_to": quoted}
            after, _ = Draft.objects.update_or_create(chat=chat, agent=by, kind=kind, defaults=fields)
        if (before is None) != (after is None):
            # His own lists show that something is begun.
            live.read(chat, by)
    return Saved(version_of(after), replaced)


def version_of(draft: Draft | None) -> str:
    return draft.updated_at.isoformat() if draft else ""


def send_reply(
    chat: Chat,
    *,
    by: Agent,
    client_id: UUID,
    text: str,
    quick_replies: Sequence[str] = (),
    uploads: Sequence[UUID] = (),
    reply_to: UUID | None = None,
    last_seen: UUID | None = None,
) -> Message:
    """Sends it and forgets the draft, or neither. Raises Overtaken where a colleague or another tool was first."""
    if repeated := Message.objects.filter(client_id=client_id, chat=chat).first():
        return repeated
    require_answering(by, chat)
    taken, quoted = uploads_of(chat, by, uploads), quoted_in(chat, reply_to)

    def then() -> None:
        if said := said_by_others(chat, by, since=last_seen or NOBODY_YET):
            raise Overtaken(said)
        forget_draft(chat, Draft.Kind.REPLY, by=by)
        forget_uploads(taken)

    with opened(taken) as files:
        return send_message(
            chat,
            by=by,
            client_id=client_id,
            text=text,
            files=files,
            quick_replies=buttons(quick_replies),
            reply_to=quoted,
            then=then,
        )


def send_note(chat: Chat, *, by: Agent, client_id: UUID, text: str, uploads: Sequence[UUID] = ()) -> Message:
    if repeated := Message.objects.filter(client_id=client_id, chat=chat).first():
        return repeated
    require_answering(by, chat)
    taken = uploads_of(chat, by, uploads, for_note=True)
    with opened(taken) as files, transaction.atomic():
        note = write_note(chat, by=by, text=text, client_id=client_id, files=files)
        forget_draft(chat, Draft.Kind.NOTE, by=by)
        forget_uploads(taken)
    return note


def forget_draft(chat: Chat, kind: str, *, by: Agent) -> None:
    gone, _ = Draft.objects.filter(chat=chat, agent=by, kind=kind).delete()
    if gone:
        live.read(chat, by)


def said_by_others(chat: Chat, by: Agent, *, since: UUID) -> list[Message]:
    """By agents, in notes too, and by other tools: in the order in which they were written down here."""
    people = [Message.Sender.AGENT, Message.Sender.ELSEWHERE]
    said = chat.messages.filter(pk__gt=since, direction=Message.Direction.OUT, sender__in=people).exclude(author=by)
    return list(said.select_related("author__user").order_by("pk"))


def uploads_of(chat: Chat, by: Agent, ids: Sequence[UUID], *, for_note: bool = False) -> list[Upload]:
    """A note's are no reply's: what was meant for the team does not go to the customer."""
    drafts = Upload.objects.of_draft(chat, by, for_note=for_note)
    found = {upload.pk: upload for upload in drafts.filter(pk__in=ids)}
    if len(found) < len(set(ids)):
        raise Refused("A file that you attached is no longer here.", hint="Attach it again.", field="files")
    return [found[pk] for pk in dict.fromkeys(ids)]


def quoted_in(chat: Chat, pk: UUID | None) -> Message | None:
    """The message of this chat that a reply quotes."""
    if pk is None:
        return None
    found = chat.messages.quotable().filter(pk=pk).first()
    if found is None:
        raise Refused("The quoted message is no longer here.", hint="Take the quote away, then send.", field="reply_to")
    return found


def buttons(titles: Sequence[str]) -> list[QuickReply]:
    """What is pressed comes back as it reads."""
    return [QuickReply(title, title) for title in titles]
