"""Each kind of WhatsApp message: what it may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pages.sandbox.errors import whatsapp_error
from pages.sandbox.shapes import wa_object, wa_only, wa_take
from pages.sandbox.state import State
from pages.sandbox.world import Account

Json = dict[str, Any]
# Name and language -> how many values the body takes.
TEMPLATES = {("hello_world", "en_US"): 0, ("order_update", "en"): 2, ("visit_reminder", "es_CO"): 2}


def check_text(state: State, account: Account, content: Json) -> None:
    wa_only(content, {"body", "preview_url"}, "text")
    wa_take(content, "body", str, required=True, most=4096, where="text")
    wa_take(content, "preview_url", bool, where="text")


def media(kind: str, *extra: str) -> Callable[[State, Account, Json], None]:
    def check(state: State, account: Account, content: Json) -> None:
        wa_only(content, {"id", "link", *extra}, kind)
        wa_take(content, "caption", str, most=1024, where=kind)
        wa_take(content, "filename", str, most=240, where=kind)
        identity, link = wa_take(content, "id", str, where=kind), wa_take(content, "link", str, where=kind)
        if bool(identity) == bool(link):
            raise whatsapp_error(131008, f"Exactly one of {kind}['id'] and {kind}['link'] is required.")
        if identity:
            check_stored(state, account, kind, identity)

    return check


def check_stored(state: State, account: Account, kind: str, identity: str) -> None:
    stored = state.media.get(identity)
    if stored is None or stored.owner != account.id:
        raise whatsapp_error(131009, f"{kind}['id'] is not a media id of this number.")
    kinds = {"sticker": "image/webp"}
    if kind != "document" and not stored.mime_type.startswith(kinds.get(kind, f"{kind}/")):
        raise whatsapp_error(131053, f"The media is {stored.mime_type}, not of the kind {kind}.")


def check_audio(state: State, account: Account, content: Json) -> None:
    media("audio", "voice")(state, account, content)
    if not wa_take(content, "voice", bool, where="audio"):
        return
    stored = state.media.get(str(content.get("id", "")))
    if stored and not is_voice_note(stored.data):
        raise whatsapp_error(131053, "A voice note is Ogg with Opus of one channel.")


def is_voice_note(data: bytes) -> bool:
    head = data.find(b"OpusHead", 0, 512)
    return data.startswith(b"OggS") and head > 0 and data[head + 9 : head + 10] == b"\1"


def check_location(state: State, account: Account, content: Json) -> None:
    wa_only(content, {"latitude", "longitude", "name", "address"}, "location")
    for name in ("latitude", "longitude"):
        wa_take(content, name, (int, float, str), required=True, where="location")


def check_contacts(state: State, account: Account, content: Any) -> None:
    if not isinstance(content, list) or not content:
        raise whatsapp_error(131008, "The parameter contacts is required.")
    for contact in content:
        if not isinstance(contact, dict):
            raise whatsapp_error(131009, "contacts must be an array of objects.")
        wa_only(contact, {"name", "phones", "emails", "addresses", "org", "urls", "birthday", "vcard"}, "contacts")
        name = wa_object(contact, "name", where="contacts")
        wa_take(name, "formatted_name", str, required=True, where="contacts['name']")


def check_reaction(state: State, account: Account, content: Json) -> None:
    wa_only(content, {"message_id", "emoji"}, "reaction")
    wa_take(content, "message_id", str, required=True, where="reaction")
    if not isinstance(content.get("emoji"), str):
        raise whatsapp_error(131008, "The parameter reaction['emoji'] is required.")


def check_template(state: State, account: Account, content: Json) -> None:
    wa_only(content, {"name", "language", "components", "namespace"}, "template")
    name = wa_take(content, "name", str, required=True, where="template")
    language = wa_object(content, "language", where="template")
    wa_only(language, {"code", "policy"}, "language")
    code = wa_take(language, "code", str, required=True, where="template['language']")
    wanted = TEMPLATES.get((name, code))
    if wanted is None:
        raise whatsapp_error(132001, f"template name ({name}) does not exist in {code}")
    given = 0
    for component in wa_take(content, "components", list, where="template") or []:
        if not isinstance(component, dict):
            raise whatsapp_error(131009, "components must be an array of objects.")
        wa_only(component, {"type", "sub_type", "index", "parameters"}, "components")
        if component.get("type") == "body":
            given = len(component.get("parameters") or [])
    if given != wanted:
        raise whatsapp_error(132000, f"body: number of localizable_params ({given}) does not match {wanted}")


def check_interactive(state: State, account: Account, content: Json) -> None:
    wa_only(content, {"type", "header", "body", "footer", "action"}, "interactive")
    kind = wa_take(content, "type", str, required=True, where="interactive")
    action = wa_object(content, "action", where="interactive")
    body = wa_object(content, "body", where="interactive")
    wa_take(body, "text", str, required=True, most=4096 if kind == "list" else 1024, where="body")
    if footer := wa_take(content, "footer", dict, where="interactive"):
        wa_take(footer, "text", str, required=True, most=60, where="footer")
    if kind == "button":
        check_buttons(action)
    elif kind == "list":
        check_list(action)
    elif kind not in {"cta_url", "location_request_message", "flow", "product", "product_list", "catalog_message"}:
        raise whatsapp_error(131009, f"Interactive type {kind} is not supported.")


def check_buttons(action: Json) -> None:
    buttons = wa_take(action, "buttons", list, required=True, most=3, where="action")
    titles = []
    for button in buttons:
        reply = wa_object(button, "reply", where="button")
        wa_take(reply, "id", str, required=True, most=256, where="reply")
        titles.append(wa_take(reply, "title", str, required=True, most=20, where="reply"))
    if len(set(titles)) < len(titles):
        raise whatsapp_error(131009, "Button titles must be unique.")


def check_list(action: Json) -> None:
    wa_take(action, "button", str, required=True, most=20, where="action")
    sections = wa_take(action, "sections", list, required=True, most=10, where="action")
    rows = [row for section in sections for row in section.get("rows") or []]
    if not 1 <= len(rows) <= 10:
        raise whatsapp_error(131009, "A list has 1 to 10 rows.")
    for row in rows:
        wa_take(row, "id", str, required=True, most=200, where="row")
        wa_take(row, "title", str, required=True, most=24, where="row")
        wa_take(row, "description", str, most=72, where="row")


CONTENTS: dict[str, Callable[[State, Account, Any], None]] = {
    "text": check_text,
    "image": media("image", "caption"),
    "video": media("video", "caption"),
    "document": media("document", "caption", "filename"),
    "audio": check_audio,
    "sticker": media("sticker"),
    "location": check_location,
    "contacts": check_contacts,
    "reaction": check_reaction,
    "template": check_template,
    "interactive": check_interactive,
}
