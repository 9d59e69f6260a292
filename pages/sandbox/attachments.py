"""Attachments of Messenger and Instagram: by address, by id, or as a file in the call."""

from __future__ import annotations

import secrets
from typing import Any

import filetype

from pages.sandbox.errors import invalid
from pages.sandbox.requests import File, Request
from pages.sandbox.shapes import one_of, only, take
from pages.sandbox.state import Media, State
from pages.sandbox.world import FACEBOOK, Account

Json = dict[str, Any]
MEGABYTE = 1024 * 1024
KINDS = ("image", "audio", "video", "file", "template")
INSTAGRAM_KINDS = ("image", "audio", "video", "file", "template", "MEDIA_SHARE", "like_heart")
MOST = {"image": 8, "audio": 25, "video": 25, "file": 25}
INSTAGRAM_TYPES = {
    "image": {"image/png", "image/jpeg", "image/gif"},
    "audio": {"audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav", "video/mp4"},
    "video": {"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"},
    "file": {"application/pdf"},
}


def check_attachment(state: State, account: Account, attachment: Any, request: Request) -> None:
    if not isinstance(attachment, dict):
        raise invalid("Param message[attachment] must be an object.")
    only(attachment, {"type", "payload"}, "attachment")
    kind = take(attachment, "type", str, where="attachment", required=True)
    one_of(kind, KINDS if account.platform == FACEBOOK else INSTAGRAM_KINDS, "attachment[type]")
    payload = take(attachment, "payload", dict, where="attachment") or {}
    if kind == "template":
        one_of(
            payload.get("template_type"),
            ("generic", "button", "media", "receipt", "coupon", "product", "customer_feedback", "utility"),
            "payload[template_type]",
        )
    elif kind in MOST:
        check_media(state, account, kind, payload, request)


def check_media(state: State, account: Account, kind: str, payload: Json, request: Request) -> None:
    only(payload, {"url", "attachment_id", "is_reusable"}, "payload")
    take(payload, "is_reusable", bool, where="payload")
    url = take(payload, "url", str, where="payload")
    if identity := payload.get("attachment_id"):
        if not isinstance(identity, str) or identity not in state.media:
            raise invalid("Invalid attachment_id.", 2018074)
        return
    if "filedata" not in request.files and not url:
        raise invalid("The attachment has no url, no attachment_id and no file.", 2018047)
    file = file_of({"payload": payload}, request)
    if url and url in request.fetched and file is None:
        raise invalid("Failed to fetch the file from the url.", 2018008)
    if file is not None:
        check_file(account, kind, file)


def check_file(account: Account, kind: str, file: File) -> None:
    if len(file.data) > MOST[kind] * MEGABYTE or not file.data:
        raise invalid("The attachment size exceeds the allowed limit.", 2018109)
    found = type_of(file)
    fits = kind == "file" or found.partition("/")[0] == kind or (kind, found) == ("audio", "video/mp4")
    if account.platform != FACEBOOK:
        fits = found in INSTAGRAM_TYPES[kind]
    if not fits:
        raise invalid(f"The type of the attachment does not match the file, which is {found}.", 2018047)


def upload(state: State, account: Account, request: Request) -> Json:
    """POST /{page}/message_attachments"""
    body = request.parameters
    only(body, {"message", "platform", "access_token", "appsecret_proof"})
    message = take(body, "message", dict, required=True)
    only(message, {"attachment"}, "message")
    attachment = take(message, "attachment", dict, where="message", required=True)
    check_attachment(state, account, attachment, request)
    return {"attachment_id": keep_attachment(state, account, attachment, file_of(attachment, request))}


def file_of(attachment: Json, request: Request) -> File | None:
    return request.files.get("filedata") or request.fetched.get((attachment.get("payload") or {}).get("url") or "")


def keep_attachment(state: State, account: Account, attachment: Json, file: File | None) -> str:
    identity = str(900_000_000_000_000 + secrets.randbelow(10**14))
    mime_type, data = (type_of(file), file.data) if file else (attachment["type"], b"")
    state.media[identity] = Media(identity, mime_type, data, account.page_id or account.id, at=state.now())
    return identity


def type_of(file: File) -> str:
    return filetype.guess_mime(file.data) or file.mime_type.partition(";")[0]


def shown(state: State, account: Account, attachment: Json, request: Request) -> Json:
    """What the page needs to show the file, where there is one."""
    file = file_of(attachment, request)
    known = (attachment.get("payload") or {}).get("attachment_id")
    identity = keep_attachment(state, account, attachment, file) if file else known
    media = state.media.get(identity or "")
    if media is None or not media.data:
        return {}
    return {"url": f"{state.base_url}/_sandbox/shown/{media.id}", "mime": media.mime_type}
