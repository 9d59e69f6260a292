"""Webhooks as Meta sends them: one event each, about 970 bytes, signed. Without Django, for the processes of a load."""

import hashlib
import hmac
import json
import time
from typing import Any

SECRET = "the-platform-app-secret-of-benchmarks"  # noqa: S105
ADDRESS = "/webhooks/meta/"
SIZE = 970


def whatsapp(account: str, customer: int, name: str, at: float) -> dict[str, Any]:
    phone = str(15550000000 + customer)
    message = {
        "from": phone,
        "from_user_id": f"US.{phone}",
        "id": f"wamid.{name}",
        "timestamp": str(int(at)),
        "type": "text",
        "text": {"body": ""},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": account},
        "contacts": [{"profile": {"name": f"Customer {customer}"}, "wa_id": phone, "user_id": f"US.{phone}"}],
        "messages": [message],
    }
    fill(message["text"], "body", value)
    entry = {"id": f"9{account}", "changes": [{"value": value, "field": "messages"}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def messenger(account: str, customer: int, name: str, at: float) -> dict[str, Any]:
    message = {"mid": f"m_{name}", "text": ""}
    one = {
        "sender": {"id": str(7000000 + customer)},
        "recipient": {"id": account},
        "timestamp": int(at * 1000),
        "message": message,
    }
    fill(message, "text", one)
    return {"object": "page", "entry": [{"time": int(at * 1000), "id": account, "messaging": [one]}]}


def fill(where: Any, key: str, whole: dict[str, Any]) -> None:
    """Words until the envelope has its size."""
    missing = SIZE - 100 - len(json.dumps(whole))
    where[key] = ("Is the blue one still there? " * (missing // 29 + 1))[: max(missing, 5)]


MAKERS = {"WHATSAPP": whatsapp, "FACEBOOK": messenger}


def bodies(platform: str, accounts: list[str], number: int, *, run: str, customers: int = 1000) -> list[bytes]:
    """Each is another message; the accounts take turns, and each account's customers."""
    make, now = MAKERS[platform], time.time()
    made = (
        make(accounts[i % len(accounts)], i // len(accounts) % customers, f"{run}.{i}", now + i / 1000)
        for i in range(number)
    )
    return [json.dumps(one).encode() for one in made]


def posted(body: bytes, host: str, path: str = ADDRESS) -> bytes:
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
