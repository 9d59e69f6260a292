"""A file on its way to Meta: a form whose file is read piece by piece, never whole into memory."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END
from typing import Any, BinaryIO

from pages.graph.content import File
from pages.graph.errors import Kind, never_left

PIECE = 64 * 1024


class Form:
    """multipart/form-data with one file, of a length that is known before it leaves."""

    def __init__(self, fields: dict[str, str], field: str, file: File, source: BinaryIO) -> None:
        self.fields = fields
        self.source = source
        self.size = source.seek(0, SEEK_END)
        self.described: dict[str, Any] = {
            field: {"name": file.name, "type": file.mime_type, "size": self.size},
        }
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.head = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted(name)}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        self.head += (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{quoted(field)}"; filename="{quoted(file.name)}"\r\n'
            f"Content-Type: {plain(file.mime_type) or 'application/octet-stream'}\r\n\r\n"
        ).encode("utf-8", "replace")
        self.tail = f"\r\n--{boundary}--\r\n".encode()

    def __len__(self) -> int:
        return len(self.head) + self.size + len(self.tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        self.source.seek(0)
        left = self.size
        while left and (piece := self.source.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
        if left:
            raise OSError("the file became shorter while it was sent")
        yield self.tail


def quoted(name: str) -> str:
    """As browsers do."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def plain(header: str) -> str:
    return "".join(letter for letter in header if " " <= letter <= "~")


@contextmanager
def form_with(fields: dict[str, str], field: str, file: File) -> Iterator[Form]:
    try:
        source = file.open()
    except OSError:
        raise never_left("The file is no longer in our storage: attach it anew.", Kind.FINAL) from None
    with source:
        yield Form(fields, field, file, source)
