"""Deliveries as Meta makes them, posted as Meta posts them."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.test import Client
from django_tenants.utils import schema_context

from pages.models import Channel
from pages.webhooks.digesting import digest_deliveries
from pages.webhooks.signatures import signature
from tests.factories import make_channel
from workspaces.models import ChannelRoute, Workspace

SECRET = "the-platform's-app-secret"
ADDRESS = "/webhooks/meta/"
CLIENT = Client
START = datetime(2026, 11, 20, 9, tzinfo=UTC)

_numbers = itertools.count(1)


def connect(workspace: Workspace, platform: str = "FACEBOOK", **over: Any) -> Channel:
    """A channel with its route, as connecting leaves them."""
    with schema_context(workspace.schema_name):
        channel = make_channel(platform, **over)
    ChannelRoute.objects.create(
        platform=platform, external_id=channel.external_id, account_id=channel.waba_id, workspace=workspace
    )
    return channel


def post(body: Any, *, secret: str = SECRET, address: str = ADDRESS, **headers: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = {"X-Hub-Signature-256": signature(raw, secret), **headers}
    return CLIENT(HTTP_HOST=settings.BASE_DOMAIN).post(address, raw, "application/json", headers=signed)


def deliver(*bodies: Any) -> None:
    for body in bodies:
        assert post(body).status_code == 200
    digest_deliveries()


def milliseconds(second: float = 0) -> int:
    return int((START.timestamp() + second) * 1000)


def page(channel: Channel, *items: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "page" if channel.platform == "FACEBOOK" else "instagram",
        "entry": [{"id": channel.external_id, "time": milliseconds(3600), "messaging": list(items)}],
    }


def item(channel: Channel, customer: str = "7001", second: float = 0, **what: Any) -> dict[str, Any]:
    """One thing that a customer did."""
    return {
        "sender": {"id": customer},
        "recipient": {"id": channel.external_id},
        "timestamp": milliseconds(second),
        **what,
    }


def text(channel: Channel, words: str = "Hello", *, mid: str = "", **over: Any) -> dict[str, Any]:
    return item(channel, message={"mid": mid or f"m_auto_{next(_numbers)}", "text": words}, **over)


def echo(channel: Channel, words: str, *, mid: str, customer: str = "7001", second: float = 0, **more: Any) -> Any:
    return {
        "sender": {"id": channel.external_id},
        "recipient": {"id": customer},
        "timestamp": milliseconds(second),
        "message": {"mid": mid, "text": words, "is_echo": True, **more},
    }


def whatsapp(channel: Channel, *, contacts: list[Any] | None = None, **value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "15550100001", "phone_number_id": channel.external_id}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    if contacts:
        value["contacts"] = contacts
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": channel.waba_id, "changes": changes}]}


def whatsapp_text(words: str = "Hola", *, phone: str = "", user_id: str = "", second: float = 0, **more: Any) -> Any:
    ids = {"from": phone} if phone else {}
    ids |= {"from_user_id": user_id} if user_id else {}
    return {
        **ids,
        "id": f"wamid.auto_{next(_numbers)}",
        "timestamp": str(milliseconds(second) // 1000),
        "type": "text",
        "text": {"body": words},
        **more,
    }
