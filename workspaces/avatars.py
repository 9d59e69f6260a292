"""Pictures of people: read with care, made small and square, kept under a name nobody can guess."""

import secrets
import threading
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from PIL import Image, ImageOps

SIZE = 256
LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 16_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
UNREADABLE = "This file is not a picture we can read. Use a JPEG, PNG, WebP or GIF."

# A picture unpacked takes a hundred times its file: however many people upload at once, one of them is in memory.
one_at_a_time = threading.Semaphore(1)


class NotAPicture(Exception):
    """Says why, in words for the person who chose the file."""


def open_picture(file: BinaryIO) -> Image.Image:
    """Only the header is read here: what is too large is refused before it is unpacked."""
    try:
        file.seek(0)
        picture = Image.open(file, formats=FORMATS)
    except Exception as error:  # Pillow lets through whatever a crafted file trips: struct.error, KeyError, TypeError…
        raise NotAPicture(UNREADABLE) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise NotAPicture("This picture has too many pixels. Use one of at most 16 megapixels.")
    return picture


def make_square(file: BinaryIO) -> "ContentFile[bytes]":
    """A new file of our own making: nothing of the old one is left, neither place nor camera nor tricks."""
    picture = open_picture(file)
    try:
        with one_at_a_time:
            square = shrink(picture)
    except Exception as error:  # as above
        raise NotAPicture(UNREADABLE) from error
    made = BytesIO()
    square.save(made, "WEBP", quality=86, method=4)
    return ContentFile(made.getvalue(), name=f"{secrets.token_hex(16)}.webp")


def shrink(picture: Image.Image) -> Image.Image:
    """Cut and made small first: turning and converting then cost next to nothing. The middle stays it when turned."""
    picture.draft("RGB", (SIZE * 2, SIZE * 2))
    rough = ImageOps.fit(picture, (SIZE * 2, SIZE * 2), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(rough).convert("RGBA")
    return upright.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
