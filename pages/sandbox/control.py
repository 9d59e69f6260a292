"""/_sandbox/…: the strings behind the puppets, in JSON."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from pages.sandbox import customers, handshake, identities, showing
from pages.sandbox.courier import Delivery
from pages.sandbox.crowd import Crowd
from pages.sandbox.customers import Mistake
from pages.sandbox.errors import GraphError
from pages.sandbox.oauth import issue
from pages.sandbox.requests import Request
from pages.sandbox.state import State
from pages.sandbox.tokens import token_of
from pages.sandbox.world import Account, App, Customer

Json = dict[str, Any]
ACTS: dict[str, Callable[[State, Customer, Json], Json]] = {
    "messages": customers.write,
    "reactions": customers.react,
    "reads": customers.read,
    "deliveries": customers.receive,
    "failures": customers.fail,
    "typing": customers.type_,
    "edits": customers.edit,
    "deletions": customers.delete,
    "comments": customers.comment,
    "numbers": identities.change_number,
}


def answer(state: State, request: Request) -> tuple[int, Any]:
    parts = request.path.removeprefix("/_sandbox/").strip("/").split("/")
    try:
        wish = request.read_json() if request.body else {}
        handler = HANDLERS.get((request.method, parts[0]))
        if handler is None:
            return 404, {"error": f"there is no {request.method} {request.path}"}
        return 200, handler(state, parts[1:], {**dict(parse_qsl(request.query)), **wish})
    except (Mistake, ValueError, TypeError, KeyError) as problem:
        return 400, {"error": f"{problem}" or type(problem).__name__}
    except GraphError as problem:
        return 400, {"error": problem.message}


def act(state: State, path: list[str], wish: Json) -> Json:
    if not path:
        return create_customer(state, wish)
    if len(path) != 2 or path[1] not in ACTS:
        raise Mistake(f"a customer can do {', '.join(ACTS)}")
    with state.lock:
        customer = state.customers.get(path[0])
        if customer is None:
            raise Mistake(f"customer must be one of {', '.join(list(state.customers)[:20])}")
        return ACTS[path[1]](state, customer, wish)


def create_customer(state: State, wish: Json) -> Json:
    with state.lock:
        customer = Customer(**wish)
        state.add_customer(customer)
        return showing.customer(state, customer)


def list_customers(state: State, path: list[str], wish: Json) -> list[Json]:
    return [showing.customer(state, customer) for customer in list(state.customers.values())]


def accounts(state: State, path: list[str], wish: Json) -> Any:
    return [showing.account(state, account) for account in list(state.accounts.values())]


def change_account(state: State, path: list[str], wish: Json) -> Json:
    """Without an id, a new one; with one, other values; `/echoes` is another tool that writes."""
    with state.lock:
        if len(path) == 2 and path[1] == "echoes":
            return customers.echo(state, state.accounts[path[0]], wish)
        if path:
            account = state.accounts[path[0]]
            for name, value in wish.items():
                if name not in {field.name for field in dataclasses.fields(account)}:
                    raise Mistake(f"an account has no {name}")
                setattr(account, name, value)
        else:
            account = Account(**wish)
            state.add_account(account)
            token = state.tokens.setdefault(account.token, token_of(account))
            token.reaches = [*{*token.reaches, account.webhook_id}]
        return showing.account(state, account)


def apps(state: State, path: list[str], wish: Json) -> Any:
    return [dataclasses.asdict(app) for app in state.apps.values()]


def change_app(state: State, path: list[str], wish: Json) -> Json:
    """Without an id, a new one; `/<id>/verify` does the handshake."""
    if len(path) == 2 and path[1] == "verify":
        app = state.apps[path[0]]
        return handshake.verify(wish.get("url") or app.webhook_url, wish.get("verify_token") or app.verify_token)
    with state.lock:
        app = dataclasses.replace(state.apps[path[0]], **wish) if path else App(**wish)
        state.apps[app.id] = app
        return dataclasses.asdict(app)


def list_tokens(state: State, path: list[str], wish: Json) -> Json:
    """What has become of them: how many are broken, by subcode."""
    return {"broken": Counter(token.broken for token in list(state.tokens.values()) if token.broken)}


def tokens(state: State, path: list[str], wish: Json) -> Json:
    """POST makes one; with its value in the path, changes one (broken, expires_at, scopes); `/all` breaks or mends."""
    with state.lock:
        if path == ["all"]:
            for token in state.tokens.values():
                token.broken = int(wish["broken"])
            return list_tokens(state, [], {})
        if path:
            token = state.tokens[path[0]]
            for name in set(wish) & {"broken", "expires_at", "issued_at", "scopes", "reaches"}:
                setattr(token, name, wish[name])
        else:
            token = issue(
                state,
                wish["app_id"],
                wish["kind"],
                wish["subject"],
                wish.get("reaches", [wish["subject"]]),
                wish["scopes"],
                int(wish.get("lasts", 0)),
            )
        return dataclasses.asdict(token)


def settings(state: State, path: list[str], wish: Json) -> Json:
    state.settings.change(wish)
    return state.settings.as_json()


def list_faults(state: State, path: list[str], wish: Json) -> list[Json]:
    return [fault.as_json() for fault in state.faults.standing]


def add_fault(state: State, path: list[str], wish: Json) -> Json:
    with state.lock:
        return state.faults.add(wish).as_json()


def clear_faults(state: State, path: list[str], wish: Json) -> Json:
    with state.lock:
        state.faults.clear(int(path[0]) if path else None)
    return {"success": True}


def record(state: State, path: list[str], wish: Json) -> Json:
    entries = state.record.since(int(wish.get("since", 0)), str(wish.get("kind", "")))
    return {"entries": entries, "last": len(state.record.entries)}


def webhooks(state: State, path: list[str], wish: Json) -> Json:
    """The newest first; `waiting` counts what has not been taken yet."""
    shown = [one for one in reversed(state.courier.recent) if wish.get("state") in {None, one.state}]
    limit = int(wish.get("limit", 50))
    return {
        "waiting": len(state.courier.waiting()),
        "holding": state.courier.holding,
        "webhooks": [one.as_json() for one in shown[:limit]],
    }


def steer_webhooks(state: State, path: list[str], wish: Json) -> Json:
    courier, what = state.courier, path[0] if path else "raw"
    if what == "hold":
        courier.holding = True
    elif what == "release":
        chosen = courier.release(
            order=wish.get("order", "as it came"), batch=bool(wish.get("batch")), copies=int(wish.get("copies", 1))
        )
        return {"ids": [one.id for one in chosen]}
    elif what == "retry":
        return {"again": courier.retry_now()}
    elif what == "settled":
        return settle(state, float(wish.get("within", 10)))
    elif what == "raw":
        return send_raw(state, wish)
    else:
        raise Mistake("webhooks can be asked to hold, release, retry, settled or raw")
    return {"holding": courier.holding}


def settle(state: State, within: float) -> Json:
    """Answers when every webhook was taken, or the time is over."""
    deadline = time.monotonic() + within
    while state.courier.open and time.monotonic() < deadline:
        time.sleep(0.01)
    return {"waiting": len(state.courier.waiting())}


def send_raw(state: State, wish: Json) -> Json:
    """Any body, well signed; `signature` replaces it (empty: none), `text` replaces the JSON."""
    app = state.apps[str(wish.get("app_id") or next(iter(state.apps)))]
    url = str(wish.get("url") or app.webhook_url)
    if not url:
        raise Mistake("there is no webhook address")
    payload = wish.get("payload") or {}
    delivery = Delivery(
        app.id,
        url,
        wish.get("secret") or app.secret,
        payload,
        "raw",
        [],
        "raw",
        body=str(wish.get("text", "")).encode(),
        signature=wish.get("signature"),
    )
    return {"id": state.courier.send(delivery).id}


def reset(state: State, path: list[str], wish: Json) -> Json:
    with state.lock:
        state.reset()
    return {"success": True}


def crowd(state: State, path: list[str], wish: Json) -> Json:
    if wish:
        Crowd.standing = Crowd(state, **wish)
        Crowd.standing.start()
    return Crowd.standing.report() if Crowd.standing else {"running": False}


def crowd_report(state: State, path: list[str], wish: Json) -> Json:
    return crowd(state, path, {})


def health(state: State, path: list[str], wish: Json) -> Json:
    return {"ok": True, "webhook_url": next(iter(state.apps.values())).webhook_url}


HANDLERS: dict[tuple[str, str], Callable[[State, list[str], Json], Any]] = {
    ("GET", "health"): health,
    ("GET", "customers"): list_customers,
    ("POST", "customers"): act,
    ("GET", "accounts"): accounts,
    ("POST", "accounts"): change_account,
    ("GET", "apps"): apps,
    ("POST", "apps"): change_app,
    ("GET", "tokens"): list_tokens,
    ("POST", "tokens"): tokens,
    ("GET", "settings"): lambda state, path, wish: settings(state, path, {}),
    ("POST", "settings"): settings,
    ("GET", "faults"): list_faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("GET", "record"): record,
    ("GET", "webhooks"): webhooks,
    ("POST", "webhooks"): steer_webhooks,
    ("GET", "threads"): showing.threads,
    ("POST", "reset"): reset,
    ("GET", "crowd"): crowd_report,
    ("POST", "crowd"): crowd,
}
