"""A person takes another phone number: WhatsApp then gives another user id too, and says so twice."""

from __future__ import annotations

from typing import Any

from pages.sandbox import customers, receipts
from pages.sandbox.contents import whatsapp_message
from pages.sandbox.state import Message, State
from pages.sandbox.world import WHATSAPP, Customer

Json = dict[str, Any]


def change_number(state: State, customer: Customer, wish: Json) -> Json:
    """`new_phone`; the system message comes from the old number, everything later from the new one."""
    thread = customers.thread_for(state, customer, wish)
    if thread.account.platform != WHATSAPP:
        raise customers.Mistake("only WhatsApp knows people by their number")
    new_phone = str(wish.get("new_phone") or f"{customer.phone}9")
    before, old_phone = customer.id_on(thread.account), customer.phone
    message = Message(state.new_message_id(WHATSAPP), "in", "system", state.now())
    told = whatsapp_message(state, thread, message, {"kind": "system", "new_phone": new_phone})
    customer.phone, customer.generation = new_phone, customer.generation + 1
    state.add_customer(customer)
    after = customer.id_on(thread.account)
    customers.note(state, thread, "changed number", id=message.id, phone=new_phone, user_id=after)
    receipts.tell_whatsapp(state, thread, told, kind="system", about=[message.id])
    update = {
        "wa_id": old_phone,
        "detail": "The user id has changed",
        "user_id": {"previous": before, "current": after},
        "timestamp": str(state.now() // 1000),
    }
    value = {"contacts": [{"wa_id": new_phone, "user_id": after}], "user_id_update": [update]}
    receipts.tell_whatsapp(state, thread, value, kind="user_id_update", about=[], subject="user_id_update")
    return {"id": message.id, "previous": before, "current": after}
