"""What an agent wrote and attached, as the messages that the platform takes it in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files.base import File as DjangoFile

from inbox.models import Message
from pages.files import HEAD, MOST_FILES, clean_name, kind_of, kind_on, mime_type_of
from pages.graph.content import File, Outgoing, QuickReply
from pages.graph.limits import CAPTION_LIMIT, problems_of
from pages.graph.splitting import split_text
from workspaces.models import Platform
from workspaces.refusals import Refused

Type = Message.Type
CAPTIONED = {Type.IMAGE, Type.VIDEO, Type.FILE}


class Recording(DjangoFile):
    """A voice note: it goes as one, and not as a file of the sound's kind."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be sent, looked at but not stored yet."""

    file: "DjangoFile[bytes]"
    kind: str
    name: str
    mime_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of the group."""

    type: str
    text: str = ""
    upload: Upload | None = None
    quick_replies: tuple[QuickReply, ...] = ()
    template: dict[str, Any] | None = None

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = {}
        if self.quick_replies:
            payload["quick_replies"] = [
                {"title": reply.title, "payload": reply.payload} for reply in self.quick_replies
            ]
        if self.template:
            payload["template"] = self.template
        return payload


def pieces_of(
    platform: str,
    *,
    text: str,
    files: Sequence["DjangoFile[Any]"],
    quick_replies: Sequence[QuickReply],
    template: dict[str, Any] | None,
    our_id: UUID,
) -> list[Piece]:
    """In the order in which they go. Refuses what the platform would refuse."""
    if len(files) > MOST_FILES:
        raise Refused(f"Attach up to {MOST_FILES} files at once; these are {len(files)}.", field="files")
    if template:
        pieces = [Piece(Type.TEMPLATE, text, template=template)]
    else:
        pieces = _arranged(platform, text, [look_at(platform, file) for file in files], tuple(quick_replies))
    for piece in pieces or [Piece(Type.TEXT)]:
        if problems := problems_of(platform, _as_outgoing(piece, our_id)):
            raise Refused(" ".join(problems), field="files" if piece.upload else "text")
    return pieces


def _arranged(platform: str, text: str, uploads: list[Upload], replies: tuple[QuickReply, ...]) -> list[Piece]:
    files = [Piece(upload.kind, upload=upload) for upload in uploads]
    if files and not replies and _fits_under(platform, text, files[0]):
        return [replace(files[0], text=text), *files[1:]]
    texts = [Piece(Type.TEXT, part) for part in split_text(platform, text)]
    # Quick replies go when the next message comes: they belong to the last.
    pieces = [*files, *texts] if replies else [*texts, *files]
    if replies and pieces:
        pieces[-1] = replace(pieces[-1], quick_replies=replies)
    return pieces


def _fits_under(platform: str, text: str, piece: Piece) -> bool:
    return platform == Platform.WHATSAPP and piece.type in CAPTIONED and len(text) <= CAPTION_LIMIT


def _as_outgoing(piece: Piece, our_id: UUID) -> Outgoing:
    upload = piece.upload
    file = (
        File(upload.name, upload.mime_type, upload.size, lambda: cast("BinaryIO", upload.file.open()))
        if upload
        else None
    )
    return Outgoing(
        type=piece.type,
        our_id=str(our_id),
        text=piece.text,
        file=file,
        quick_replies=piece.quick_replies,
        template=piece.template or {},
    )


def look_at(platform: str | None, file: "DjangoFile[Any]") -> Upload:
    """What it is says its content, not its name. Without a platform: as what it is, whoever takes it."""
    file.open()
    head, digest = b"", sha256()
    for chunk in file.chunks():
        head = head or chunk[:HEAD]
        digest.update(chunk)
    file.seek(0)
    mime_type = mime_type_of(head)
    if isinstance(file, Recording):
        kind: str = Type.VOICE
    else:
        kind = kind_on(platform, mime_type) if platform else kind_of(mime_type)
    name = clean_name(file.name or "", otherwise=kind.lower(), head=head)
    return Upload(file, kind, name, mime_type, file.size, digest.hexdigest())
