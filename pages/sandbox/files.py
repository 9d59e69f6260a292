"""Pictures, sounds and papers that the sandbox makes itself."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple


class Sample(NamedTuple):
    name: str
    mime_type: str
    data: bytes


kept: dict[str, Sample] = {}


def keep(name: str, mime_type: str, data: bytes) -> str:
    unique = f"{hashlib.sha256(data).hexdigest()[:8]}-{name}"
    kept[unique] = Sample(unique, mime_type, data)
    return unique


@cache
def sample(kind: str) -> Sample:
    makers: dict[str, Callable[[], Sample]] = {
        "image": lambda: Sample("photo.png", "image/png", picture("photo", 320)),
        "audio": lambda: Sample("voice.ogg", "audio/ogg", silence()),
        "voice": lambda: Sample("voice.ogg", "audio/ogg", silence()),
        "video": lambda: Sample("clip.mp4", "video/mp4", VIDEO),
        "file": lambda: Sample("receipt.pdf", "application/pdf", PAPER),
        "sticker": lambda: Sample("sticker.webp", "image/webp", STICKER),
    }
    return makers[kind]()


def find(name: str) -> Sample | None:
    if name in kept:
        return kept[name]
    known = {sample(kind).name: sample(kind) for kind in ("image", "voice", "video", "file", "sticker")}
    if name == "story.png":
        return Sample(name, "image/png", picture("story", 320))
    return known.get(name)


@cache
def picture(seed: str, size: int = 128) -> bytes:
    """A disc on a ground, in two colours of the seed's own."""
    digest = hashlib.sha256(seed.encode()).digest()
    ground = bytes(90 + value // 3 for value in digest[:3])
    disc = bytes(150 + value // 3 for value in digest[3:6])
    middle, radius = size / 2, size * 0.32
    rows = []
    for y in range(size):
        inside = radius**2 - (y - middle) ** 2
        half = int(inside**0.5) if inside > 0 else 0
        left, right = int(middle) - half, int(middle) + half
        rows.append(b"\0" + ground * left + disc * (right - left) + ground * (size - right))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def silence(frames: int = 100) -> bytes:
    """Two seconds of Opus in Ogg: a voice note that plays."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    sound = [b"\xf8\xff\xfe"] * frames
    return page(0, 2, 0, [head]) + page(1, 0, 0, [tags]) + page(2, 4, frames * 960, sound)


def page(number: int, flags: int, position: int, packets: list[bytes]) -> bytes:
    lengths = bytes(len(packet) for packet in packets)
    fields = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 1, number, 0) + bytes([len(lengths)]) + lengths
    data = fields + b"".join(packets)
    return data[:22] + struct.pack("<I", checksum(data)) + data[26:]


def checksum(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = ((value << 1) ^ 0x04C11DB7) & 0xFFFFFFFF if value & 0x80000000 else (value << 1) & 0xFFFFFFFF
    return value


VIDEO = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp41") + struct.pack(">I4s", 8, b"mdat")
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
# A smiling face, 96 by 96.
STICKER = base64.b64decode(
    "UklGRj4BAABXRUJQVlA4TDEBAAAvX8AXEBcgEEjCGXtsgUAS2PaLDc/8B5Qf5Na2UwcWi5BS1I8cUIKroAkmJvFacNtEuoJ5nzii"
    "/xOQ/mMHIEcm9gMDpsTg5sjwJAIyc4MRbjKgGujCDE6YyYFBMHstUrwREW9G4CGcrRYr1ojJrRmDhYP5TjtR7owTcmeewB2YdRnd"
    "yoT2req614xXdXv0M8q9qroAqPY/Z5yRe68qADz6/RZo36quX1PXho5Q9J/WzpR/QTIe78fIzqvL0Y8Ds7xpfNZrJe/pVlV4Y6tq"
    "PX0TahnKtO3VvlX9tkJAdQFQXUQyHlXgUcWemVfNj5obrGUkcxh169iFw7a4ZkF1wSxWcsjszFByR0S8FileimRiBhI5OGEaV5g0"
    "qUQPRrjE5MDwJEW9HBqWpPg00skBSPoPBAA="
)
