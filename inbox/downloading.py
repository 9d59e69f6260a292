"""A file at Meta, read into one of ours: no larger than we keep, no longer than we wait, named and typed by us."""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

import filetype

from pages.graph.line import Line
from pages.graph.media import open_media

# A server that sends a byte now and then does not keep a worker for good.
LONGEST_SECONDS = 600
# What filetype looks at.
HEAD = 8192
UNKNOWN = "application/octet-stream"
# A container that can hold either: the message says which.
SOUND_ONLY = {"video/mp4": "audio/mp4", "video/webm": "audio/webm", "video/3gpp": "audio/3gpp"}
LONGEST_NAME = 100
# Beside the characters that are not printed: those that hide where a name ends.
UNSAFE_IN_NAME = re.compile(r'[\\/:*?"<>|]')


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


def type_of(head: bytes, *, is_sound: bool = False) -> str:
    """By what is in it, whatever was claimed. Text looks like anything, so it is nothing in particular."""
    found = filetype.guess_mime(head) or UNKNOWN
    return SOUND_ONLY.get(found, found) if is_sound else found


def clean_name(name: str, *, otherwise: str, head: bytes) -> str:
    """What the customer called it, as far as a file may be called that."""
    printed = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C")
    plain = UNSAFE_IN_NAME.sub("_", printed).strip(". ")
    if not plain:
        kind = filetype.guess(head)
        plain = f"{otherwise}.{kind.extension}" if kind else otherwise
    suffix = PurePosixPath(plain).suffix[:20]
    return plain[: LONGEST_NAME - len(suffix)].removesuffix(suffix) + suffix


def storage_name(name: str) -> str:
    """ASCII alone: every disk and every bucket takes it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w.-]+", "_", plain).strip("._-") or "file"
