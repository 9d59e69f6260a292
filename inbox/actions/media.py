"""Customers' files: copied from Meta after the message is stored, one by one, by any number of workers."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from inbox import live
from inbox.downloading import Download, TooLarge, download
from inbox.models import Attachment, Message
from pages.files import clean_name, storage_name, type_of
from pages.graph.errors import GraphError, Kind
from pages.graph.line import line_of
from workspaces import bells
from workspaces.encryption import UnreadableSecret
from workspaces.files import delete_on_commit
from workspaces.models import Workspace

logger = logging.getLogger(__name__)

TRIES = 6
# Longer than a download may take: whoever holds it longer is dead.
LEASE = timedelta(minutes=15)
FIRST_PAUSE = timedelta(seconds=15)
# A channel that needs reconnecting holds its files: Meta keeps WhatsApp's for so long.
HELD_FOR = timedelta(days=7)
HOLDING = {Kind.RECONNECT, Kind.CONFIGURATION}
HELD_PAUSE = timedelta(hours=1)
# Then others get their turn on the same queue.
BATCH = 10
SOUNDS = {Message.Type.AUDIO, Message.Type.VOICE}
TASK = "inbox.tasks.fetch_media"


def fetch_media(workspace: Workspace) -> int:
    """What waits, until nothing does; where there is more than enough for one, another worker is called."""
    for done in range(BATCH):
        attachment = claim_attachment()
        if attachment is None:
            return done
        if done in (0, BATCH - 1) and Attachment.objects.due().exists():
            bells.ring(TASK, workspace.schema_name)
        fetch_attachment(attachment, workspace)
    return BATCH


@transaction.atomic
def claim_attachment() -> Attachment | None:
    """Ours until the lease ends; then anybody's again."""
    due = Attachment.objects.due().select_for_update(skip_locked=True, of=("self",))
    attachment = due.select_related("message__chat").order_by("id").first()
    if attachment is None:
        return None
    attachment.attempts += 1
    attachment.not_before = timezone.now() + LEASE
    attachment.save(update_fields=["attempts", "not_before"])
    return attachment


def fetch_attachment(attachment: Attachment, workspace: Workspace) -> None:
    if attachment.attempts > TRIES:
        # Each try ended with its worker.
        settle(attachment, Attachment.State.FAILED, "It could not be fetched.")
        return
    with TemporaryUploadedFile("media", "", 0, None) as file:
        try:
            line = line_of(attachment.message.channel, workspace)
            at = {"url": attachment.remote_url, "media_id": attachment.remote_id}
            found = download(line, file, limit=settings.MEDIA_MAX_BYTES, **at)
            keep_file(attachment, file, found)
        except TooLarge:
            settle(attachment, Attachment.State.TOO_LARGE, f"It is larger than {settings.MEDIA_MAX_BYTES >> 20} MB.")
        except GraphError as error:
            settle_refused(attachment, error)
        except UnreadableSecret:
            hold(attachment, "The channel's token cannot be read.")
        except OSError as error:
            logger.warning("attachment %s: %s", attachment.pk, type(error).__name__)
            try_later(attachment, "The connection broke.")


def keep_file(attachment: Attachment, file: TemporaryUploadedFile, found: Download) -> None:
    """The row says where the file is only once it is there; a second try writes over the same place."""
    mime_type = type_of(found.head, is_sound=attachment.kind in SOUNDS)
    name = clean_name(attachment.name, otherwise=attachment.kind.lower(), head=found.head)
    file.seek(0)
    file.content_type = mime_type
    stored = default_storage.save(place_of(attachment, name), file, max_length=255)
    facts: dict[str, Any] = {"file": stored, "name": name, "mime_type": mime_type}
    if not settle(attachment, Attachment.State.STORED, **facts, size=found.size, sha256=found.sha256):
        forget_unless_kept(attachment, stored)


def place_of(attachment: Attachment, name: str) -> str:
    schema, at = connection.schema_name, attachment.created_at  # type: ignore[attr-defined]
    return f"{schema}/attachments/{at:%Y}/{at:%m}/{attachment.pk}/{storage_name(name)}"


def settle(attachment: Attachment, state: str, error: str = "", **facts: Any) -> bool:
    """Only by whoever holds it: not once it is another worker's, or gone with its message."""
    held = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.WAITING, attempts=attachment.attempts)
    done = bool(held.update(state=state, error=error, not_before=None, **facts))
    if done:
        live.messages_changed_in([attachment.message])
    return done


def settle_refused(attachment: Attachment, error: GraphError) -> None:
    if error.gone:
        settle(attachment, Attachment.State.GONE, "Meta no longer has it.")
    elif error.kind in HOLDING and attachment.created_at > timezone.now() - HELD_FOR:
        hold(attachment, error.meaning)
    elif error.retryable or error.kind is Kind.AMBIGUOUS:
        try_later(attachment, error.meaning, after=error.retry_after or timedelta())
    else:
        settle(attachment, Attachment.State.FAILED, error.meaning)


def try_later(attachment: Attachment, why: str, *, after: timedelta = timedelta()) -> None:
    if attachment.attempts >= TRIES:
        settle(attachment, Attachment.State.FAILED, why)
        return
    put_back(attachment, why, pause=max(FIRST_PAUSE * 4 ** (attachment.attempts - 1), after))


def hold(attachment: Attachment, why: str) -> None:
    """No fault of the file's: it costs no try."""
    put_back(attachment, why, pause=HELD_PAUSE, attempts=attachment.attempts - 1)


def put_back(attachment: Attachment, why: str, *, pause: timedelta, **facts: object) -> None:
    held = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.WAITING, attempts=attachment.attempts)
    held.update(error=why, not_before=timezone.now() + pause, **facts)


def forget_unless_kept(attachment: Attachment, stored: str) -> None:
    if not Attachment.objects.filter(pk=attachment.pk, state__in=["WAITING", "STORED"]).exists():
        default_storage.delete(stored)


@transaction.atomic
def forget_files(message: Message) -> None:
    """Of a message that its sender took back: what is left says that there was something, not what."""
    attachments = list(message.attachments.select_for_update())
    names = [str(attachment.file) for attachment in attachments]
    message.attachments.update(
        state=Attachment.State.GONE,
        error="Its sender deleted it.",
        file="",
        name="",
        remote_url="",
        remote_id="",
        sha256="",
        not_before=None,
    )
    delete_on_commit(names)


def ring_for_waiting_media() -> None:
    """For what a lost ring, a dead worker or a pause has left."""
    if Attachment.objects.due().exists():
        bells.ring(TASK, connection.schema_name)  # type: ignore[attr-defined]
