"""One claimed message: asked of the policy and the limits, handed to Meta, and settled by what Meta answers."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.utils import timezone

from inbox import live, policy
from inbox.actions.statuses import join_echo
from inbox.claims import HELD, PERHAPS, Claim, note_sent, settle, settle_sent
from inbox.limits import MEDIA, buckets_of, limits
from inbox.models import Attachment, Message
from pages.actions.channels import hold_channel, mark_needs_reconnect
from pages.graph import usage
from pages.graph.content import Address, File, Outgoing, QuickReply, Sent
from pages.graph.errors import GraphError, Kind
from pages.graph.line import Line, line_of
from pages.graph.sending import send_message
from pages.models import Channel
from workspaces.encryption import UnreadableSecret
from workspaces.models import Workspace

logger = logging.getLogger(__name__)

Status = Message.Status

# With the longest pause between the later ones: some nine hours of Meta being away.
TRIES = 40
TRIES_FOR = timedelta(hours=24)
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 900.0
SLOW_PAUSE = timedelta(seconds=5)
# Shorter pauses are Valkey's alone; a longer one is written on the channel, where an admin sees it.
WORTH_WRITING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    more: bool = False
    # Seconds until this chat may be tried again.
    wait: float | None = None


class FileGone(Exception):
    """What was attached is no longer in our storage: nothing has left."""


def deliver(claim: Claim, lane: str = "send") -> Outcome:
    permit = policy_of(claim)
    if not permit.allows(claim.type):
        return failed(claim, permit.refusal)
    recipient = claim.phone or claim.external_id
    names = [str(claim.channel_id), f"{claim.channel_id}:to:{recipient}"]
    try:
        line = lines.line_of(claim)
    except UnreadableSecret:
        return reconnect(claim, "The channel's token cannot be read any more: reconnect the channel.")
    if wait := _wait_of(claim, line, recipient, names, lane):
        return put_back(claim, wait, counted=False)
    try:
        sent = send_message(line, address_of(claim), outgoing(claim, permit))
    except GraphError as error:
        return settle_error(claim, error)
    except FileGone:
        return failed(claim, "The file is no longer in our storage. Attach it again.")
    except Exception:
        # A bug of ours: whether it left before or after, nobody knows.
        logger.exception("message %s: not settled", claim.id)
        return settled(settle(claim, Status.UNCONFIRMED, PERHAPS))
    return arrived(claim, sent)


def address_of(claim: Claim) -> Address:
    if comment := claim.payload.get("comment"):
        return Address(comment_id=comment["id"])
    return Address(claim.external_id, claim.phone)


def policy_of(claim: Claim) -> policy.Permit:
    opened_at = claim.window_expires_at - policy.WINDOW if claim.window_expires_at else None
    comment = claim.payload.get("comment")
    return policy.what_may_be_sent(
        platform=claim.platform,
        sender=claim.sender,
        last_incoming_at=opened_at,
        now=timezone.now(),
        blocked=claim.blocked,
        has_human_agent=bool(claim.metadata.get("human_agent", True)),
        comment_at=datetime.fromisoformat(comment["at"]) if comment else None,
    )


def _wait_of(claim: Claim, line: Line, recipient: str, names: list[str], lane: str) -> float:
    if until := usage.paused_until(line):
        return max(0.05, (until - timezone.now()).total_seconds())
    granted = claim.metadata.get("messages_per_second")
    buckets = buckets_of(claim.platform, names[0], recipient, claim.type, throughput=granted, bulk=lane == "bulk")
    return limits.take(buckets, names)


def outgoing(claim: Claim, permit: policy.Permit) -> Outgoing:
    return Outgoing(
        type=claim.type,
        our_id=str(claim.id),
        text=claim.text,
        file=file_of(claim) if claim.type in MEDIA else None,
        quick_replies=tuple(QuickReply(**reply) for reply in claim.payload.get("quick_replies", ())),
        reply_to=claim.reply_to,
        tag="HUMAN_AGENT" if permit.mode == policy.Mode.HUMAN_AGENT else "",
        template=claim.payload.get("template", {}),
    )


def file_of(claim: Claim) -> File:
    attachment = Attachment.objects.filter(message=claim.id).first()
    if attachment is None or not attachment.file:
        raise FileGone
    return File(attachment.name, attachment.mime_type, attachment.size or 0, opener(str(attachment.file.name)))


def opener(name: str) -> Callable[[], BinaryIO]:
    def open_it() -> BinaryIO:
        try:
            return cast("BinaryIO", default_storage.open(name))
        except FileNotFoundError:
            raise FileGone from None

    return open_it


def arrived(claim: Claim, sent: Sent) -> Outcome:
    """An echo that made a row of its own before Meta answered us is joined to ours."""
    try:
        more = settle_sent(claim, sent.external_id, sent.body)
    except IntegrityError:
        if join_echo(claim.id, sent.external_id):
            return Outcome(more=True)
        logger.error("message %s: Meta gave an id that another message has", claim.id)
        more = settle_sent(claim, "", sent.body)
    note_sent(claim)
    return settled(more)


def settled(more: bool | None) -> Outcome:
    """Where somebody else settled it, whether more waits is not known."""
    return Outcome(more is not False)


def settle_error(claim: Claim, error: GraphError) -> Outcome:
    """Each kind of failure has one end."""
    if error.kind == Kind.AMBIGUOUS:
        return settled(settle(claim, Status.UNCONFIRMED, error.meaning or PERHAPS, error.number))
    if error.kind == Kind.TAKEN_BEFORE:
        return arrived(claim, Sent(""))
    if error.kind == Kind.RECONNECT:
        return reconnect(claim, error.meaning, error.number)
    pause = error.retry_after
    if error.kind == Kind.SLOW_DOWN:
        wait = (pause or SLOW_PAUSE).total_seconds()
        slow_down(claim, error, wait)
        return put_back(claim, wait, error.meaning, error.number, counted=False)
    if error.kind == Kind.RETRY and claim.attempts < TRIES and timezone.now() - claim.created_at < TRIES_FOR:
        wait = max(backoff(claim.attempts), pause.total_seconds() if pause else 0.0)
        return put_back(claim, wait, error.meaning, error.number)
    if error.pauses == "channel":
        # The next message would fail in the same way: nobody's turn is spent before somebody has looked.
        hold_channel(channel_of(claim), timezone.now() + (pause or timedelta(minutes=30)), error.meaning)
    return failed(claim, error.meaning, error.number)


def reconnect(claim: Claim, problem: str, code: str = "") -> Outcome:
    settle(claim, Status.QUEUED, f"{HELD} {problem}".strip(), code, counted=False)
    mark_needs_reconnect(channel_of(claim), problem)
    return Outcome()


def slow_down(claim: Claim, error: GraphError, seconds: float) -> None:
    if error.pauses == "recipient":
        limits.pause(f"{claim.channel_id}:to:{claim.phone or claim.external_id}", seconds)
        return
    limits.pause(str(claim.channel_id), seconds)
    if seconds >= WORTH_WRITING.total_seconds():
        hold_channel(channel_of(claim), timezone.now() + timedelta(seconds=seconds), error.meaning)


def put_back(claim: Claim, wait: float, error: str = "", code: str = "", *, counted: bool = True) -> Outcome:
    until = timezone.now() + timedelta(seconds=wait)
    settle(claim, Status.QUEUED, error, code, not_before=until, counted=counted)
    if error:
        live.message_changed(claim.chat_id, claim.assigned_to, claim.id)
    return Outcome(wait=wait)


def failed(claim: Claim, words: str, code: str = "") -> Outcome:
    return settled(settle(claim, Status.FAILED, words, code))


def backoff(attempts: int) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 3 ** (attempts - 1)) * random.uniform(0.8, 1.2)  # noqa: S311


def channel_of(claim: Claim) -> Channel:
    return Channel.objects.get(pk=claim.channel_id)


class Lines:
    """The lines of late, so that a token is read and decrypted once and not with every message."""

    TRUSTED_SECONDS = 30.0
    MOST = 10_000

    def __init__(self) -> None:
        self._known: dict[tuple[str, UUID], tuple[datetime, float, Line]] = {}

    def line_of(self, claim: Claim) -> Line:
        key = (connection.schema_name, claim.channel_id)  # type: ignore[attr-defined]
        known = self._known.get(key)
        if known and known[0] == claim.channel_updated_at and time.monotonic() < known[1]:
            return known[2]
        workspace = Workspace.objects.get(schema_name=key[0])
        line = line_of(channel_of(claim), workspace)
        if len(self._known) >= self.MOST:
            self._known.clear()
        self._known[key] = (claim.channel_updated_at, time.monotonic() + self.TRUSTED_SECONDS, line)
        return line

    def forget(self) -> None:
        self._known.clear()


lines = Lines()
