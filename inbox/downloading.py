"""A file at Meta, read into one of ours: no larger than we keep, no longer than we wait."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pages.files import HEAD
from pages.graph.line import Line
from pages.graph.media import open_media

# A server that sends a byte now and then does not keep a worker for good.
LONGEST_SECONDS = 600


class TooLarge(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Download:
    size: int
    sha256: str
    head: bytes


def download(line: Line, into: Any, *, limit: int, url: str = "", media_id: str = "") -> Download:
    """TimeoutError: it took too long."""
    digest, head, size = sha256(), b"", 0
    with open_media(line, url=url, media_id=media_id) as remote:
        if (remote.length or 0) > limit:
            raise TooLarge
        for chunk in remote.chunks(within=LONGEST_SECONDS):
            size += len(chunk)
            if size > limit:
                raise TooLarge
            head = head if len(head) >= HEAD else head + chunk[:HEAD]
            digest.update(chunk)
            into.write(chunk)
        return Download(size, digest.hexdigest(), head)
