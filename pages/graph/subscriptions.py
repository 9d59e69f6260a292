"""Which webhooks an account sends us. A WhatsApp account sends what the app chose, once it is subscribed."""

from typing import Any

from pages.graph.accounts import dict_of, list_of, rows, text
from pages.graph.client import call
from pages.graph.line import Line
from workspaces.models import Platform

PAGE_FIELDS = (
    "messages",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "message_deliveries",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "messaging_policy_enforcement",
    "standby",
)
INSTAGRAM_FIELDS = (
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_seen",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_optins",
    "messaging_handover",
    "standby",
)
# Chosen for the app, at Meta.
WHATSAPP_FIELDS = ("messages",)
FIELDS: dict[str, tuple[str, ...]] = {
    Platform.FACEBOOK: PAGE_FIELDS,
    Platform.INSTAGRAM: INSTAGRAM_FIELDS,
    Platform.WHATSAPP: WHATSAPP_FIELDS,
}


def fields_of(line: Line) -> tuple[str, ...]:
    """Through a page it is the page that is subscribed, with the page's names."""
    if line.platform == Platform.INSTAGRAM and not line.is_instagram_login:
        return PAGE_FIELDS
    return FIELDS[line.platform]


def node_of(line: Line) -> str:
    return line.waba_id if line.platform == Platform.WHATSAPP else line.node


def subscribe(line: Line) -> tuple[str, ...]:
    """To all that we read; Meta replaces what was chosen before."""
    fields = fields_of(line)
    params = {} if line.platform == Platform.WHATSAPP else {"subscribed_fields": ",".join(fields)}
    ask(line, "POST", "webhooks.subscribe", params)
    return fields


def subscribed_fields(line: Line) -> set[str]:
    """Of our app alone."""
    found: set[str] = set()
    for row in rows(ask(line, "GET", "webhooks.read").get("data")):
        whatsapp = dict_of(row.get("whatsapp_business_api_data"))
        app_id = text((whatsapp or row).get("id"))
        if not line.app_id or app_id == line.app_id:
            found |= set(WHATSAPP_FIELDS) if whatsapp else set(map(str, list_of(row.get("subscribed_fields"))))
    return found


def repair(line: Line) -> tuple[str, ...]:
    """Asks again for what is missing, and keeps what somebody chose besides."""
    have = subscribed_fields(line)
    wanted = fields_of(line)
    if have.issuperset(wanted):
        return tuple(sorted(have))
    if line.platform == Platform.WHATSAPP:
        return subscribe(line)
    together = tuple(dict.fromkeys([*wanted, *sorted(have)]))
    ask(line, "POST", "webhooks.subscribe", {"subscribed_fields": ",".join(together)})
    return together


def unsubscribe(line: Line) -> None:
    """Shared by all numbers of a WhatsApp account, and by a page with its Instagram account: look who is left."""
    ask(line, "DELETE", "webhooks.unsubscribe")


def ask(line: Line, method: str, kind: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    path = f"{node_of(line)}/subscribed_apps"
    return call(line, method, path, type=kind, params=params, repeatable=True).data
