"""Who goes off, and whose shift is over, is asked what becomes of the chats; and what is answered is done."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Agent, AgentStatusLog, Holiday, Position
from inbox.actions.assigning import assign_chat
from inbox.actions.dealing import deal_waiting
from inbox.models import Chat
from inbox.shifts import tell_of_ends, unsettled_shift
from tests import factories
from tests.inbox.dealing import floor, make_agents, turns_of
from tests.inbox.test_live import told
from workspaces.hours import DAYS
from workspaces.models import WorkspaceProfile
from workspaces.tenancy.hosts import look_up

__all__ = ["floor", "told"]

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def shop(floor):
    return factories.make_channel()


@pytest.fixture
def team(floor, shop):
    """Two who are here, and two open chats of the first."""
    first, second = make_agents(floor, 2)
    chats = [factories.make_chat(shop, waiting_since=timezone.now()) for _ in range(2)]
    for chat in chats:
        assign_chat(chat, first, by=first)
    return first, second, chats


def there(workspace):
    connection.set_tenant(workspace)


def owners(chats):
    found = dict(Chat.objects.filter(pk__in=[chat.pk for chat in chats]).values_list("pk", "assigned_to"))
    return [found[chat.pk] for chat in chats]


def stands(agent):
    return Agent.objects.get(pk=agent.pk).availability


class TestGoingOff:
    def test_without_chats_it_is_done_at_once(self, floor, client_for):
        (agent,) = make_agents(floor, 1)
        answer = client_for(agent.user, floor).post("/going-off/", {"availability": "OFF", "next": "/team/"})
        there(floor)
        assert (answer.status_code, answer["Location"], stands(agent)) == (302, "/team/", "OFF")

    def test_what_is_no_address_leads_home(self, floor, client_for):
        (agent,) = make_agents(floor, 1)
        asked = client_for(agent.user, floor).get("/going-off/", **HTMX, HTTP_HX_CURRENT_URL="http://[")
        assert (asked.status_code, 'name="next" value="/"' in asked.content.decode()) == (200, True)

    def test_with_chats_it_is_asked_first(self, floor, client_for, team):
        first, _second, chats = team
        answer = client_for(first.user, floor).post("/going-off/", {"availability": "OFF", "next": "/team/"})
        assert (answer.status_code, answer["Location"]) == (302, "/going-off/?next=%2Fteam%2F&note=")
        page = client_for(first.user, floor).get(answer["Location"])
        there(floor)
        assert "You have 2 open chats. What becomes of them?" in page.text
        assert (stands(first), owners(chats)) == ("ONLINE", [first.pk, first.pk])

    def test_by_script_the_question_comes_as_a_dialog(self, floor, client_for, team):
        first, _second, _chats = team
        answer = client_for(first.user, floor).post("/going-off/", {"availability": "OFF"}, **HTMX)
        there(floor)
        assert (answer.status_code, answer["HX-Retarget"], stands(first)) == (200, "body", "ONLINE")
        assert "<asked-dialog>" in answer.text

    def test_kept(self, floor, client_for, team):
        first, _second, chats = team
        client_for(first.user, floor).post("/going-off/", {"chats": "keep", "note": "Home"})
        there(floor)
        agent = Agent.objects.get(pk=first.pk)
        assert (agent.availability, bool(agent.off_since), bool(agent.shift_settled_at)) == ("OFF", True, True)
        assert owners(chats) == [first.pk, first.pk]
        assert AgentStatusLog.objects.get().note == "Home"

    def test_dealt_again(self, floor, client_for, team):
        first, second, chats = team
        client_for(first.user, floor).post("/going-off/", {"chats": "deal"})
        there(floor)
        assert (stands(first), owners(chats)) == ("OFF", [second.pk, second.pk])
        assert turns_of(chats[0])[-1]["why"] == f"{first.name} is off."

    def test_dealt_again_while_nobody_is_there_they_wait(self, floor, client_for, team):
        first, second, chats = team
        Agent.objects.filter(pk=second.pk).update(availability="AWAY")
        answer = client_for(first.user, floor).post("/going-off/", {"chats": "deal"}, **HTMX)
        there(floor)
        assert owners(chats) == [None, None]
        assert "Nobody is in turn: 2 chats wait under Unassigned" in answer["HX-Trigger"]

    def test_dealt_again_they_come_to_who_is_back_first(self, floor, client_for, team):
        first, second, chats = team
        Agent.objects.filter(pk=second.pk).update(availability="AWAY")
        client = client_for(first.user, floor)
        client.post("/going-off/", {"chats": "deal"})
        there(floor)
        deal_waiting()
        assert owners(chats) == [None, None]
        client.post("/availability/", {"availability": "ONLINE"})
        there(floor)
        deal_waiting()
        assert owners(chats) == [first.pk, first.pk]

    def test_handed_over(self, floor, client_for, team):
        first, second, chats = team
        client_for(first.user, floor).post("/going-off/", {"chats": "hand", "to": f"agent:{second.pk}"})
        there(floor)
        assert (stands(first), owners(chats)) == ("OFF", [second.pk, second.pk])

    def test_handed_over_to_a_position(self, floor, client_for, team):
        first, second, chats = team
        night = factories.make_position(floor, name="Night")
        there(floor)
        Agent.objects.filter(pk=second.pk).update(position=night)
        client_for(first.user, floor).post("/going-off/", {"chats": "hand", "to": f"position:{night.pk}"})
        there(floor)
        assert owners(chats) == [second.pk, second.pk]
        assert {chat.team_id for chat in Chat.objects.filter(pk__in=[chat.pk for chat in chats])} == {night.pk}

    @pytest.mark.parametrize(
        "said", [{"chats": "hand"}, {"chats": "hand", "to": "agent:nobody"}, {"chats": "burn"}, {"chats": ""}]
    )
    def test_what_is_no_answer_is_asked_again(self, floor, client_for, team, said):
        first, _second, chats = team
        answer = client_for(first.user, floor).post("/going-off/", said)
        there(floor)
        assert (answer.status_code, stands(first), owners(chats)) == (422, "ONLINE", [first.pk, first.pk])

    def test_a_supervisor_says_it_for_a_colleague(self, floor, client_for, team, sam):
        first, second, chats = team
        client = client_for(sam, floor)
        asked = client.post(f"/going-off/{first.pk}/", {"availability": "OFF", "note": "Ill"})
        assert 'value="Ill"' in client.get(asked["Location"]).text
        client.post(f"/going-off/{first.pk}/", {"chats": "hand", "to": f"agent:{second.pk}", "note": "Ill"})
        there(floor)
        log = AgentStatusLog.objects.get()
        assert (stands(first), owners(chats)) == ("OFF", [second.pk, second.pk])
        assert (log.changed_by.user, log.note) == (sam, "Ill")

    def test_the_switch_itself_keeps_them(self, floor, client_for, team):
        """Who comes another way than by the menu is asked nothing, and loses nothing."""
        first, _second, chats = team
        client_for(first.user, floor).post("/availability/", {"availability": "OFF"})
        there(floor)
        assert (stands(first), owners(chats)) == ("OFF", [first.pk, first.pk])


def work(hours, position=None):
    (position or Position.objects).update(hours=hours)


def over_since(minutes: int) -> dict[str, list[list[str]]]:
    """Every day the same: over for so long."""
    now = timezone.now()
    end, start = now - timedelta(minutes=minutes), now - timedelta(hours=8)
    return {day: [[f"{start:%H:%M}", f"{end:%H:%M}"]] for day in DAYS}


def asked_of(agent):
    """As a page asks: of the workspace that the door has found."""
    workspace = look_up(connection.tenant.domains.get().domain)
    return unsettled_shift(Agent.objects.with_person().get(pk=agent.pk), workspace)


class TestTheEndOfAShift:
    def test_is_told_with_what_is_still_open(self, floor, team):
        first, second, _chats = team
        work(over_since(5))
        ended = asked_of(first)
        assert ended
        assert (ended.open_chats, ended.at <= timezone.now()) == (2, True)
        assert asked_of(second) is None

    def test_is_not_told_while_it_goes_on_or_without_hours(self, floor, team):
        first, _second, _chats = team
        assert asked_of(first) is None
        work({day: [["00:00", "00:00"]] for day in DAYS})
        assert asked_of(first) is None

    def test_follows_the_business_hours_where_a_position_has_none(self, floor, team):
        first, _second, _chats = team
        WorkspaceProfile.objects.filter(workspace=floor).update(business_hours=over_since(5))
        assert asked_of(first)

    def test_a_holiday_has_no_shift_and_the_one_before_is_over(self, floor, team):
        first, _second, _chats = team
        work({day: [["00:00", "00:00"]] for day in DAYS})
        today = timezone.now().date()
        Holiday.objects.create(date=today)
        ended = asked_of(first)
        assert ended
        assert ended.at.date() == today

    def test_who_is_off_has_been_asked(self, floor, team):
        first, _second, _chats = team
        work(over_since(5))
        Agent.objects.filter(pk=first.pk).update(availability="OFF")
        assert asked_of(first) is None

    @pytest.mark.parametrize(("answer", "kept"), [("keep", True), ("deal", False)])
    def test_is_answered_once(self, floor, client_for, team, answer, kept):
        first, second, chats = team
        work({}, Position.objects)
        late = factories.make_position(floor, permissions=["messages.view"], hours=over_since(5))
        there(floor)
        Agent.objects.filter(pk=first.pk).update(position=late)
        client = client_for(first.user, floor)
        assert "You have 2 open chats" in client.get("/inbox/mine/").text
        done = client.post("/shift-end/", {"chats": answer}, **HTMX)
        assert (done.status_code, "live:shift" in json.loads(done["HX-Trigger"])) == (204, True)
        assert "Your shift ended" not in client.get("/inbox/mine/").text
        assert "Your shift ended" not in client.get("/shift-end/?banner=1", **HTMX).text
        there(floor)
        assert owners(chats) == ([first.pk] * 2 if kept else [second.pk] * 2)
        assert stands(first) == "ONLINE"

    def test_who_wants_to_hand_over_is_asked_to_whom(self, floor, client_for, team):
        first, _second, _chats = team
        work(over_since(5))
        banner = client_for(first.user, floor).get("/shift-end/?banner").text
        assert "/shift-end/?chats=hand" in banner
        question = client_for(first.user, floor).get("/shift-end/?chats=hand").text
        assert 'value="hand" checked' in question

    def test_the_next_one_is_asked_about_again(self, floor, team):
        first, _second, _chats = team
        work(over_since(5))
        Agent.objects.filter(pk=first.pk).update(shift_settled_at=timezone.now() - timedelta(minutes=6))
        assert asked_of(first)
        Agent.objects.filter(pk=first.pk).update(shift_settled_at=timezone.now() - timedelta(minutes=3))
        assert asked_of(first) is None

    def test_the_clock_tells_the_pages_of_whose_has_just_ended(self, told, floor):
        first, second = make_agents(floor, 2)
        just = factories.make_position(floor, hours=over_since(1))
        long = factories.make_position(floor, hours=over_since(30))
        there(floor)
        Agent.objects.filter(pk=first.pk).update(position=just)
        Agent.objects.filter(pk=second.pk).update(position=long)
        told.all()
        tell_of_ends()
        assert [(one["name"], one["agents"]) for one in told.all()] == [("shift", [str(first.pk)])]


class TestLimitsByHand:
    def test_the_menu_says_who_is_full(self, floor, client_for, team, sam):
        first, _second, chats = team
        Agent.objects.filter(pk=first.pk).update(max_open_chats=2)
        text = client_for(sam, floor).get(f"/chats/{chats[0].pk}/assignment/", **HTMX).text
        assert "menu__full" in text
        assert "2 of 2" in text

    @pytest.mark.parametrize(("limit", "warned"), [(2, True), (3, False), (None, False)])
    def test_beyond_the_limit_is_allowed_and_said(self, floor, client_for, team, shop, sam, limit, warned):
        first, _second, _chats = team
        Agent.objects.filter(pk=first.pk).update(max_open_chats=limit)
        another = factories.make_chat(shop)
        answer = client_for(sam, floor).post(f"/chats/{another.pk}/assignment/", {"to": first.pk}, **HTMX)
        there(floor)
        assert owners([another]) == [first.pk]
        assert (f"{first.name} now has 3 of 2 chats." in answer.text) is warned

    def test_many_at_once_too(self, floor, client_for, team, shop, sam):
        first, _second, _chats = team
        Agent.objects.filter(pk=first.pk).update(max_open_chats=2)
        ids = [factories.make_chat(shop).pk for _ in range(3)]
        answer = client_for(sam, floor).post("/inbox/all/bulk/", {"do": f"assign:{first.pk}", "ids": ids}, **HTMX)
        assert f"given to {first.name}. {first.name} now has 5 of 2 chats." in answer.text

    def test_a_position_s_limit_is_that_of_who_holds_it(self, floor, client_for, team, shop):
        first, _second, _chats = team
        Position.objects.update(max_open_chats=2)
        another = factories.make_chat(shop)
        answer = client_for(first.user, floor).post(f"/chats/{another.pk}/assignment/", {"to": first.pk}, **HTMX)
        assert "It is yours. You now have 3 of 2 chats." in answer.text
