"""Files that agents put to a reply or a note: looked at and stored at once, sent or forgotten later."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files.base import File as DjangoFile
from django.core.files.storage import default_storage
from django.db import connection as django_connection
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from agents.models import Agent
from agents.slots import slot_of
from inbox.actions.people import lock_name
from inbox.actions.sending import require_answering
from inbox.composing import Recording, look_at
from inbox.composing import Upload as Looked
from inbox.models import Chat, Message, Upload
from inbox.recording import voice_note
from pages.files import MOST_FILES, storage_name
from pages.graph.content import File
from pages.graph.limits import FILE_RULES, file_problems, size_of
from templates_app.assets import open_asset
from templates_app.models import SavedAsset
from workspaces.files import delete_on_commit
from workspaces.ids import uuid7
from workspaces.models import Platform
from workspaces.refusals import Refused

LARGEST = max(rule.size for rules in FILE_RULES.values() for rule in rules.values())
# Of drafts that nobody came back to.
KEPT_FOR = timedelta(days=14)
AT_ONCE = 500
# Of one agent, in all drafts and in what is to be sent later: as large as ten of the largest, which one answer takes.
MOST_UNSENT, LARGEST_UNSENT = 500, MOST_FILES * LARGEST
# At most, should the process that works on it be killed: twice PATIENCE in inbox/recording.py.
RECORDING_SECONDS = 60


def take_upload(chat: Chat, file: "DjangoFile[Any]", *, by: Agent, for_note: bool = False) -> Upload:
    """Refused is what the platform would refuse: by its content, whatever it calls itself. A note takes any kind."""
    require_answering(by, chat)
    require_room(chat, by, file.size, for_note=for_note)
    seen = look_at(None if for_note else chat.platform, file)
    if problems := problems_in_note(seen) if for_note else problems_on(chat.platform, seen):
        raise Refused(" ".join(problems), field="files")
    upload = Upload(
        id=uuid7(),
        chat=chat,
        agent=by,
        for_note=for_note,
        name=seen.name,
        mime_type=seen.mime_type,
        size=seen.size,
        kind=seen.kind,
        sha256=seen.sha256,
    )
    schema = django_connection.schema_name  # type: ignore[attr-defined]
    place = f"{schema}/uploads/{upload.pk}/{storage_name(upload.name)}"
    upload.file.name = default_storage.save(place, file, max_length=255)
    try:
        with transaction.atomic():
            # Once more, one after the other: several may have come at once, each before the others were there.
            lock_name(f"uploads:{by.pk}")
            require_room(chat, by, upload.size, for_note=for_note)
            upload.save()
    except Refused:
        default_storage.delete(str(upload.file))
        raise
    return upload


def require_room(chat: Chat, by: Agent, size: int, *, for_note: bool) -> None:
    """Beside what they have attached, here and in all other chats, and not sent yet."""
    theirs = Upload.objects.filter(agent=by)
    if theirs.of_draft(chat, by, for_note=for_note).count() >= MOST_FILES:
        raise Refused(f"Attach up to {MOST_FILES} files at once.", field="files")
    unsent = theirs.aggregate(number=Count("pk"), size=Coalesce(Sum("size"), 0))
    if unsent["number"] >= MOST_UNSENT or unsent["size"] + size > LARGEST_UNSENT:
        hint = "Send some of them, or take them off again."
        raise Refused("Too many files wait in what you have not sent yet.", hint=hint, field="files")


def problems_on(platform: str, seen: Looked) -> list[str]:
    # Told by its name, type and size: nobody opens it for that.
    told = File(seen.name, seen.mime_type, seen.size, BytesIO)
    return file_problems(platform, seen.kind, told, Platform(platform).label)


def problems_in_note(seen: Looked) -> list[str]:
    if not seen.size:
        return [f"{seen.name} is empty."]
    return [] if seen.size <= LARGEST else [f"A note takes a file of up to {size_of(LARGEST)}."]


def take_recording(chat: Chat, recording: "DjangoFile[Any]", *, by: Agent) -> Upload:
    """What the browser's microphone heard, as a voice note of the chat's platform."""
    require_answering(by, chat)
    with slot_of(by, "recording", seconds=RECORDING_SECONDS) as is_free:
        if not is_free:
            raise Refused("Your last recording is still being worked on.", hint="Try again in a minute.", field="files")
        with voice_note(chat.platform, recording) as file:
            return take_upload(chat, Recording(file.file, file.name), by=by)


def take_asset(chat: Chat, asset: UUID, *, by: Agent) -> Upload:
    """A copy of a file of the library, which came with a canned reply."""
    try:
        file = open_asset(asset, by)
    except (SavedAsset.DoesNotExist, FileNotFoundError) as error:
        raise Refused("This file is no longer in the library.", field="files") from error
    with file:
        return take_upload(chat, file, by=by)


def drop_upload(upload: Upload) -> None:
    """Taken off again by who attached it."""
    with transaction.atomic():
        forget_uploads([upload])


def forget_uploads(uploads: Sequence[Upload]) -> None:
    """Inside the caller's transaction; the files go when it is committed."""
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    delete_on_commit(str(upload.file) for upload in uploads)


@contextmanager
def opened(uploads: Sequence[Upload]) -> Iterator[list["DjangoFile[Any]"]]:
    """Each under the name that the customer gets to see."""
    with ExitStack() as stack:
        files = []
        for upload in uploads:
            try:
                file = stack.enter_context(default_storage.open(str(upload.file)))
            except FileNotFoundError as error:
                raise Refused(f"{upload.name} is no longer here.", hint="Attach it again.", field="files") from error
            if upload.kind == Message.Type.VOICE:
                file = Recording(file)
            file.name = upload.name
            files.append(file)
        yield files


def forget_old_uploads() -> int:
    """Those of drafts that were never sent."""
    forgotten = 0
    old = Upload.objects.filter(scheduled=None, created_at__lt=timezone.now() - KEPT_FOR)
    while batch := list(old[:AT_ONCE]):
        with transaction.atomic():
            forget_uploads(batch)
        forgotten += len(batch)
    return forgotten
