"""Meta repeats, delays and reorders; whatever it does, the same rows stand at the end."""

import json

import pytest
from django.db import transaction
from django_tenants.utils import schema_context
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inbox.models import Chat, Identity, Message
from pages.models import Channel
from pages.webhooks.digesting import digest_deliveries
from pages.webhooks.storing import store_delivery
from tests.webhooks import connect, echo, item, milliseconds, page, text, whatsapp, whatsapp_text
from workspaces.models import Delivery

PAGE = Channel(platform="FACEBOOK", external_id="1042")
NUMBER = Channel(platform="WHATSAPP", external_id="4200", metadata={"waba_id": "3100"})
READER = {"phone": "573001", "user_id": "CO.1"}
BEFORE = {"phone": "573002", "user_id": "CO.2"}
MOVED = {
    "id": "wamid.7",
    "type": "system",
    "system": {"type": "user_changed_number", "body": "moved", "wa_id": "573003", "user_id": "CO.3"},
}
OUT = {"id": "wamid.out", "recipient_id": "573001", "recipient_user_id": "CO.1"}


def status(name, second):
    return OUT | {"status": name, "timestamp": str(milliseconds(second) // 1000)}


# Of one day: two people on Messenger, one on WhatsApp under three guises.
HAPPENED = [
    page(PAGE, text(PAGE, "Hello", mid="m_1", second=1)),
    page(PAGE, item(PAGE, second=2, message={"mid": "m_2", "text": "Blue?", "reply_to": {"mid": "m_1"}})),
    page(PAGE, echo(PAGE, "Yes, blue", mid="m_3", second=3)),
    page(PAGE, item(PAGE, second=4, read={"watermark": milliseconds(3.5)})),
    page(PAGE, item(PAGE, second=5, delivery={"mids": ["m_3"], "watermark": milliseconds(3.2)})),
    page(PAGE, item(PAGE, second=6, message_edit={"mid": "m_2", "text": "Blue or red?", "num_edit": 1})),
    page(PAGE, item(PAGE, second=7, message_edit={"mid": "m_2", "text": "Blue, please", "num_edit": 2})),
    page(PAGE, item(PAGE, second=8, reaction={"mid": "m_3", "action": "react", "reaction": "love", "emoji": "❤"})),
    page(PAGE, item(PAGE, second=9, reaction={"mid": "m_3", "action": "unreact"})),
    page(PAGE, text(PAGE, "I am another", mid="m_4", second=10, customer="7002")),
    page(PAGE, item(PAGE, second=11, customer="7002", postback={"mid": "m_5", "title": "Start", "payload": "GO"})),
    whatsapp(NUMBER, messages=[whatsapp_text("Hola", second=1, **READER) | {"id": "wamid.1"}]),
    whatsapp(NUMBER, messages=[whatsapp_text("¿Hay?", second=2, phone="573001") | {"id": "wamid.2"}]),
    whatsapp(NUMBER, messages=[whatsapp_text("Azul", second=3, user_id="CO.1") | {"id": "wamid.3"}]),
    whatsapp(NUMBER, statuses=[status("sent", 4)]),
    whatsapp(NUMBER, statuses=[status("read", 6)]),
    whatsapp(NUMBER, statuses=[status("delivered", 5)]),
    # Another changes number and id, and says three things under the old ones and one under the new.
    whatsapp(NUMBER, messages=[whatsapp_text("It is me", second=12, **BEFORE) | {"id": "wamid.4"}]),
    whatsapp(NUMBER, messages=[whatsapp_text("My number", second=13, phone="573002") | {"id": "wamid.5"}]),
    whatsapp(NUMBER, messages=[whatsapp_text("My name", second=14, user_id="CO.2") | {"id": "wamid.6"}]),
    whatsapp(NUMBER, messages=[whatsapp_text("", second=15, **BEFORE) | MOVED]),
    whatsapp(
        NUMBER, messages=[whatsapp_text("Still me", second=16, phone="573003", user_id="CO.3") | {"id": "wamid.8"}]
    ),
]

CHAT = "identity__external_id state unread_count last_message__external_id last_incoming_at last_outgoing_at".split()
WORK = ["incoming_count", "answered_at", "waiting_since"]
# When exactly it was read is known only to who had the message before.
MESSAGE = "external_id type text direction status sent_at reply_to__external_id reactions".split()
MARKS = ["window_expires_at", "delivered_until", "read_until"]


def rows():
    identities = Identity.objects.values_list("platform", "external_id", "phone")
    chats = Chat.objects.values_list(*CHAT, *WORK, *MARKS)
    messages = Message.objects.values_list(*MESSAGE, "earlier_texts", "edited_at")
    return [sorted(table, key=str) for table in (identities, chats, messages)]


def rows_after(order, together):
    """Kept, digested so many at a time, looked at, and undone."""
    with transaction.atomic():
        for start in range(0, len(order), together):
            for body in order[start : start + together]:
                store_delivery(json.dumps(body).encode(), None)
            digest_deliveries()
        assert list(Delivery.objects.values_list("error", flat=True)) == []
        seen = rows()
        transaction.set_rollback(True)
    return seen


@pytest.fixture
def stage(acme):
    connect(acme, external_id="1042")
    connect(acme, "WHATSAPP", external_id="4200", metadata={"waba_id": "3100"})
    with schema_context(acme.schema_name):
        yield


@settings(
    max_examples=25,
    deadline=None,
    # Shrinking a failure takes minutes, and says little more.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    order=st.permutations(HAPPENED),
    repeated=st.lists(st.sampled_from(HAPPENED), max_size=8),
    together=st.integers(min_value=1, max_value=25),
)
def test_any_order_and_any_repetition_end_in_the_same_rows(stage, order, repeated, together):
    assert rows_after([*order, *repeated], together) == rows_after(HAPPENED, 1)
