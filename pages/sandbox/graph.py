"""Which part of the Graph a call means, and whether this token may call it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pages.sandbox import attachments, media, nodes, oauth, sends, subscriptions, whatsapp
from pages.sandbox.errors import GraphError, missing_object, no_permission
from pages.sandbox.requests import Request
from pages.sandbox.state import State
from pages.sandbox.tokens import Token, check_proof, check_token
from pages.sandbox.world import FACEBOOK, INSTAGRAM, WHATSAPP, Account

Json = dict[str, Any]
VERSION = re.compile(r"v(\d+)\.(\d+)")
NEWEST = 26
SEND_SCOPES = {
    FACEBOOK: (200, "pages_messaging"),
    INSTAGRAM: (10, "instagram_manage_messages"),
    WHATSAPP: (10, "whatsapp_business_messaging"),
}
# Without a version and without a token of somebody.
OPEN = {
    "oauth/access_token": oauth.exchange,
    "access_token": oauth.exchange_instagram,
    "refresh_access_token": oauth.refresh_instagram,
}


def split(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    if parts and (version := VERSION.fullmatch(parts[0])):
        if int(version[1]) > NEWEST:
            raise GraphError(2500, f"Unknown path components: /{parts[0]}")
        parts = parts[1:]
    return parts


def answer(state: State, request: Request, failure: int = 0) -> Any:
    parts = split(request.path)
    if not parts:
        raise GraphError(2500, "Unknown path components: /")
    if handler := OPEN.get("/".join(parts)):
        return handler(state, request)
    if parts[0] == "debug_token":
        return oauth.debug(state, request)
    token = check_token(state.tokens, request.token, state.now() // 1000)
    check_proof(state.apps.get(token.app_id), token, str(request.parameters.get("appsecret_proof", "")))
    if parts[0] == "me":
        parts[0] = token.subject
    if len(parts) > 2:
        raise GraphError(2500, f"Unknown path components: /{'/'.join(parts[2:])}")
    edge = parts[1] if len(parts) == 2 else ""
    return call(state, request, token, parts[0], edge, failure)


def call(state: State, request: Request, token: Token, node: str, edge: str, failure: int) -> Any:
    if edge in {"messages", "message_attachments", "media"}:
        return call_messaging(state, request, token, node, edge, failure)
    if edge == "subscribed_apps":
        return subscriptions.answer(state, request, token, node)
    if request.method == "GET":
        return nodes.read(state, request, token, node, edge)
    if request.method == "DELETE" and not edge and node in state.media:
        return media.delete(state, token, node)
    raise missing_object(f"{node}/{edge}" if edge else node, request.method)


def call_messaging(state: State, request: Request, token: Token, node: str, edge: str, failure: int) -> Any:
    account = sending_account(state, request, token, node)
    if request.method != "POST":
        if edge == "messages":
            raise GraphError(
                100, f"(#100) Tried accessing nonexisting field ({edge}) on node type ({node_type(account)})"
            )
        raise missing_object(node, request.method)
    if account.platform != WHATSAPP and token.kind not in {"page", "instagram"}:
        raise GraphError(190, "(#190) This method must be called with a Page Access Token")
    check_scope(account, token)
    handlers: dict[tuple[bool, str], Callable[[], Json]] = {
        (False, "messages"): lambda: sends.send(state, account, request),
        (False, "message_attachments"): lambda: attachments.upload(state, account, request),
        (True, "messages"): lambda: whatsapp.send(state, account, request, failure),
        (True, "media"): lambda: media.upload(state, account, request),
    }
    handler = handlers.get((account.platform == WHATSAPP, edge))
    if handler is None:
        raise missing_object(node, request.method)
    return handler()


def node_type(account: Account) -> str:
    return {FACEBOOK: "Page", INSTAGRAM: "IGUser", WHATSAPP: "WhatsAppBusinessPhoneNumber"}[account.platform]


def sending_account(state: State, request: Request, token: Token, node: str) -> Account:
    """A page sends for itself, or for the Instagram account that is linked to it: the recipient says which."""
    account = state.accounts.get(node)
    if account is None or account.webhook_id not in token.reaches:
        raise missing_object(node, request.method)
    if account.platform == FACEBOOK:
        linked = nodes.linked_instagram(state, account)
        return linked if linked and means_instagram(state, linked, request) else account
    if account.platform == INSTAGRAM and account.page_id:
        raise missing_object(node, request.method)
    return account


def means_instagram(state: State, linked: Account, request: Request) -> bool:
    if request.parameters.get("platform") == "instagram":
        return True
    recipient = request.parameters.get("recipient")
    if not isinstance(recipient, dict):
        return False
    comment = state.comments.get(str(recipient.get("comment_id")))
    if comment is not None:
        return bool(comment["account"] == linked.id)
    identity = recipient.get("id")
    return isinstance(identity, str) and (linked.id, identity) in state.scoped


def check_scope(account: Account, token: Token) -> None:
    code, scope = SEND_SCOPES[account.platform]
    if account.platform == INSTAGRAM and not account.page_id:
        scope = "instagram_business_manage_messages"
    if scope not in token.scopes:
        raise no_permission(code, scope)


def account_named(state: State, path: str) -> Account | None:
    """The account in a path; `me` and what is no account's are nobody's."""
    for part in path.split("/", 3)[1:3]:
        if found := state.accounts.get(part):
            return found
    return None


def platform_of(state: State, request: Request) -> str:
    """For faults: before anything is read, by the path and whom the body names."""
    account = account_named(state, request.path)
    if account is None and (token := state.tokens.get(request.token)):
        account = state.accounts.get(token.subject)
    if account is None:
        return ""
    if account.platform == FACEBOOK and b'"1254' in request.body and nodes.linked_instagram(state, account):
        return INSTAGRAM
    return account.platform
