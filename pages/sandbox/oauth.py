"""Log-ins: the dialogs' codes, what they are exchanged for, and what a token says of itself."""

from __future__ import annotations

import secrets
from typing import Any

from pages.sandbox import world
from pages.sandbox.errors import GraphError, invalid
from pages.sandbox.requests import Request
from pages.sandbox.state import State
from pages.sandbox.tokens import DAY, Token, check_token, new_value
from pages.sandbox.world import INSTAGRAM, Account, App

Json = dict[str, Any]
HOUR = 3600


def issue(
    state: State, app_id: str, kind: str, subject: str, reaches: list[str], scopes: list[str], lasts: int
) -> Token:
    now = state.now() // 1000
    token = Token(new_value(kind), app_id, kind, subject, reaches, scopes, now + lasts if lasts else 0, now)
    state.tokens[token.value] = token
    return token


def app_of(state: State, request: Request, *, by_instagram: bool = False) -> App:
    """The app whose id and secret were given."""
    given, secret = str(request.parameters.get("client_id", "")), request.parameters.get("client_secret")
    for app in state.apps.values():
        if given == (app.instagram_id if by_instagram else app.id):
            if secret != (app.instagram_secret if by_instagram else app.secret):
                raise GraphError(1, "Error validating client secret.")
            return app
    raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")


def exchange(state: State, request: Request) -> Json:
    """/oauth/access_token of Facebook, and of Instagram, which have the same address here."""
    values = request.parameters
    if any(app.instagram_id and app.instagram_id == str(values.get("client_id", "")) for app in state.apps.values()):
        return instagram_token(state, request)
    app, kind = app_of(state, request), values.get("grant_type", "authorization_code")
    if kind == "client_credentials":
        return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}
    now = state.now() // 1000
    if kind == "fb_exchange_token":
        old = check_token(state.tokens, str(values.get("fb_exchange_token", "")), now)
        if old.app_id != app.id:
            raise GraphError(190, "The access token does not belong to application", subcode=458)
        token = issue(state, app.id, "user", old.subject, old.reaches, old.scopes, 60 * DAY)
    else:
        code = take_code(state, request, app.id)
        token = issue(state, app.id, "user", world.OPERATOR_ID, code["accounts"], code["scopes"], HOUR)
    return {"access_token": token.value, "token_type": "bearer", "expires_in": token.expires_at - now}


def take_code(state: State, request: Request, client_id: str) -> Json:
    code = state.codes.pop(str(request.parameters.get("code", "")).removesuffix("#_"), None)
    if code is None or code["client_id"] != client_id or code["ends"] < state.now():
        raise GraphError(100, "This authorization code has expired or has been used.", subcode=36009)
    if request.parameters.get("redirect_uri") != code["redirect_uri"]:
        message = (
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
        )
        raise GraphError(100, message, subcode=36008)
    return code


def instagram_token(state: State, request: Request) -> Json:
    if request.method != "POST" or request.parameters.get("grant_type") != "authorization_code":
        raise invalid("grant_type must be authorization_code, in a POST.")
    app = app_of(state, request, by_instagram=True)
    code = take_code(state, request, app.instagram_id)
    account = state.accounts[code["accounts"][0]]
    token = issue(state, app.id, "instagram", account.id, [account.id], code["scopes"], HOUR)
    return {"access_token": token.value, "user_id": int(account.app_scoped_id), "permissions": code["scopes"]}


def exchange_instagram(state: State, request: Request) -> Json:
    values, now = request.parameters, state.now() // 1000
    token = check_token(state.tokens, request.token, now)
    app = state.apps.get(token.app_id)
    if values.get("grant_type") != "ig_exchange_token" or token.kind != "instagram":
        raise invalid("grant_type must be ig_exchange_token, with an Instagram token.")
    if app is None or values.get("client_secret") != app.instagram_secret:
        raise GraphError(1, "Error validating client secret.")
    long = issue(state, token.app_id, "instagram", token.subject, token.reaches, token.scopes, 60 * DAY)
    return {"access_token": long.value, "token_type": "bearer", "expires_in": 60 * DAY}


def refresh_instagram(state: State, request: Request) -> Json:
    now = state.now() // 1000
    token = check_token(state.tokens, request.token, now)
    if request.parameters.get("grant_type") != "ig_refresh_token" or token.kind != "instagram":
        raise invalid("grant_type must be ig_refresh_token, with an Instagram token.")
    if now - token.issued_at < DAY:
        raise GraphError(100, "(#100) The access token must be at least 24 hours old to be refreshed.")
    fresh = issue(state, token.app_id, "instagram", token.subject, token.reaches, token.scopes, 60 * DAY)
    return {
        "access_token": fresh.value,
        "token_type": "bearer",
        "expires_in": 60 * DAY,
        "permissions": ",".join(token.scopes),
    }


def page_token(state: State, token: Token, page: Account) -> str:
    """Of a long user token, one without an end; the platform's app gets the one that is known beforehand."""
    if token.kind == "page" or page.token not in state.tokens:
        return token.value
    if token.app_id == world.APP_ID and not state.tokens[page.token].broken:
        return page.token
    known = (
        one
        for one in state.tokens.values()
        if (one.kind, one.app_id, one.subject, one.broken) == ("page", token.app_id, page.id, 0)
    )
    reaches = [page.id, *(one.id for one in state.accounts.values() if one.page_id == page.id)]
    found = next(known, None) or issue(state, token.app_id, "page", page.id, reaches, token.scopes, 0)
    return found.value


def debug(state: State, request: Request) -> Json:
    check_debugger(state, request)
    value = str(request.parameters.get("input_token", ""))
    token = state.tokens.get(value)
    if token is None:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    app = state.apps.get(token.app_id)
    data: Json = {
        "app_id": token.app_id,
        "type": {"page": "PAGE", "system": "SYSTEM_USER"}.get(token.kind, "USER"),
        "application": app.name if app else "",
        "expires_at": token.expires_at,
        "is_valid": True,
        "data_access_expires_at": 0 if token.kind == "system" else state.now() // 1000 + 90 * DAY,
        "issued_at": token.issued_at,
        "scopes": token.scopes,
        "user_id": world.OPERATOR_ID,
        "granular_scopes": [granular(state, token, scope) for scope in token.scopes],
    }
    if token.kind == "page":
        data["profile_id"] = token.subject
    try:
        check_token(state.tokens, value, state.now() // 1000)
    except GraphError as error:
        problem = {"code": 190, "message": error.message, "subcode": error.subcode}
        data |= {"is_valid": False, "error": problem}
    return {"data": data}


def check_debugger(state: State, request: Request) -> None:
    app_id, bar, secret = request.token.partition("|")
    if bar:
        app = state.apps.get(app_id)
        if app is None or app.secret != secret:
            raise GraphError(190, "Invalid OAuth access token signature.")
    else:
        check_token(state.tokens, request.token, state.now() // 1000)


def granular(state: State, token: Token, scope: str) -> Json:
    def concerns(reach: str) -> bool:
        account = state.accounts.get(reach)
        if scope.startswith("whatsapp"):
            return account is None
        if scope.startswith("instagram"):
            return account is not None and account.platform == INSTAGRAM
        return account is not None and account.platform != INSTAGRAM

    return {"scope": scope, "target_ids": [reach for reach in token.reaches if concerns(reach)]}


def new_code(state: State, client_id: str, redirect_uri: str, accounts: list[str], scopes: list[str]) -> str:
    code = secrets.token_urlsafe(40)
    state.codes[code] = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "accounts": accounts,
        "scopes": scopes,
        "ends": state.now() + 600_000,
    }
    return code
