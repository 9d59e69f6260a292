"""The dialogs in which a person lets the app in: Facebook's and Instagram's."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from pages.sandbox.graph import VERSION
from pages.sandbox.oauth import new_code
from pages.sandbox.requests import Request
from pages.sandbox.state import State
from pages.sandbox.world import INSTAGRAM, App

Json = dict[str, Any]
Answer = tuple[int, list[tuple[str, str]], bytes]
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="/_sandbox/pictures/sandbox.png">
<link rel="stylesheet" href="/_sandbox/page/sandbox.css">
<body class="dialog"><main><h1>{title}</h1>{body}</main></body></html>
"""


def answer(state: State, request: Request) -> Answer | None:
    parts = [part for part in request.path.split("/") if part]
    if parts and VERSION.fullmatch(parts[0]):
        parts = parts[1:]
    if parts == ["dialog", "oauth"]:
        return dialog(state, request, by_instagram=False)
    if parts == ["oauth", "authorize"]:
        return dialog(state, request, by_instagram=True)
    return None


def dialog(state: State, request: Request, *, by_instagram: bool) -> Answer:
    values = parse_qs(request.query)
    values |= parse_qs(request.body.decode()) if request.method == "POST" else {}
    client_id, redirect_uri = first(values, "client_id"), first(values, "redirect_uri")
    app = find_app(state, client_id, by_instagram=by_instagram)
    if app is None:
        return refuse("Invalid App ID: the provided app ID does not look like a valid app ID.")
    if urlsplit(redirect_uri).scheme not in {"http", "https"}:
        return refuse("URL blocked: the redirect_uri is missing or is not an address.")
    if first(values, "response_type") not in {"", "code"}:
        return refuse("response_type must be code.")
    if request.method == "POST":
        return decide(state, values, client_id, redirect_uri)
    return ask(state, app, values, by_instagram=by_instagram)


def first(values: dict[str, list[str]], name: str) -> str:
    return values.get(name, [""])[0]


def find_app(state: State, client_id: str, *, by_instagram: bool) -> App | None:
    apps = (app for app in state.apps.values() if (app.instagram_id if by_instagram else app.id) == client_id)
    return next(apps, None) if client_id else None


def decide(state: State, values: dict[str, list[str]], client_id: str, redirect_uri: str) -> Answer:
    result: Json = {}
    chosen = [reach for reach in values.get("accounts", []) if reach]
    if first(values, "decision") == "continue" and chosen:
        linked = [one.id for one in state.accounts.values() if one.page_id in chosen and one.page_id]
        scopes = [scope for scope in first(values, "scope").replace(" ", ",").split(",") if scope]
        refused = set(values.get("refused", []))
        granted = [scope for scope in scopes if scope not in refused]
        result["code"] = new_code(state, client_id, redirect_uri, [*chosen, *linked], granted)
    else:
        result = {
            "error": "access_denied",
            "error_code": "200",
            "error_description": "Permissions error",
            "error_reason": "user_denied",
        }
    if state_value := first(values, "state"):
        result["state"] = state_value
    joint = "&" if "?" in redirect_uri else "?"
    return 302, [("location", f"{redirect_uri}{joint}{urlencode(result)}"), ("cache-control", "no-store")], b""


def ask(state: State, app: App, values: dict[str, list[str]], *, by_instagram: bool) -> Answer:
    network = "Instagram" if by_instagram else "Facebook"
    scopes = [scope for scope in first(values, "scope").replace(" ", ",").split(",") if scope]
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name in ("client_id", "redirect_uri", "state", "scope", "response_type")
        if (value := first(values, name))
    )
    rows = "".join(
        f'<label><input type="{"radio" if by_instagram else "checkbox"}" name="accounts" value="{escape(reach)}"'
        f"{' checked' if not by_instagram or not index else ''}> {escape(label)}</label>"
        for index, (reach, label) in enumerate(choices(state, by_instagram=by_instagram))
    )
    allowed = "".join(
        f'<label><input type="checkbox" name="refused" value="{escape(scope)}"> {escape(scope)}</label>'
        for scope in scopes
    )
    body = (
        f"<p>{escape(app.name)} asks for access through {network}.</p>"
        f'<form method="post">{hidden}<fieldset><legend>Accounts</legend>{rows}</fieldset>'
        f"<fieldset><legend>Permissions to refuse</legend>{allowed or 'none were asked for'}</fieldset>"
        '<p class="buttons"><button name="decision" value="continue" class="main">Continue</button>'
        '<button name="decision" value="cancel">Cancel</button></p></form>'
    )
    return (
        200,
        [("content-type", "text/html; charset=utf-8")],
        PAGE.format(title=f"Sandbox {network}", body=body).encode(),
    )


def choices(state: State, *, by_instagram: bool) -> list[tuple[str, str]]:
    if by_instagram:
        own = [one for one in state.accounts.values() if one.platform == INSTAGRAM and not one.page_id]
        return [(one.id, f"@{one.username}") for one in own]
    shown: dict[str, str] = {}
    for account in state.accounts.values():
        if account.platform != INSTAGRAM:
            kind = "WhatsApp business account" if account.waba_id else "page"
            shown.setdefault(account.webhook_id, f"{account.name} ({kind} {account.webhook_id})")
    return list(shown.items())


def refuse(reason: str) -> Answer:
    body = PAGE.format(title="Something went wrong", body=f"<p>{escape(reason)}</p>").encode()
    return 400, [("content-type", "text/html; charset=utf-8")], body


def escape(text: str) -> str:
    return html.escape(text, quote=True)
