"""What waits at the webhooks' door: seen by operators without a word of it, tried again, forgotten."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from workspaces.actions.deliveries import forget_unrouted, retry_parked
from workspaces.actions.upkeep import forget_expired
from workspaces.models import ChannelRoute, Delivery, UserActivity

State = Delivery.State
LIST = "/admin/workspaces/delivery/"
ANSWER = {"_form_submitted": "True"}


def make_delivery(**over):
    fields = {
        "body": b'{"text": "private words"}',
        "state": State.PARKED,
        "attempts": 5,
        "error": "KeyError: 'private'\nDETAIL: private",
    }
    return Delivery.objects.create(**{**fields, **over})


@pytest.fixture
def operator(client_for, ops):
    factories.add_totp(ops)
    return client_for(ops)


def test_the_list_shows_all_but_the_words(operator, acme):
    delivery = make_delivery(platform="FACEBOOK", account_id="10207", workspace_id=acme.pk)
    for address in (LIST, f"{LIST}{delivery.pk}/change/"):
        page = operator.get(address).content.decode()
        for shown in ("Failed too often", "Messenger 10207", "25", "KeyError: &#x27;…&#x27;", acme.name):
            assert shown in page
        assert "private" not in page


def test_nobody_reads_the_words_through_a_filter(operator):
    make_delivery()
    for lookup in ("body__contains=private", "body__startswith=x", "body=x", "error__contains=mid"):
        assert operator.get(f"{LIST}?{lookup}").status_code == 400


def test_the_bodies_are_not_even_read(operator):
    make_delivery()
    with CaptureQueriesContext(connection) as seen:
        operator.get(LIST)
    assert not any('"deliveries"."body"' in one["sql"].replace('octet_length("deliveries"."body")', "") for one in seen)


def test_more_deliveries_are_no_more_queries(operator):
    make_delivery()

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert operator.get(LIST).status_code == 200
        return len(seen)

    queries()
    before = queries()
    for _ in range(15):
        make_delivery()
    assert queries() == before


@pytest.mark.parametrize(("state", "count"), [("WAITING", 1), ("UNROUTED", 2), ("PARKED", 3)])
def test_the_state_is_a_filter(state, count, operator):
    for each, number in (("WAITING", 1), ("UNROUTED", 2), ("PARKED", 3)):
        for _ in range(number):
            make_delivery(state=each)
    page = operator.get(f"{LIST}?state__exact={state}").content.decode()
    assert page.count('name="_selected_action"') == count


def test_one_is_tried_again(operator, run_tasks, django_capture_on_commit_callbacks, ops):
    delivery = make_delivery(not_before=timezone.now() + timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(f"/admin/workspaces/delivery/{delivery.pk}/retry/", ANSWER)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.not_before, delivery.error) == (State.WAITING, 0, None, "")
    assert UserActivity.objects.get(activity_type="webhook.retried").user == ops


def test_several_are_forgotten_but_not_what_is_being_tried(operator, run_tasks):
    rows = [make_delivery(), make_delivery(state=State.UNROUTED), make_delivery(state=State.WAITING)]
    page = operator.post(LIST, {"action": "forget_all", "_selected_action": [row.pk for row in rows]}, follow=True)
    assert list(Delivery.objects.values_list("pk", flat=True)) == [rows[2].pk]
    assert "Forgotten: 2 of 3." in page.content.decode()
    assert UserActivity.objects.filter(activity_type="webhook.forgotten").count() == 2


def test_parked_ones_wait_again_by_time_and_workspace(acme, globex, run_tasks):
    now = timezone.now()
    ChannelRoute.objects.create(platform="WHATSAPP", external_id="77", account_id="88", workspace=acme)
    named = {
        "old": make_delivery(received_at=now - timedelta(days=2)),
        "own app": make_delivery(workspace_id=acme.pk),
        "number": make_delivery(platform="WHATSAPP", account_id="77"),
        "business account": make_delivery(platform="WHATSAPP", account_id="88"),
        "other": make_delivery(workspace_id=globex.pk),
        "nobody's": make_delivery(),
        "unrouted": make_delivery(state=State.UNROUTED, platform="WHATSAPP", account_id="77"),
    }

    def waiting():
        again = set(Delivery.objects.filter(state=State.WAITING, attempts=0).values_list("pk", flat=True))
        return {name for name, row in named.items() if row.pk in again}

    since, until = now - timedelta(days=1), now + timedelta(days=1)
    assert retry_parked(since=since, until=until, workspace=acme) == 3
    assert waiting() == {"own app", "number", "business account"}
    assert retry_parked(since=since, until=until) == 2
    assert waiting() == {"own app", "number", "business account", "other", "nobody's"}


@pytest.mark.django_db
def test_old_unrouted_ones_are_forgotten():
    now = timezone.now()
    kept = [
        make_delivery(state=State.UNROUTED, received_at=now - timedelta(days=29)),
        make_delivery(state=State.PARKED, received_at=now - timedelta(days=300)),
    ]
    make_delivery(state=State.UNROUTED, received_at=now - timedelta(days=31))
    forget_expired()
    assert list(Delivery.objects.values_list("pk", flat=True)) == [row.pk for row in kept]
    assert forget_unrouted() == 0
