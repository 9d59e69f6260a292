"""Whoever signs with an app of their own waits behind themselves, and one delivery's failure is its own."""

import json
from collections import deque

import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_context

from inbox.models import Chat, Identity, Message
from pages.webhooks import cutting, lanes
from pages.webhooks.digesting import digest_batch, digest_deliveries, digest_round
from pages.webhooks.lanes import Turn, own_lanes
from pages.webhooks.storing import store_delivery
from tests.factories import make_channel
from tests.webhooks import connect, page, text, whatsapp, whatsapp_text
from workspaces.models import ChannelRoute, Delivery


@pytest.fixture
def messenger(database, acme):
    return connect(acme)


@pytest.fixture
def elsewhere(database, globex):
    return connect(globex)


@pytest.fixture
def inside(acme):
    with schema_context(acme.schema_name):
        yield


def put(*bodies, by=None):
    for body in bodies:
        store_delivery(json.dumps(body).encode(), by and by.pk)


def texts(workspace):
    with schema_context(workspace.schema_name):
        return sorted(Message.objects.values_list("text", flat=True))


def said(channel, *words, second=0):
    return page(channel, *(text(channel, word, mid=f"m_{word}", second=second + n) for n, word in enumerate(words)))


def numbers(first, last):
    return [f"{n:03}" for n in range(first, last)]


def test_what_came_later_for_others_is_there_before_a_hostile_backlog(acme, globex, messenger, elsewhere, monkeypatch):
    monkeypatch.setattr(lanes, "OWN_SECONDS", 0)
    put(*(said(messenger, number) for number in numbers(0, 50)), by=acme)
    put(said(elsewhere, "after all of them"))
    digest_round(deque())
    assert texts(globex) == ["after all of them"]
    assert texts(acme) == ["000"]


def test_lanes_take_turns(acme, globex, messenger, elsewhere, monkeypatch):
    """However little time there is, each moves something in its turn."""
    monkeypatch.setattr(lanes, "OWN_SECONDS", 0)
    put(*(said(messenger, number) for number in numbers(0, 20)), by=acme)
    put(said(elsewhere, "of another app"), by=globex)
    assert own_lanes() == sorted([acme.pk, globex.pk])
    for lane in own_lanes():
        digest_batch(lane)
    assert (texts(acme), texts(globex)) == (["000"], ["of another app"])


def test_a_delivery_that_costs_more_than_a_turn_is_cut(acme, messenger, monkeypatch):
    monkeypatch.setattr(lanes, "OWN_SECONDS", 0)
    put(said(messenger, *numbers(0, 9)), said(messenger, "behind it"), by=acme)
    received = Delivery.objects.order_by("id")[0].received_at
    digest_batch(acme.pk)
    waiting = list(Delivery.objects.order_by("id"))
    # What is left of it stands behind the others.
    assert [len(json.loads(bytes(one.body))["entry"]) for one in waiting] == [1, 8]
    assert (waiting[1].received_at, waiting[1].workspace_id, waiting[1].attempts) == (received, acme.pk, 0)
    digest_deliveries()
    assert texts(acme) == [*numbers(0, 9), "behind it"]
    assert Delivery.objects.count() == 0


def test_so_is_one_with_more_parts_than_go_at_once(acme, messenger, monkeypatch):
    monkeypatch.setattr("pages.webhooks.digesting.MOST_PARTS", 3)
    monkeypatch.setattr("pages.webhooks.leaving.MOST_PARTS", 3)
    put(said(messenger, *numbers(0, 8)), said(messenger, "beside"))
    assert digest_batch() == 2
    assert texts(acme) == numbers(0, 3)
    digest_deliveries()
    assert texts(acme) == [*numbers(0, 8), "beside"]


def test_metas_largest_batch_is_not_too_much(acme, inside):
    number = connect(acme, "WHATSAPP", metadata={"waba_id": "3100"})
    one = whatsapp(
        number,
        contacts=[{"wa_id": "573001", "profile": {"name": "Rosa"}}],
        messages=[whatsapp_text("Hola", phone="573001")],
    )
    put({"object": one["object"], "entry": one["entry"] * 1000})
    digest_deliveries()
    assert (Delivery.objects.count(), Message.objects.count()) == (0, 1)


def test_a_chain_of_a_thousand_new_numbers_is_brought_in_piece_by_piece(acme, inside, monkeypatch):
    monkeypatch.setattr(lanes, "OWN_SECONDS", 0.01)
    number = connect(acme, "WHATSAPP", metadata={"waba_id": "3100"})

    def moved(n):
        told = {"body": "changed", "type": "user_changed_number", "wa_id": f"5730{n + 1:04}"}
        return whatsapp_text(phone=f"5730{n:04}", second=n, type="system", system=told)

    put(whatsapp(number, messages=[moved(n) for n in range(60)]), by=acme)
    digest_batch(acme.pk)
    assert 0 < Message.objects.count() < 60
    digest_deliveries()
    assert Delivery.objects.count() == 0
    assert Identity.objects.values_list("phone", flat=True).get() == "57300060"
    assert Chat.objects.get().messages.count() == 60


def test_a_part_that_takes_too_long_waits(acme, messenger, monkeypatch):
    put(said(messenger, *numbers(0, 8)), by=acme)
    monkeypatch.setattr(lanes, "STEP_SECONDS", 0)
    monkeypatch.setattr(lanes, "OWN_SECONDS", 60)
    digest_batch(acme.pk)
    assert texts(acme) == []
    kept = Delivery.objects.order_by("id")
    assert [(one.state, one.attempts) for one in kept] == [("WAITING", 1)] * 8
    assert kept[0].error.startswith("TakesTooLong")
    monkeypatch.undo()
    kept.update(not_before=None)
    digest_deliveries()
    assert texts(acme) == numbers(0, 8)


def test_a_step_that_takes_too_long_is_tried_in_smaller_ones(acme, messenger, inside, monkeypatch):
    """Two together are stopped, one by one they go."""
    monkeypatch.setattr(lanes, "OWN_SECONDS", 60)
    sleeping("1.2")
    put(said(messenger, "slow 1", "slow 2", "slow 3"), by=acme)
    digest_batch(acme.pk)
    assert texts(acme) == ["slow 1", "slow 2", "slow 3"]
    assert Delivery.objects.count() == 0


def sleeping(seconds):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.text LIKE 'slow%' THEN PERFORM pg_sleep({seconds}); END IF; RETURN NEW; END $$"
        )
        cursor.execute("CREATE TRIGGER slowly BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION slowly()")


def test_the_database_gives_up_a_statement_that_takes_too_long(acme, messenger, inside, monkeypatch):
    sleeping("600")
    monkeypatch.setattr(lanes, "STATEMENT_SECONDS", 0.3)
    put(said(messenger, "before"), said(messenger, "beside", "slow"), said(messenger, "after"))
    digest_deliveries()
    assert texts(acme) == ["after", "before", "beside"]
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts, "57014" in kept.error) == ("WAITING", 1, True)


@pytest.fixture
def late_refusal(acme):
    """A rule that the database looks at when it commits."""
    with schema_context(acme.schema_name), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF NEW.text = 'poison' THEN RAISE 'no' USING ERRCODE = '23514'; END IF; RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION refuse()"
        )


@pytest.mark.parametrize("own_app", [False, True], ids=["platform", "own app"])
def test_what_fails_at_the_commit_stops_nobody_else(transactional_db, acme, late_refusal, own_app):
    messenger, by = connect(acme), acme if own_app else None
    put(said(messenger, "before"), said(messenger, "beside", "poison", "next to it"), said(messenger, "after"), by=by)
    digest_deliveries()
    assert texts(acme) == ["after", "before", "beside", "next to it"]
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts) == ("WAITING", 1)
    assert json.loads(bytes(kept.body))["entry"][0]["messaging"][0]["message"]["text"] == "poison"


def test_a_transaction_that_fails_as_a_whole_is_done_again_by_deliveries(transactional_db, acme):
    """The database lets nobody forget the second one."""
    messenger = connect(acme)
    put(said(messenger, "first"), said(messenger, "second"), said(messenger, "third"))
    stubborn = Delivery.objects.order_by("id")[1].pk
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF OLD.id = {stubborn} THEN RAISE 'kept' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$"
        )
        cursor.execute("CREATE TRIGGER keep BEFORE DELETE ON deliveries FOR EACH ROW EXECUTE FUNCTION keep()")
    for attempt in range(1, Delivery.TRIES + 1):
        digest_deliveries()
        assert texts(acme) == ["first", "third"]
        kept = Delivery.objects.get()
        assert (kept.pk, kept.attempts) == (stubborn, attempt)
        Delivery.objects.waiting().update(not_before=None)
    assert kept.state == "PARKED"


def test_two_workers_do_not_share_an_own_apps_lane(transactional_db, acme, on_another_connection):
    messenger = connect(acme)
    put(*(said(messenger, number) for number in numbers(0, 3)), by=acme)
    with transaction.atomic():
        assert lanes.claim(Turn(acme.pk))
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE deliveries IN SHARE MODE")
        put_aside = on_another_connection(lambda: (digest_batch(acme.pk), store_delivery(b"{}", None)))
    assert put_aside.result(timeout=60)[0] == 0
    digest_deliveries()
    assert texts(acme) == numbers(0, 3)


def test_unrouted_parts_of_one_account_wait_together(acme, messenger):
    body = said(messenger, "a", "b", "c")
    body["entry"][0]["id"] = "999"
    put(body, by=acme)
    digest_deliveries()
    kept = Delivery.objects.get()
    assert (kept.state, kept.platform, kept.account_id, kept.workspace_id) == ("UNROUTED", "FACEBOOK", "999", acme.pk)
    ChannelRoute.objects.create(platform="FACEBOOK", external_id="999", workspace=acme)
    connect_row(acme, "999")
    kept.state = "WAITING"
    kept.save()
    digest_deliveries()
    assert texts(acme) == ["a", "b", "c"]


def connect_row(workspace, account):
    with schema_context(workspace.schema_name):
        make_channel("FACEBOOK", external_id=account)


def test_what_is_put_together_is_of_the_same_kind():
    payloads = [{"object": "page", "entry": [n]} for n in range(3)]
    assert cutting.envelope_of(payloads) == {"object": "page", "entry": [0, 1, 2]}
    assert cutting.envelope_of([{"body": 1}]) == {"body": 1}
