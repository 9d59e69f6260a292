"""Small files that the demo's people send: drawn here, so that nothing has to be kept in the project."""

import math
import struct
import wave
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from pages.sandbox.files import sample

INKS = [(38, 70, 83), (42, 157, 143), (233, 196, 106), (244, 162, 97), (231, 111, 81), (88, 101, 166)]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sample:
    name: str
    mime_type: str
    kind: str
    data: bytes


@cache
def photo(what: str, ink: int = 0, size: tuple[int, int] = (480, 360)) -> Sample:
    """A thing before a sky; `what`: tent, boot, rope, box, receipt."""
    picture = gradient(INKS[ink % len(INKS)], size)
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((0, int(height * 0.76), width, height), fill=(104, 120, 84))
    DRAWN[what](draw, width, height, INKS[(ink + 3) % len(INKS)])
    made = BytesIO()
    picture.save(made, "JPEG", quality=72)
    return Sample(f"{what}-{ink + 1}.jpg", "image/jpeg", "IMAGE", made.getvalue())


def gradient(ink: tuple[int, int, int], size: tuple[int, int]) -> Image.Image:
    shade = Image.linear_gradient("L").resize(size)
    light = tuple(min(255, value + 120) for value in ink)
    return Image.composite(Image.new("RGB", size, light), Image.new("RGB", size, ink), shade)


def tent(draw: ImageDraw.ImageDraw, width: int, height: int, ink: tuple[int, int, int]) -> None:
    top, foot = (width // 2, int(height * 0.28)), int(height * 0.82)
    draw.polygon([top, (int(width * 0.18), foot), (int(width * 0.82), foot)], fill=ink)
    draw.polygon([top, (int(width * 0.42), foot), (int(width * 0.58), foot)], fill=(40, 40, 48))


def boot(draw: ImageDraw.ImageDraw, width: int, height: int, ink: tuple[int, int, int]) -> None:
    left, top, foot = int(width * 0.34), int(height * 0.3), int(height * 0.78)
    outline = [(left, top), (left + 110, top), (left + 120, foot - 70), (left + 220, foot - 40), (left + 225, foot)]
    draw.polygon([*outline, (left - 8, foot)], fill=ink)
    draw.rectangle((left - 10, foot, left + 230, foot + 16), fill=(45, 38, 34))
    for lace in range(4):
        draw.line((left + 60, top + 20 + lace * 26, left + 112, top + 30 + lace * 26), fill=(245, 240, 230), width=5)


def rope(draw: ImageDraw.ImageDraw, width: int, height: int, ink: tuple[int, int, int]) -> None:
    for turn in range(7):
        box = (int(width * 0.2) + turn * 26, int(height * 0.3), int(width * 0.2) + turn * 26 + 130, int(height * 0.82))
        draw.ellipse(box, outline=ink, width=9)


def parcel(draw: ImageDraw.ImageDraw, width: int, height: int, ink: tuple[int, int, int]) -> None:
    draw.rectangle((int(width * 0.28), int(height * 0.36), int(width * 0.72), int(height * 0.84)), fill=(181, 136, 92))
    draw.rectangle((int(width * 0.46), int(height * 0.36), int(width * 0.54), int(height * 0.84)), fill=(222, 196, 150))
    draw.rectangle((int(width * 0.58), int(height * 0.62), int(width * 0.69), int(height * 0.74)), fill=(250, 250, 246))


def receipt(draw: ImageDraw.ImageDraw, width: int, height: int, ink: tuple[int, int, int]) -> None:
    draw.rectangle((int(width * 0.32), int(height * 0.08), int(width * 0.68), int(height * 0.94)), fill=(252, 252, 248))
    for line in range(9):
        y = int(height * 0.16) + line * 26
        end = int(width * (0.5 if line % 3 else 0.63))
        draw.line((int(width * 0.36), y, end, y), fill=(120, 120, 120), width=4)


DRAWN = {"tent": tent, "boot": boot, "rope": rope, "parcel": parcel, "receipt": receipt}


@cache
def voice(seconds: int = 3) -> Sample:
    """A tone that rises and falls, in eight kilohertz."""
    rate, made = 8000, BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        for at in range(seconds * rate):
            loud = 6000 * abs(math.sin(at / rate * 2.2))
            sound.writeframesraw(struct.pack("<h", int(loud * math.sin(at / rate * 2 * math.pi * 220))))
    return Sample("voice.wav", "audio/x-wav", "VOICE", made.getvalue())


@cache
def video() -> Sample:
    return Sample("zip-does-not-close.mp4", "video/mp4", "VIDEO", sample("video").data)


@cache
def paper(name: str = "invoice AC-48213.pdf") -> Sample:
    return Sample(name, "application/pdf", "FILE", sample("file").data)


@cache
def sticker() -> Sample:
    return Sample("sticker.webp", "image/webp", "STICKER", sample("sticker").data)


@cache
def portrait(ink: int) -> bytes:
    """A face without features, for those who have a picture."""
    picture = gradient(INKS[ink % len(INKS)], (128, 128))
    draw = ImageDraw.Draw(picture)
    skin = [(240, 204, 176), (198, 146, 108), (141, 92, 62), (96, 62, 44)][ink % 4]
    draw.ellipse((14, 84, 114, 180), fill=INKS[(ink + 2) % len(INKS)])
    draw.ellipse((38, 26, 90, 92), fill=skin)
    draw.chord((34, 16, 94, 80), 180, 360, fill=[(40, 30, 26), (94, 62, 34), (190, 150, 80)][ink % 3])
    made = BytesIO()
    picture.save(made, "WEBP", quality=80)
    return made.getvalue()
