"""What a file is, by what is in it, and what it may be called here: whoever sent it, whatever was claimed."""

import re
import unicodedata
from pathlib import PurePosixPath

import filetype

from pages.graph.limits import FILE_RULES
from workspaces.models import Platform

# What filetype looks at.
HEAD = 8192
UNKNOWN = "application/octet-stream"
KINDS = {"image": "IMAGE", "video": "VIDEO", "audio": "AUDIO"}
FILE = "FILE"
# A container that can hold either: the message says which.
SOUND_ONLY = {"video/mp4": "audio/mp4", "video/webm": "audio/webm", "video/3gpp": "audio/3gpp"}
LONGEST_NAME = 100
# Beside the characters that are not printed: those that hide where a name ends.
UNSAFE_IN_NAME = re.compile(r'[\\/:*?"<>|]')
# That go with one answer.
MOST_FILES = 10


def type_of(head: bytes, *, is_sound: bool = False) -> str:
    """By what is in it, whatever was claimed. Text looks like anything, so it is nothing in particular."""
    found = filetype.guess_mime(head) or UNKNOWN
    return SOUND_ONLY.get(found, found) if is_sound else found


def mime_type_of(head: bytes) -> str:
    """Of what we send: plain words have a type too."""
    found = type_of(head)
    if found != UNKNOWN or not head or b"\0" in head:
        return found
    try:
        # The last sign may be cut in two.
        head[:-4].decode()
    except UnicodeDecodeError:
        return found
    return "text/plain"


def kind_of(mime_type: str) -> str:
    return KINDS.get(mime_type.split("/")[0], FILE)


def kind_on(platform: str, mime_type: str) -> str:
    """As which kind of message it goes there."""
    kind = kind_of(mime_type)
    rule = FILE_RULES[Platform(platform)].get(kind)
    # A picture that the platform does not show is still a file that it delivers.
    return FILE if rule and rule.types is not None and mime_type not in rule.types else kind


def clean_name(name: str, *, otherwise: str, head: bytes) -> str:
    """What its sender called it, as far as a file may be called that."""
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
