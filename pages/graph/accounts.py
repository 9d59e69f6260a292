"""What a token opens: what it is, the pages and numbers behind it, what they are called."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pages.graph.app import App
from pages.graph.client import call
from pages.graph.errors import GraphError, Kind
from pages.graph.line import Line, app_line
from workspaces.models import Platform

MOST_PAGES, PER_PAGE = 20, 100
PAGE_FIELDS = "id,name,access_token,category,tasks,instagram_business_account{id,username,name}"
NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status,throughput,status"
)
LIMIT_FIELD = "whatsapp_business_manager_messaging_limit"
WABA_SCOPES = {"whatsapp_business_management", "whatsapp_business_messaging"}
# Of a field that this account or version does not have.
NO_SUCH_FIELD = 100


@dataclass(frozen=True, slots=True)
class TokenFacts:
    is_valid: bool
    app_id: str = ""
    # Nothing: it has no end that Meta knows of.
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    # PAGE, USER, SYSTEM_USER, …
    type: str = ""
    user_id: str = ""
    # A page token's page.
    profile_id: str = ""
    # Which accounts each scope was given for; empty: all.
    targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # Why it is not valid, in words.
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LinkedInstagram:
    id: str
    username: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    name: str
    token: str = field(repr=False)
    tasks: tuple[str, ...] = ()
    category: str = ""
    instagram: LinkedInstagram | None = None


@dataclass(frozen=True, slots=True)
class Waba:
    id: str
    name: str = ""
    # The business that owns it: within it a customer's id means one person.
    portfolio_id: str = ""
    messaging_limit: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    id: str
    waba: Waba
    display_phone_number: str = ""
    verified_name: str = ""
    # GREEN, YELLOW, RED, UNKNOWN.
    quality: str = ""
    # STANDARD, HIGH, …
    throughput: str = ""
    # TIER_250, TIER_2K, …
    messaging_limit: str = ""
    name_status: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for: a page, an Instagram account (the professional one's id), or a number."""

    id: str
    name: str = ""
    username: str = ""


def debug_token(app: App, token: str) -> TokenFacts:
    answer = call(app_line(app, app.token), "GET", "debug_token", type="token.read", params={"input_token": token})
    data = dict_of(answer.data.get("data"))
    problem = "" if data.get("is_valid") is True else "Meta does not accept this token: it has ended or was withdrawn."
    return TokenFacts(
        is_valid=data.get("is_valid") is True,
        app_id=text(data.get("app_id")),
        expires_at=moment(data.get("expires_at")),
        data_access_expires_at=moment(data.get("data_access_expires_at")),
        scopes=tuple(map(str, list_of(data.get("scopes")))),
        type=text(data.get("type")),
        user_id=text(data.get("user_id")),
        profile_id=text(data.get("profile_id")),
        targets={
            text(one.get("scope")): tuple(map(str, list_of(one.get("target_ids"))))
            for one in rows(data.get("granular_scopes"))
        },
        problem=problem,
    )


def pages_of(app: App, user_token: str) -> list[Page]:
    """Whose tokens live as long as the user's: of a long-lived one, for good."""
    found = every(app_line(app, user_token), "me/accounts", type="pages.list", fields=PAGE_FIELDS)
    return [page_in(row) for row in found if row.get("id")]


def page_in(row: dict[str, Any]) -> Page:
    return Page(
        id=text(row["id"]),
        name=text(row.get("name")),
        token=text(row.get("access_token")),
        tasks=tuple(map(str, list_of(row.get("tasks")))),
        category=text(row.get("category")),
        instagram=linked_in(dict_of(row.get("instagram_business_account"))),
    )


def linked_in(row: dict[str, Any]) -> LinkedInstagram | None:
    if not (account_id := text(row.get("id"))):
        return None
    return LinkedInstagram(account_id, text(row.get("username")), text(row.get("name")))


def whatsapp_numbers_of(app: App, token: str, facts: TokenFacts | None = None) -> list[Number]:
    """Of every business account that the token was given, or else of every business of its owner."""
    line = app_line(app, token)
    facts = facts or debug_token(app, token)
    found = []
    for waba_id in wabas_of(line, facts):
        waba = read_waba(line, waba_id)
        found += [number_in(row, waba) for row in numbers_in(line, waba_id)]
    return found


def wabas_of(line: Line, facts: TokenFacts) -> list[str]:
    named = [waba for scope, targets in facts.targets.items() if scope in WABA_SCOPES for waba in targets]
    return list(dict.fromkeys(named or wabas_of_businesses(line)))


def wabas_of_businesses(line: Line) -> Iterator[str]:
    for business in every(line, "me/businesses", type="businesses.list", fields="id,name"):
        for edge in ("owned_whatsapp_business_accounts", "client_whatsapp_business_accounts"):
            for waba in every(line, f"{business.get('id')}/{edge}", type="wabas.list", fields="id,name"):
                yield text(waba.get("id"))


def numbers_in(line: Line, waba_id: str) -> list[dict[str, Any]]:
    return list(every(line, f"{waba_id}/phone_numbers", type="numbers.list", fields=NUMBER_FIELDS))


def number_in(row: dict[str, Any], waba: Waba) -> Number:
    return Number(
        id=text(row.get("id")),
        waba=waba,
        display_phone_number=text(row.get("display_phone_number")),
        verified_name=text(row.get("verified_name")),
        quality=text(row.get("quality_rating")),
        throughput=text(dict_of(row.get("throughput")).get("level")),
        messaging_limit=text(row.get(LIMIT_FIELD)) or waba.messaging_limit,
        name_status=text(row.get("name_status")),
        status=text(row.get("status")),
    )


def read_waba(line: Line, waba_id: str) -> Waba:
    fields = "id,name,currency,owner_business_info"
    data = read(line, waba_id, f"{fields},{LIMIT_FIELD}", otherwise=fields, type="waba.read")
    return Waba(
        id=waba_id,
        name=text(data.get("name")),
        portfolio_id=text(dict_of(data.get("owner_business_info")).get("id")),
        messaging_limit=text(data.get(LIMIT_FIELD)),
        currency=text(data.get("currency")),
    )


def waba_facts(line: Line) -> Waba:
    return read_waba(line, line.waba_id)


def number_facts(line: Line) -> Number:
    """How Meta rates the number now."""
    fields = f"{NUMBER_FIELDS},{LIMIT_FIELD}"
    data = read(line, line.external_id, fields, otherwise=NUMBER_FIELDS, type="number.read")
    return number_in(data, Waba(line.waba_id))


def identity_of(line: Line) -> Identity:
    if line.platform == Platform.WHATSAPP:
        data = read(line, line.external_id, "id,display_phone_number,verified_name", type="identity.read")
        return Identity(text(data.get("id")), text(data.get("verified_name")), text(data.get("display_phone_number")))
    if line.is_instagram_login:
        data = read(line, "me", "id,user_id,username,name", type="identity.read")
        return Identity(
            text(data.get("user_id")) or text(data.get("id")), text(data.get("name")), text(data.get("username"))
        )
    fields = "id,username,name" if line.platform == Platform.INSTAGRAM else "id,name"
    data = read(line, line.external_id or "me", fields, type="identity.read")
    return Identity(text(data.get("id")), text(data.get("name")), text(data.get("username")))


def read(line: Line, node: str, fields: str, *, type: str, otherwise: str = "") -> dict[str, Any]:
    """`otherwise`: fewer fields, where Meta does not know one of them."""
    try:
        return call(line, "GET", node, type=type, params={"fields": fields}).data
    except GraphError as error:
        if not otherwise or error.code != NO_SUCH_FIELD or error.subcode:
            raise
    return call(line, "GET", node, type=type, params={"fields": otherwise}).data


def every(line: Line, path: str, *, type: str, fields: str) -> Iterator[dict[str, Any]]:
    """Page after page. The address that Meta names for the next one has a token in it: only its cursor is used."""
    params: dict[str, Any] = {"fields": fields, "limit": PER_PAGE}
    for _ in range(MOST_PAGES):
        data = call(line, "GET", path, type=type, params=params).data
        yield from rows(data.get("data"))
        after = next_cursor(dict_of(data.get("paging")))
        if not after or after == params.get("after"):
            return
        params = {**params, "after": after}
    raise GraphError("Meta lists more here than can be shown.", kind=Kind.FINAL)


def next_cursor(paging: dict[str, Any]) -> str:
    following = text(paging.get("next"))
    if not following:
        return ""
    after = text(dict_of(paging.get("cursors")).get("after"))
    return after or dict(parse_qsl(urlsplit(following).query)).get("after", "")


def rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in list_of(value) if isinstance(row, dict)]


def list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def dict_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def moment(value: Any) -> datetime | None:
    """Meta's zero is never."""
    try:
        return datetime.fromtimestamp(int(value), UTC) if value else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
