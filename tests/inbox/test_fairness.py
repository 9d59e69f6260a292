"""A day's turns, counted from what dealing wrote down, for who manages the team."""

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from inbox.actions.assigning import assign_chat
from inbox.fairness import fairness_of
from inbox.models import ChatEvent
from tests import factories
from tests.inbox.dealing import customer_writes, floor, make_agents
from tests.webhooks import SECRET, connect
from workspaces.models import WorkspaceProfile

__all__ = ["floor"]

ZONE = ZoneInfo("UTC")


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def shop(floor):
    found = connect(floor)
    connection.set_tenant(floor)
    return found


def today():
    return datetime.now(ZONE).date()


def share_of(found, agent):
    return next(share for share in found.shares if share.agent.pk == agent.pk)


def test_a_day_as_it_was_dealt(floor, shop):
    first, second, away, full = make_agents(floor, 4)
    Agent.objects.filter(pk=away.pk).update(availability="AWAY")
    Agent.objects.filter(pk=full.pk).update(max_open_chats=0)
    chats = [customer_writes(floor, shop, f"c{number}") for number in range(5)]
    assign_chat(chats[0], second, by=second)
    assign_chat(chats[1], first, by=away)

    found = fairness_of(today(), ZONE)

    one, two = share_of(found, first), share_of(found, second)
    assert (one.turn, two.turn, found.dealt, found.spread) == (3, 2, 5, 1)
    assert (one.given, one.taken, two.given, two.taken) == (1, 0, 0, 1)
    assert (one.open_chats, two.open_chats) == (3, 2)
    # Between the second and the first lie those two, each time round.
    assert share_of(found, away).passed == {"away": 2}
    assert share_of(found, full).passed == {"full": 2}


def test_another_day_and_another_zone(floor, shop):
    (agent,) = make_agents(floor, 1)
    chat = factories.make_chat(shop)
    at = datetime(2026, 3, 1, 23, 30, tzinfo=ZONE)
    data = {"to": agent.name, "to_id": str(agent.pk), "turn": {"by": "own"}}
    ChatEvent.objects.create(chat=chat, kind="ASSIGNED", data=data, at=at)

    def otherwise(day, zone):
        return share_of(fairness_of(day, ZoneInfo(zone)), agent).otherwise

    first, second = at.date(), at.date().replace(day=2)
    assert [otherwise(first, "UTC"), otherwise(second, "UTC")] == [1, 0]
    assert [otherwise(first, "Asia/Tokyo"), otherwise(second, "Asia/Tokyo")] == [0, 1]


@pytest.mark.parametrize("turn", [None, {}, "x", [], {"passed": "x", "more": "x"}, {"by": "turn", "passed": [[], 1]}])
def test_old_and_odd_rows_do_no_harm(floor, shop, turn):
    (agent,) = make_agents(floor, 1)
    data = {"to": agent.name, "to_id": str(agent.pk), "turn": turn}
    ChatEvent.objects.create(chat=factories.make_chat(shop), kind="ASSIGNED", data=data, at=datetime.now(ZONE))
    ChatEvent.objects.create(chat=factories.make_chat(shop), kind="ASSIGNED", data={}, at=datetime.now(ZONE))

    found = share_of(fairness_of(today(), ZONE), agent)

    assert found.turn + found.given == 1


def test_the_page_tells_it_in_few_queries(floor, shop, sam, client_for):
    first, _second = make_agents(floor, 2)
    for number in range(3):
        customer_writes(floor, shop, f"c{number}")
    client = client_for(sam, floor)
    client.get("/team/fairness/")

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/team/fairness/").content.decode()

    assert "3 chats were dealt in turn among 2" in page
    assert f'<bdi class="strong">{first.name}</bdi> had the most, 2' in page
    assert len(queries) < 15


def test_the_file_has_the_same_numbers(floor, shop, sam, client_for):
    first, _ = make_agents(floor, 2)
    customer_writes(floor, shop, "c0")

    answer = client_for(sam, floor).get(f"/team/fairness/turns.csv?day={today()}")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["Name"] == first.name]
    assert (row["Day"], row["In turn"], row["Open now"]) == (str(today()), "1", "1")
    assert "attachment" in answer["Content-Disposition"]


def test_an_agent_is_not_shown_it(floor, bo, client_for):
    client = client_for(bo, floor)
    assert [client.get(f"/team/fairness/{rest}").status_code for rest in ("", "turns.csv")] == [403, 403]


@pytest.mark.parametrize("day", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_what_is_no_day_is_today(floor, sam, client_for, day):
    WorkspaceProfile.objects.filter(workspace=floor).update(timezone="Pacific/Kiritimati")
    page = client_for(sam, floor).get(f"/team/fairness/?day={day}").content.decode()
    assert "No chat was given to anybody on this day" in page
    assert f'value="{datetime.now(ZoneInfo("Pacific/Kiritimati")).date()}"' in page
