"""What can be read: pages, Instagram accounts, numbers, WABAs, people, and whoever the token is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pages.sandbox import media, world
from pages.sandbox.errors import GraphError, missing_object, no_permission
from pages.sandbox.oauth import page_token
from pages.sandbox.requests import Request
from pages.sandbox.state import State
from pages.sandbox.tokens import Token
from pages.sandbox.whatsapp_contents import TEMPLATES
from pages.sandbox.world import FACEBOOK, INSTAGRAM, WHATSAPP, Account, Customer

Json = dict[str, Any]
Node = tuple[str, Json, tuple[str, ...]]
FIELD = re.compile(r"([\w.]+)(?:\.\w+\([^)]*\))*(?:\{(.*)\})?", re.DOTALL)
TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MANAGE", "MESSAGING", "MODERATE"]


def read(state: State, request: Request, token: Token, node: str, edge: str) -> Any:
    if not edge and node in state.media:
        return media.facts(state, token, node, request)
    if edge:
        rows = EDGES.get(edge, nothing)(state, token, node)
        if rows is None:
            raise missing_object(f"{node}/{edge}")
        return page_of(rows, request)
    found = find(state, token, node)
    if found is None:
        raise missing_object(node)
    return pick(*found, str(request.parameters.get("fields", "")))


def page_of(rows: list[Node], request: Request) -> Json:
    fields = str(request.parameters.get("fields", ""))
    limit = int(request.parameters.get("limit") or 25)
    after = request.parameters.get("after") or "0"
    start = int(after) if str(after).isdigit() else 0
    data = [pick(*row, fields) for row in rows[start : start + limit]]
    paging: Json = {"cursors": {"before": str(start), "after": str(start + len(data))}}
    if start + limit < len(rows):
        paging["next"] = "next"
    return {"data": data, "paging": paging} if data else {"data": []}


def pick(kind: str, facts: Json, usual: tuple[str, ...], fields: str) -> Json:
    """The fields that were asked for; `id` always comes."""
    names = split_fields(fields) if fields else [(name, "") for name in usual]
    chosen: Json = {}
    for name, inner in names:
        if name not in facts:
            raise GraphError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")
        value = facts[name]
        if inner and isinstance(value, dict):
            value = pick(kind, value, (), inner)
        if value is not None:
            chosen[name] = value
    if "id" in facts:
        chosen.setdefault("id", facts["id"])
    return chosen


def split_fields(fields: str) -> list[tuple[str, str]]:
    parts, depth, current = [], 0, ""
    for letter in fields + ",":
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    matches = [FIELD.fullmatch(part) for part in parts if part]
    return [(match[1].split(".")[0], match[2] or "") for match in matches if match]


def linked_instagram(state: State, page: Account) -> Account | None:
    linked = (account for account in state.accounts.values() if account.page_id == page.id)
    return next(linked, None)


def find(state: State, token: Token, node: str) -> Node | None:
    if node == token.subject and token.kind in {"user", "system"}:
        return "User", {"id": node, "name": "Sandbox Operator", "email": "operator@sandbox.example"}, ("id", "name")
    account = state.accounts.get(node)
    if account is not None and account.webhook_id in token.reaches:
        return facts_of(state, token, account)
    if node in token.reaches and (numbers := state.numbers_of(node)):
        return waba(numbers[0])
    for account in (state.accounts[reach] for reach in token.reaches if reach in state.accounts):
        customer = state.scoped.get((account.scope, node))
        if customer is not None and account.platform != WHATSAPP:
            return person(state, token, account, customer)
    return None


def facts_of(state: State, token: Token, account: Account) -> Node:
    kind = {FACEBOOK: page, INSTAGRAM: instagram, WHATSAPP: number}[account.platform]
    return kind(state, token, account)


def page(state: State, token: Token, account: Account) -> Node:
    linked = linked_instagram(state, account)
    instagram_account = {"id": linked.id, "username": linked.username, "name": linked.name} if linked else None
    facts = {
        "id": account.id,
        "name": account.name,
        "username": account.username,
        "category": "Retail",
        "access_token": page_token(state, token, account),
        "tasks": TASKS,
        "link": f"https://facebook.com/{account.id}",
        "instagram_business_account": instagram_account,
        "picture": picture(state, account.id),
        "is_published": True,
        "fan_count": 1204,
        "business": {"id": account.business, "name": account.name},
    }
    return "Page", facts, ("id", "name")


def instagram(state: State, token: Token, account: Account) -> Node:
    facts = {
        "id": account.id if account.page_id else account.app_scoped_id,
        "user_id": account.id,
        "username": account.username,
        "name": account.name,
        "account_type": "BUSINESS",
        "followers_count": 3120,
        "profile_picture_url": f"{state.base_url}/_sandbox/pictures/{account.id}.png",
        "media_count": 40,
    }
    return "IGUser", facts, ("id", "username")


def number(state: State, token: Token, account: Account) -> Node:
    facts = {
        "id": account.id,
        "display_phone_number": f"+{account.display_phone_number}",
        "verified_name": account.name,
        "quality_rating": account.quality,
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "throughput": {"level": "STANDARD"},
        "status": "CONNECTED",
        "platform_type": "CLOUD_API",
        "messaging_limit_tier": "TIER_2K",
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "username": None,
        "is_pin_enabled": True,
        "health_status": {"can_send_message": "AVAILABLE", "entities": []},
        "webhook_configuration": {"application": next(iter(state.apps.values())).webhook_url},
    }
    return (
        "WhatsAppBusinessPhoneNumber",
        facts,
        (
            "id",
            "verified_name",
            "code_verification_status",
            "display_phone_number",
            "quality_rating",
            "platform_type",
            "throughput",
        ),
    )


def waba(account: Account) -> Node:
    facts = {
        "id": account.waba_id,
        "name": account.name,
        "timezone_id": "1",
        "currency": "USD",
        "message_template_namespace": f"ns_{account.waba_id}",
        "account_review_status": "APPROVED",
        "owner_business_info": {"id": account.portfolio_id, "name": account.name},
        "status": "ACTIVE",
        "business_verification_status": "verified",
        "country": "US",
        "ownership_type": "SELF",
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "on_behalf_of_business_info": None,
    }
    return "WhatsAppBusinessAccount", facts, ("id", "name", "timezone_id", "message_template_namespace")


def person(state: State, token: Token, account: Account, customer: Customer) -> Node:
    if (account.id, customer.key) not in state.threads:
        raise GraphError(100, "(#100) No profile available for this user.", subcode=2018218)
    first, _, last = customer.name.partition(" ")
    url = f"{state.base_url}/_sandbox/pictures/{customer.key}.png"
    facts: Json = {"id": customer.id_on(account), "name": customer.name, "profile_pic": url}
    if account.platform == FACEBOOK:
        if "pages_messaging" not in token.scopes:
            raise no_permission(200, "pages_messaging")
        facts |= {"first_name": first, "last_name": last, "locale": customer.locale, "timezone": -5, "gender": None}
        return "User", facts, ("first_name", "last_name", "profile_pic", "id")
    facts |= {
        "username": customer.username,
        "follower_count": 120,
        "is_user_follow_business": True,
        "is_business_follow_user": False,
        "is_verified_user": False,
    }
    return "IGBusinessScopedUser", facts, ("name", "username", "id")


def picture(state: State, key: str) -> Json:
    return {"data": {"url": f"{state.base_url}/_sandbox/pictures/{key}.png", "is_silhouette": False}}


def reached(state: State, token: Token, platform: str) -> list[Account]:
    accounts = state.accounts.values()
    return [account for account in accounts if account.platform == platform and account.webhook_id in token.reaches]


def accounts_edge(state: State, token: Token, node: str) -> list[Node] | None:
    if node != token.subject or token.kind not in {"user", "system"}:
        return None
    if "pages_show_list" not in token.scopes:
        return []
    rows = [page(state, token, account) for account in reached(state, token, FACEBOOK)]
    return [(kind, facts, ("access_token", "category", "name", "id", "tasks")) for kind, facts, _ in rows]


def phone_numbers_edge(state: State, token: Token, node: str) -> list[Node] | None:
    if node not in token.reaches or not state.numbers_of(node):
        return None
    need(token, "whatsapp_business_management")
    return [number(state, token, account) for account in state.numbers_of(node)]


def templates_edge(state: State, token: Token, node: str) -> list[Node] | None:
    if node not in token.reaches or not state.numbers_of(node):
        return None
    need(token, "whatsapp_business_management")
    rows = [
        {
            "id": f"5900000000000{index:02d}",
            "name": name,
            "language": language,
            "status": "APPROVED",
            "category": "UTILITY",
            "rejected_reason": "NONE",
            "quality_score": {"score": "GREEN"},
            "parameter_format": "POSITIONAL",
            "components": template_components(count),
        }
        for index, ((name, language), count) in enumerate(TEMPLATES.items())
    ]
    return [("WhatsAppMessageTemplate", row, tuple(row)) for row in rows]


def template_components(count: int) -> list[Json]:
    values = " ".join(f"{{{{{index + 1}}}}}" for index in range(count))
    return [{"type": "BODY", "text": f"Hello {values} from us." if count else "Hello World."}]


def businesses_edge(state: State, token: Token, node: str) -> list[Node] | None:
    names = {world.ACME_BUSINESS: "Acme Outfitters", world.GLOBEX_BUSINESS: "Globex Travel"}
    mine = {account.business for account in state.accounts.values() if account.webhook_id in token.reaches}
    return [("Business", {"id": one, "name": names.get(one, one)}, ("id", "name")) for one in sorted(mine)]


def wabas_edge(state: State, token: Token, node: str) -> list[Node] | None:
    need(token, "whatsapp_business_management")
    numbers = {account.waba_id: account for account in reached(state, token, WHATSAPP) if account.business == node}
    return [waba(account) for account in numbers.values()]


def nothing(state: State, token: Token, node: str) -> list[Node] | None:
    return None


def need(token: Token, scope: str) -> None:
    if scope not in token.scopes:
        raise no_permission(200, scope)


EDGES: dict[str, Callable[[State, Token, str], list[Node] | None]] = {
    "accounts": accounts_edge,
    "phone_numbers": phone_numbers_edge,
    "message_templates": templates_edge,
    "businesses": businesses_edge,
    "owned_whatsapp_business_accounts": wabas_edge,
    "client_whatsapp_business_accounts": nothing,
}
