"""Deliveries move whole or not at all; what fails waits, is tried again, and stops nobody else."""

import json
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.models import Chat, Contact, Message
from pages.models import WebhookEvent
from pages.webhooks import lanes
from pages.webhooks.digesting import digest_batch, digest_deliveries
from pages.webhooks.storing import store_delivery
from tests.webhooks import SECRET, connect, page, post, text, whatsapp, whatsapp_text
from workspaces.models import Delivery


def die_half_way():
    """As a process that is killed before its commit."""
    with transaction.atomic():
        digest_batch()
        raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def messenger(database, acme):
    return connect(acme)


@pytest.fixture
def inside(acme):
    with schema_context(acme.schema_name):
        yield


@pytest.fixture
def poisonous(acme):
    """The database refuses whatever says poison, as it would something we did not think of."""
    with schema_context(acme.schema_name), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messages ADD CONSTRAINT no_poison CHECK (text <> 'poison')")


def put(*bodies):
    for body in bodies:
        store_delivery(json.dumps(body).encode(), None)


def texts():
    return sorted(Message.objects.values_list("text", flat=True))


def test_poison_stops_nobody_else(messenger, poisonous, inside):
    put(
        page(messenger, text(messenger, "before")),
        page(messenger, text(messenger, "beside"), text(messenger, "poison"), text(messenger, "next to it")),
        page(messenger, text(messenger, "after")),
    )
    digest_deliveries()
    assert texts() == ["after", "before", "beside", "next to it"]
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts) == ("WAITING", 1)
    # The rule that it broke, and none of the customer's words.
    assert kept.error.startswith("IntegrityError")
    assert "(no_poison)" in kept.error
    assert kept.not_before > timezone.now()
    assert json.loads(bytes(kept.body))["entry"][0]["messaging"][0]["message"]["text"] == "poison"


def test_poison_is_parked_after_five_tries_and_comes_back_when_asked(messenger, poisonous, inside):
    put(page(messenger, text(messenger, "poison")))
    for _ in range(Delivery.TRIES):
        digest_deliveries()
        Delivery.objects.waiting().update(not_before=None)
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts) == ("PARKED", 5)
    assert digest_batch() == 0

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messages DROP CONSTRAINT no_poison")
    Delivery.objects.update(state="WAITING", attempts=0)
    digest_deliveries()
    assert (texts(), Delivery.objects.count()) == (["poison"], 0)


def test_what_is_to_be_tried_later_is_left_alone(messenger, inside):
    put(page(messenger, text(messenger, "later")))
    Delivery.objects.update(not_before=timezone.now() + timedelta(minutes=1))
    assert (digest_deliveries(), texts()) == (0, [])


def test_a_thousand_entries_in_one_delivery(acme, inside):
    number = connect(acme, "WHATSAPP", metadata={"waba_id": "3100"})
    people = [{"wa_id": f"5730{n:04}", "profile": {"name": f"Person {n}"}} for n in range(1000)]
    words = [whatsapp_text(f"number {n}", phone=f"5730{n:04}") for n in range(1000)]
    put(whatsapp(number, contacts=people, messages=words))
    digest_deliveries()
    assert Message.objects.count() == Chat.objects.count() == 1000
    assert Chat.objects.get(identity__phone="57300999").identity.name == "Person 999"
    # Each event keeps its own words, not the whole delivery's.
    event = WebhookEvent.objects.get(messages__text="number 7")
    assert len(json.dumps(event.payload)) < 800


def test_bodies_too_large_for_one_go_are_taken_apart(messenger, inside, monkeypatch):
    monkeypatch.setattr(lanes, "BATCH_BYTES", 10)
    put(*(page(messenger, text(messenger, f"{n}")) for n in range(3)))
    assert digest_batch() == 1
    digest_deliveries()
    assert texts() == ["0", "1", "2"]


def from_deep_down(frames):
    """A worker's call stack is deeper than the door's: what could be read there may be too deep here."""
    return from_deep_down(frames - 1) if frames else digest_deliveries()


def test_what_cannot_be_taken_apart_is_parked_and_holds_up_nobody(messenger, inside):
    depth = next(depth for depth in range(990, 0, -1) if post(nested(depth)).status_code == 200)
    put(page(messenger, text(messenger, "after it")))
    from_deep_down(100)
    kept = Delivery.objects.get()
    assert (texts(), kept.state, bytes(kept.body)) == (["after it"], "PARKED", nested(depth))
    assert kept.error.startswith("RecursionError")


def nested(depth):
    return b'{"object":"page","entry":[],"x":' + b"[" * depth + b"]" * depth + b"}"


LONG = "x" * 1_000_000
MANY = [1] * 100
NUMBER = {"metadata": {"phone_number_id": "1"}, "messages": MANY}


def entry(name, **inside):
    return {"object": name, "entry": [{"id": "1", **inside}]}


def change(value, field="messages"):
    return entry("whatsapp_business_account", changes=[{"field": field, "value": value}])


@pytest.mark.parametrize(
    "body",
    [
        entry("page", messaging=[1] * 100_000),
        entry("page", messaging=MANY, time=LONG),
        entry("instagram", standby=MANY, id=LONG),
        change(NUMBER | {"metadata": {"x": LONG}}),
        change(NUMBER | {"messaging_product": LONG}),
        change(NUMBER | {"contacts": [{"wa_id": "1", "x": LONG}]}),
        change(NUMBER | {f"more {n}": [1] for n in range(30_000)}),
        change({"standby": NUMBER | {"metadata": {"x": LONG}}}, field="standby"),
    ],
    ids="parts time id metadata product card keys standby".split(),
)
def test_what_would_swell_is_parked_unread(body, messenger, inside):
    put(body, page(messenger, text(messenger, "after it")))
    digest_deliveries()
    kept = Delivery.objects.get()
    assert (texts(), kept.state, kept.error) == (["after it"], "PARKED", "TooMuch at parts_of")


def test_a_thousand_long_messages_are_not_too_much(messenger, inside):
    put(page(messenger, *(text(messenger, "x" * 2000, mid=f"m_{n}") for n in range(1000))))
    digest_deliveries()
    assert (len(texts()), Delivery.objects.count()) == (1000, 0)


def test_a_token_that_cannot_be_read_keeps_no_message_out(messenger, inside):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE channels SET access_token = 'of another key'")
    put(page(messenger, text(messenger, "in spite of it")))
    digest_deliveries()
    assert texts() == ["in spite of it"]


def test_a_crash_in_the_middle_moves_nothing(messenger, inside):
    put(page(messenger, text(messenger, "whole or not at all")))
    with pytest.raises(KeyboardInterrupt):
        die_half_way()
    assert (texts(), WebhookEvent.objects.count(), Delivery.objects.count()) == ([], 0, 1)
    digest_deliveries()
    assert texts() == ["whole or not at all"]


def test_two_workers_one_chat_a_hundred_messages(transactional_db, acme, at_once):
    messenger = connect(acme)
    words = [page(messenger, text(messenger, f"{n:03}", second=n)) for n in range(100)]
    # Each twice: Meta repeats itself.
    put(*words, *words)

    def work():
        while digest_batch():
            pass
        connections.close_all()

    results = at_once(work, work, work, racing_for="deliveries")

    assert [result for result in results if isinstance(result, Exception)] == []
    with schema_context(acme.schema_name):
        assert texts() == [f"{n:03}" for n in range(100)]
        chat = Chat.objects.get()
        assert (chat.unread_count, chat.last_message.text, Contact.objects.count()) == (100, "099", 1)
    assert Delivery.objects.count() == 0


def test_the_bell_brings_it_in(transactional_db, acme, run_tasks):
    messenger = connect(acme)
    assert post(page(messenger, text(messenger, "ring"))).status_code == 200
    # The door rings from a thread of its own.
    deadline = time.monotonic() + 60
    while "pages.tasks.digest_deliveries" not in run_tasks():
        assert time.monotonic() < deadline, "nobody rang"
    with schema_context(acme.schema_name):
        assert texts() == ["ring"]
