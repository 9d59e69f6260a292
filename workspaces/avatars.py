"""Pictures of people: read with care, made small and square, kept under a name nobody can guess."""

import secrets
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

SIZE = 256
LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class NotAPicture(Exception):
    """Says why, in words for the person who chose the file."""


def open_picture(file: BinaryIO) -> Image.Image:
    """Only the header is read here: what is too large is refused before it is unpacked."""
    try:
        file.seek(0)
        picture = Image.open(file, formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture("This file is not a picture we can read. Use a JPEG, PNG, WebP or GIF.") from error
    if picture.width * picture.height > MOST_PIXELS:
        raise NotAPicture("This picture has too many pixels. Use one of at most 50 megapixels.")
    return picture


def make_square(file: BinaryIO) -> "ContentFile[bytes]":
    """A new file of our own making: nothing of the old one is left, neither place nor camera nor tricks."""
    picture = open_picture(file)
    try:
        picture.draft("RGB", (SIZE * 2, SIZE * 2))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        square = ImageOps.fit(upright, (SIZE, SIZE), Image.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise NotAPicture("This picture is damaged. Try another file.") from error
    made = BytesIO()
    square.save(made, "WEBP", quality=86, method=4)
    return ContentFile(made.getvalue(), name=f"{secrets.token_hex(16)}.webp")
