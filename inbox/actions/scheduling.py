"""What is to be sent later: put away, sent when its time comes, or given back to who wrote it."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from agents.models import Agent
from inbox import alerts, live, policy
from inbox.actions.drafting import buttons, forget_draft, quoted_in, save_draft, uploads_of
from inbox.actions.locking import require_work
from inbox.actions.sending import permit_for, require_answering, send_message
from inbox.actions.uploading import forget_uploads, opened
from inbox.composing import pieces_of
from inbox.models import Chat, Draft, Mention, Message, ScheduledMessage, Upload
from workspaces.ids import uuid7
from workspaces.refusals import NotAllowed, Refused

logger = logging.getLogger(__name__)

State = ScheduledMessage.State

SOONEST = timedelta(minutes=1)
LATEST = timedelta(days=180)
AT_ONCE = 200
WROTE_FIRST = "The customer wrote first."


class Withdrawn(Exception):
    """It was cancelled while its time came."""


def schedule_message(
    chat: Chat,
    *,
    by: Agent,
    client_id: UUID,
    send_at: datetime,
    text: str,
    quick_replies: Sequence[str] = (),
    uploads: Sequence[UUID] = (),
    reply_to: UUID | None = None,
    cancel_on_reply: bool = True,
) -> ScheduledMessage:
    """Puts the draft away until then. A client id that was used is the same again."""
    if repeated := ScheduledMessage.objects.filter(pk=client_id, chat=chat).first():
        return repeated
    require_answering(by, chat)
    require_time(chat, send_at)
    taken, quoted = uploads_of(chat, by, uploads), quoted_in(chat, reply_to)
    require_content(chat, text, taken, quick_replies, client_id)
    try:
        with transaction.atomic():
            later = ScheduledMessage.objects.create(
                id=client_id,
                chat=chat,
                agent=by,
                text=text.strip(),
                quick_replies=list(quick_replies),
                reply_to=quoted,
                send_at=send_at,
                cancel_on_reply=cancel_on_reply,
            )
            Upload.objects.filter(pk__in=[upload.pk for upload in taken]).update(scheduled=later)
            forget_draft(chat, Draft.Kind.REPLY, by=by)
            live.chat_changed(chat)
    except IntegrityError:
        # The same click by two ways.
        if repeated := ScheduledMessage.objects.filter(pk=client_id, chat=chat).first():
            return repeated
        raise Refused("This message was scheduled in another chat already. Reload the page.") from None
    return later


def require_time(chat: Chat, send_at: datetime) -> None:
    """What is certain to be refused then is refused now."""
    now = timezone.now()
    if send_at < now + SOONEST:
        raise Refused("This time has passed.", hint="Choose a later one.", field="send_at")
    if send_at > now + LATEST:
        raise Refused("Half a year ahead is the latest.", field="send_at")
    then = permit_for(chat, Message.Sender.AGENT, now=send_at)
    if then.mode not in {policy.Mode.REPLY, policy.Mode.HUMAN_AGENT}:
        today = permit_for(chat, Message.Sender.AGENT)
        until = date_format(timezone.localtime(today.until), "DATETIME_FORMAT") if today.until else ""
        hint = f"The last moment for an answer is {until}." if until else then.reason
        raise Refused("At that time nothing may be sent any more, unless they write again.", hint=hint, field="send_at")


def require_content(
    chat: Chat, text: str, uploads: Sequence[Upload], quick_replies: Sequence[str], our_id: UUID
) -> None:
    """As the platform takes it: found out now, while somebody is there to put it right."""
    with opened(uploads) as files:
        pieces_of(
            chat.platform,
            text=text.strip(),
            files=files,
            quick_replies=buttons(quick_replies),
            template=None,
            our_id=our_id,
        )


def send_due() -> int:
    """Of this workspace; how many were looked at."""
    due = ScheduledMessage.objects.due().select_related("chat__channel", "chat__identity__contact", "agent__user")
    found = list(due.order_by("send_at", "id")[:AT_ONCE])
    for later in found:
        try:
            send_scheduled(later)
        except Exception:
            # The others are not to wait for this one.
            logger.exception("scheduled message %s", later.pk)
    return len(found)


def send_scheduled(later: ScheduledMessage) -> bool:
    """Once, however often its time comes. What may not be sent is given back, with the reason."""
    uploads = list(later.uploads.all())

    def then() -> None:
        if not ScheduledMessage.objects.waiting().filter(pk=later.pk).update(state=State.QUEUED):
            raise Withdrawn
        forget_uploads(uploads)

    try:
        with opened(uploads) as files:
            send_message(
                later.chat,
                by=later.agent,
                client_id=later.pk,
                text=later.text,
                files=files,
                quick_replies=buttons(later.quick_replies),
                reply_to=later.reply_to if later.reply_to and later.reply_to.is_quotable else None,
                then=then,
            )
    except Withdrawn:
        return False
    except Refused as refusal:
        give_back(later, f"{refusal.message} {refusal.hint}".strip())
        return False
    return True


def send_now(later: ScheduledMessage, *, by: Agent) -> bool:
    require_own(later, by)
    require_answering(by, later.chat)
    return send_scheduled(later)


def give_back(later: ScheduledMessage, why: str) -> None:
    """Its agent finds a note in the chat that mentions him, and the text where he left it."""
    with transaction.atomic():
        chat = Chat.objects.select_for_update().get(pk=later.chat_id)
        if not ScheduledMessage.objects.waiting().filter(pk=later.pk).update(state=State.FAILED, error=why):
            return
        note = Message.objects.create(
            id=uuid7(),
            chat=chat,
            channel_id=chat.channel_id,
            direction=Message.Direction.OUT,
            sender=Message.Sender.SYSTEM,
            text=f"The message that {later.agent.name} had scheduled was not sent. {why}",
            is_private=True,
            status=Message.Status.SENT,
            sent_at=timezone.now(),
        )
        Mention.objects.create(chat=chat, message=note, agent=later.agent)
        live.messages_changed(chat, [note])
        live.mentioned(chat, [later.agent])
        alerts.mentioned(note, [later.agent])


def hold_back(chats: Iterable[UUID]) -> None:
    """The customer has written: what was to be sent without knowing that goes back to who wrote it."""
    waiting = ScheduledMessage.objects.waiting().filter(chat__in=list(chats), cancel_on_reply=True)
    waiting.update(state=State.CANCELLED, error=WROTE_FIRST)


def cancel_scheduled(later: ScheduledMessage, *, by: Agent) -> bool:
    """By anybody who answers this chat: it speaks for all of them. Or put away what came back."""
    require_work(by)
    with transaction.atomic():
        gone = ScheduledMessage.objects.select_for_update().exclude(state=State.QUEUED).filter(pk=later.pk).first()
        if gone is None:
            return False
        forget_uploads(list(gone.uploads.all()))
        gone.delete()
        live.chat_changed(later.chat)
    return True


def take_back(later: ScheduledMessage, *, by: Agent) -> bool:
    """Into the composer again, after what is written there already."""
    require_own(later, by)
    with transaction.atomic():
        # The chat first, as who sends it does: a draft that is made asks for it too.
        Chat.objects.select_for_update().get(pk=later.chat_id)
        held = ScheduledMessage.objects.select_for_update().exclude(state=State.QUEUED).filter(pk=later.pk).first()
        if held is None:
            return False
        draft = Draft.objects.filter(chat=held.chat, agent=by, kind=Draft.Kind.REPLY).first()
        text = "\n\n".join(part for part in (draft.text if draft else "", held.text) if part)
        titles = [*(draft.quick_replies if draft else []), *held.quick_replies]
        quoted = held.reply_to_id or (draft.reply_to_id if draft else None)
        save_draft(held.chat, Draft.Kind.REPLY, by=by, text=text, quick_replies=titles, reply_to=quoted)
        held.uploads.update(scheduled=None)
        held.delete()
        live.chat_changed(later.chat)
    return True


def require_own(later: ScheduledMessage, by: Agent) -> None:
    if later.agent_id != by.pk:
        raise NotAllowed("Only who wrote it can change it.")
