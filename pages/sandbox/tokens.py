"""Tokens: whose they are, what they reach, what they may, until when; and the proof that comes with them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from pages.sandbox import world
from pages.sandbox.errors import GraphError
from pages.sandbox.world import INSTAGRAM, WHATSAPP, Account, App

DAY = 86_400
SUBCODES = {
    458: "The user has not authorized application",
    459: "The user is checkpointed and must log in",
    460: "The session has been invalidated because the user changed their password or Facebook has changed the"
    " session for security reasons",
    463: "Session has expired",
    464: "The session is invalid because the user is not confirmed",
    467: "The session is invalid because the user logged out",
    492: "The user must be an administrator, editor, or moderator of the page",
}


@dataclass
class Token:
    value: str
    app_id: str
    # "user", "page", "instagram" or "system".
    kind: str
    # The user, page or Instagram account that it speaks as.
    subject: str
    # Pages, Instagram accounts and WABAs that it reaches.
    reaches: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    # Seconds; 0: never.
    expires_at: int = 0
    issued_at: int = 0
    # A subcode of 190, once it no longer works.
    broken: int = 0


def seeded_tokens(accounts: Iterable[Account]) -> dict[str, Token]:
    tokens: dict[str, Token] = {}
    everything: list[str] = []
    for account in accounts:
        reach = account.waba_id or account.id
        everything.append(reach)
        token = tokens.setdefault(account.token, token_of(account))
        if reach not in token.reaches:
            token.reaches.append(reach)
    scopes = sorted({*world.PAGE_SCOPES, *world.WHATSAPP_SCOPES})
    operator = Token(world.USER_TOKEN, world.APP_ID, "user", world.OPERATOR_ID, sorted(set(everything)), scopes)
    return {**tokens, operator.value: operator}


def token_of(account: Account) -> Token:
    if account.platform == WHATSAPP:
        return Token(account.token, world.APP_ID, "system", world.OPERATOR_ID, [], [*world.WHATSAPP_SCOPES])
    if account.platform == INSTAGRAM and not account.page_id:
        return Token(account.token, world.APP_ID, "instagram", account.id, [], [*world.INSTAGRAM_SCOPES])
    return Token(account.token, world.APP_ID, "page", account.page_id or account.id, [], [*world.PAGE_SCOPES])


def new_value(kind: str) -> str:
    return ("IGAA" if kind == "instagram" else "EAA") + secrets.token_urlsafe(60).replace("-", "Z").replace("_", "D")


def proof(secret: str, token: str) -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def check_token(tokens: dict[str, Token], value: str, now: int) -> Token:
    if not value:
        raise GraphError(104, "An access token is required to request this resource.")
    token = tokens.get(value)
    if token is None:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    if token.expires_at and token.expires_at <= now:
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    if token.broken:
        raise GraphError(190, f"Error validating access token: {reason_of(token.broken)}", subcode=token.broken)
    return token


def reason_of(subcode: int) -> str:
    return SUBCODES.get(subcode, "The session is invalid")


def check_proof(app: App | None, token: Token, given: str) -> None:
    if app is None:
        raise GraphError(190, "Error validating application. Application has been deleted.")
    if given:
        own = app.instagram_secret if token.kind == "instagram" else ""
        expected = {proof(secret, token.value) for secret in (app.secret, own) if secret}
        if given not in expected:
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
    # Instagram's own hosts take the proof but do not ask for it.
    elif app.requires_proof and token.kind != "instagram":
        message = "API calls from the server require an appsecret_proof argument"
        raise GraphError(100, message, kind="GraphMethodException")
