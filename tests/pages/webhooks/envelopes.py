"""Meta's webhooks as it would write them, about invented people."""

from datetime import UTC, datetime, timedelta
from typing import Any

PAGE, ROSA = "104200000000001", "7001000000000011"
INSTAGRAM, IGSID = "17841400000000001", "1254000000000077"
WABA, NUMBER, LINE = "310000000000001", "420000000000001", "15550100001"
PHONE, BSUID = "573000000001", "CO.1000000000001"

# A Thursday in June 2026.
AT = datetime(2026, 6, 18, 10, 0, tzinfo=UTC)
MS, S = int(AT.timestamp() * 1000), int(AT.timestamp())
ENTRY_AT = AT + timedelta(seconds=2)


def entry(name: str, account: str, **inside: Any) -> dict[str, Any]:
    return {"object": name, "entry": [{"id": account, "time": MS + 2000, **inside}]}


def item(said: dict[str, Any], *, channel: str = "messaging", account: str = PAGE, who: str = ROSA) -> dict[str, Any]:
    name = "instagram" if account == INSTAGRAM else "page"
    around = {"sender": {"id": who}, "recipient": {"id": account}, "timestamp": MS}
    return entry(name, account, **{channel: [around | said]})


def page(said: dict[str, Any], **over: Any) -> dict[str, Any]:
    return item(said, **over)


def page_message(**said: Any) -> dict[str, Any]:
    return page({"message": {"mid": "m_demo1"} | said})


def page_echo(**said: Any) -> dict[str, Any]:
    ends = {"sender": {"id": PAGE}, "recipient": {"id": ROSA}}
    return page(ends | {"message": {"mid": "m_demo1", "is_echo": True} | said})


def attached(kind: str, payload: Any = None, **beside: Any) -> dict[str, Any]:
    return page_message(attachments=[{"type": kind, "payload": payload, **beside}])


def page_change(field: str, **value: Any) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE, "time": S + 2, "changes": [{"field": field, "value": value}]}]}


def instagram(said: dict[str, Any], **over: Any) -> dict[str, Any]:
    return item(said, account=INSTAGRAM, who=IGSID, **over)


def instagram_message(**said: Any) -> dict[str, Any]:
    return instagram({"message": {"mid": "aWdtX2RlbW8x"} | said})


def instagram_change(field: str, **value: Any) -> dict[str, Any]:
    return entry("instagram", INSTAGRAM, changes=[{"field": field, "value": value}])


def whatsapp(field: str, value: Any) -> dict[str, Any]:
    changes = [{"field": field, "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": changes}]}


def on_number(field: str = "messages", **value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": LINE, "phone_number_id": NUMBER}
    return whatsapp(field, {"messaging_product": "whatsapp", "metadata": metadata} | value)


def card(phone: str = PHONE, user_id: str = BSUID, name: str = "Rosa T.") -> dict[str, Any]:
    return {"profile": {"name": name, "username": "@rosa.demo"}, "wa_id": phone, "user_id": user_id}


def said(kind: str, value: Any = None, **over: Any) -> dict[str, Any]:
    """One message of Rosa's on WhatsApp."""
    body = {} if value is None else {kind: value}
    base = {"from": PHONE, "from_user_id": BSUID, "id": "wamid.DEMO1", "timestamp": str(S), "type": kind}
    return base | body | over


def whatsapp_message(kind: str, value: Any = None, **over: Any) -> dict[str, Any]:
    return on_number(contacts=[card()], messages=[said(kind, value, **over)])


def whatsapp_status(name: str, **over: Any) -> dict[str, Any]:
    status = {"id": "wamid.OUT1", "status": name, "timestamp": str(S), "recipient_id": PHONE}
    return on_number(statuses=[status | {"recipient_user_id": BSUID} | over])


def whatsapp_echo(kind: str, value: Any = None, **over: Any) -> dict[str, Any]:
    base = {"from": LINE, "to": PHONE, "id": "wamid.ECHO1", "timestamp": str(S), "type": kind, kind: value}
    return on_number("smb_message_echoes", contacts=[card()], message_echoes=[base | over])
