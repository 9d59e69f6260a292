"""WhatsApp's media: upload, resolve, download."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import filetype

from pages.sandbox.errors import GraphError, missing_object, whatsapp_error
from pages.sandbox.requests import Request
from pages.sandbox.sends import ALWAYS
from pages.sandbox.shapes import wa_only
from pages.sandbox.state import Media, State
from pages.sandbox.tokens import Token, check_token
from pages.sandbox.world import Account

Json = dict[str, Any]
KILOBYTE, MEGABYTE = 1024, 1024 * 1024
TYPES: dict[str, int] = {
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * MEGABYTE),
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MEGABYTE),
    **dict.fromkeys(("video/mp4", "video/3gp", "video/3gpp"), 16 * MEGABYTE),
    "image/webp": 500 * KILOBYTE,
}
DOCUMENT = 100 * MEGABYTE
DAY_MS = 24 * 3600 * 1000


def upload(state: State, account: Account, request: Request) -> Json:
    body = request.parameters
    wa_only(body, {"messaging_product", "type", "file", *ALWAYS})
    if body.get("messaging_product") != "whatsapp":
        raise whatsapp_error(131008, "The parameter messaging_product is required and must be whatsapp.")
    file = request.files.get("file")
    if file is None or not file.data:
        raise whatsapp_error(131008, "The parameter file is required.")
    mime_type = str(body.get("type") or file.mime_type).partition(";")[0].strip()
    kind = mime_type.partition("/")[0]
    if kind in {"image", "audio", "video"} and mime_type not in TYPES:
        raise GraphError(100, f"(#100) Param file must be a file with one of the supported types, got {mime_type}.")
    if len(file.data) > TYPES.get(mime_type, DOCUMENT):
        raise whatsapp_error(131053, f"The file of {len(file.data)} bytes is too big for {mime_type}.")
    found = filetype.guess_mime(file.data)
    if kind in {"image", "audio", "video"} and found and found.partition("/")[0] != kind and kind != "audio":
        raise whatsapp_error(131053, f"The file is {found}, not {mime_type}.")
    return {"id": keep(state, account, mime_type, file.data, file.name).id}


def keep(state: State, account: Account, mime_type: str, data: bytes, filename: str = "") -> Media:
    identity = str(1_350_000_000_000_000 + secrets.randbelow(10**14))
    state.media[identity] = Media(identity, mime_type, data, account.id, filename, state.now())
    return state.media[identity]


def facts(state: State, token: Token, identity: str, request: Request) -> Json:
    media = reach(state, token, identity)
    wanted = request.parameters.get("phone_number_id")
    if wanted and wanted != media.owner:
        raise missing_object(identity)
    return {
        "messaging_product": "whatsapp",
        "url": url(state, media),
        "mime_type": media.mime_type,
        "sha256": hashlib.sha256(media.data).hexdigest(),
        "file_size": len(media.data),
        "id": identity,
    }


def reach(state: State, token: Token, identity: str) -> Media:
    media = state.media[identity]
    account = state.accounts.get(media.owner)
    if account is None or account.webhook_id not in token.reaches or state.now() - media.at > 30 * DAY_MS:
        raise missing_object(identity)
    return media


def url(state: State, media: Media) -> str:
    ends = state.now() // 1000 + state.settings.media_url_seconds
    return f"{state.base_url}/_sandbox/lookaside/{media.id}?ext={ends}"


def download(state: State, request: Request) -> Media | None:
    """Nothing: the address has ended, or the file has."""
    token = check_token(state.tokens, request.token if request.authorization else "", state.now() // 1000)
    media = state.media.get(request.path.rpartition("/")[2])
    if media is None or int(request.parameters.get("ext", 0)) < state.now() // 1000:
        return None
    return reach(state, token, media.id)


def delete(state: State, token: Token, identity: str) -> Json:
    reach(state, token, identity)
    del state.media[identity]
    return {"success": True}
