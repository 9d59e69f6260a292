"""A stored file, to a browser: shown where that runs nothing, else saved; whole, or the piece a player asks for."""

import re
from collections.abc import Iterator
from typing import Any, Protocol

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

# Shown by the browser itself: pictures, films and sounds run no script.
INLINE = re.compile(r"image/(jpeg|png|gif|webp)|(video|audio)/[a-z0-9.+-]+")
# One piece from here to there, as players ask for it.
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
CHUNK = 64 * 1024


class Stored(Protocol):
    pk: Any
    file: Any
    name: Any
    mime_type: Any
    size: Any
    sha256: Any


def file_response(request: HttpRequest, found: Stored) -> HttpResponseBase:
    try:
        file = default_storage.open(str(found.file))
    except FileNotFoundError as error:
        raise Http404 from error
    response = answer(request, found, file)
    inline = bool(INLINE.fullmatch(found.mime_type))
    response["Content-Type"] = found.mime_type if inline else "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(not inline, found.name or str(found.pk)) or "inline"
    response["Cache-Control"] = "private, max-age=3600"
    response["ETag"] = etag_of(found)
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; img-src 'self'; sandbox"
    return response


def answer(request: HttpRequest, found: Stored, file: Any) -> HttpResponseBase:
    """All of it, or the piece that was asked for."""
    size = found.size or 0
    piece = RANGE.fullmatch(request.headers.get("Range", ""))
    if not piece or not any(piece.groups()) or request.headers.get("If-Range", etag_of(found)) != etag_of(found):
        response = FileResponse(file)
        response["Content-Length"] = str(size)
        return response
    first, last = bounds(piece[1], piece[2], size)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
    return StreamingHttpResponse(read(file, last - first + 1), status=206, headers=headers)


def bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """`5-9`, `5-` to the end, or `-5` for the last five; where the first comes after the last there is nothing."""
    if not first:
        return max(size - int(last), 0), size - 1 if int(last) else -1
    return int(first), min(int(last or size), size - 1)


def read(file: Any, length: int) -> Iterator[bytes]:
    with file:
        while length and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


def etag_of(found: Stored) -> str:
    return f'"{found.sha256}"'
