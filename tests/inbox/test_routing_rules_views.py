"""The pages of routing rules, of assignment, hours and holidays: what they keep, refuse and show, and who may."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.actions.holidays import delete_holiday
from agents.models import Agent, Holiday, Position
from inbox.actions import hours, routing_rules
from inbox.actions.rules import save_rules
from inbox.models import AssignmentCursor, Chat, ChatEvent, InboxRules, Label, Message, RoutingRule
from templates_app.models import MessageTemplate
from tests import factories
from tests.inbox.dealing import floor, make_agents
from workspaces import bells
from workspaces.models import UserActivity, WorkspaceProfile
from workspaces.refusals import NotAllowed, Refused
from workspaces.valkey import valkey

__all__ = ["floor"]

ROUTING = "/settings/routing/"
NEW = "/settings/routing/new/"
RULES = {"strategy": "ROUND_ROBIN", "tell_after": "10"}
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def in_acme(floor):
    return floor


@pytest.fixture
def inside(client_for, sam, in_acme):
    return client_for(sam, in_acme)


@pytest.fixture
def supervisor(in_acme, sam):
    agent = factories.agent_of(sam, in_acme)
    connection.set_tenant(in_acme)
    return agent


def log():
    row = UserActivity.objects.latest("created_at")
    return row.activity_type, row.description


def rules(*names, **over):
    fields = {"actions": {"priority": 1}, **over}
    return [
        RoutingRule.objects.create(name=name, priority=place, **fields) for place, name in enumerate(names, start=1)
    ]


def names():
    return list(RoutingRule.objects.values_list("name", flat=True))


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))


class TestKeeping:
    def test_a_new_one_goes_behind_the_others(self, inside):
        rules("First", "Second")
        channel, label = factories.make_channel(), Label.objects.create(name="Refund")
        said = {
            "name": "Refunds",
            "words": "refund, Money  back\nrefund",
            "tags": "vip،press",
            "platforms": ["WHATSAPP"],
            "channels": [channel.pk],
            "languages": ["es"],
            "hours": "outside",
            "returning": "no",
            "priority": "0",
            "labels": [label.pk],
        }

        assert inside.post(NEW, said).status_code == 302

        assert names() == ["First", "Second", "Refunds"]
        made = RoutingRule.objects.get(name="Refunds")
        assert made.conditions == {
            "words": ["refund", "Money back"],
            "tags": ["vip", "press"],
            "platforms": ["WHATSAPP"],
            "channels": [str(channel.pk)],
            "languages": ["es"],
            "hours": "outside",
            "returning": False,
        }
        assert made.actions == {"labels": [str(label.pk)], "priority": 0}
        assert log() == ("rule.created", "Created the routing rule Refunds")

    def test_changed_it_keeps_its_place(self, inside):
        first, _ = rules("First", "Second", conditions={"returning": True})
        page = inside.get(f"{ROUTING}{first.pk}/")
        assert '<option value="yes" selected>' in page.content.decode()

        assert inside.post(f"{ROUTING}{first.pk}/", {"name": "Else", "priority": "1"}).status_code == 302

        assert names() == ["Else", "Second"]
        words = "Changed the routing rule Else: it was called First, which chats it is for"
        assert log() == ("rule.changed", words)
        before = UserActivity.objects.count()
        inside.post(f"{ROUTING}{first.pk}/", {"name": "Else", "priority": "1"})
        assert UserActivity.objects.count() == before

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"name": ""}, "name"),
            ({"priority": ""}, "__all__"),
            ({"labels": [NOBODY]}, "labels"),
            ({"agent": NOBODY}, "agent"),
            ({"languages": ["xx"]}, "languages"),
            ({"words": "x" * 101}, "words"),
            ({"words": ", ".join(f"w{number}" for number in range(51))}, "words"),
            ({"hours": "sometimes"}, "hours"),
        ],
    )
    def test_what_is_refused(self, inside, said, field):
        answer = inside.post(NEW, {"name": "Rule", "priority": "1", **said})

        assert (answer.status_code, names(), set(answer.context["form"].errors)) == (422, [], {field})

    def test_there_is_an_end_to_them(self, in_acme, supervisor):
        rules(*[f"Rule {number}" for number in range(routing_rules.MOST)])

        with pytest.raises(Refused, match="There are 100 rules already"):
            routing_rules.save_rule(RoutingRule(name="More"), by=supervisor, workspace=in_acme)

    def test_private_replies_and_viewers_are_not_offered(self, inside, in_acme, supervisor, vi):
        MessageTemplate.objects.create(name="My own words", content="Hi", created_by=supervisor)
        looker = factories.agent_of(vi, in_acme)
        connection.set_tenant(in_acme)

        page = inside.get(NEW).content.decode()

        assert ("My own words" in page, str(looker.pk) in page) == (False, False)

    def test_moved(self, inside):
        first, second, third = rules("A", "B", "C")

        answer = inside.post(f"{ROUTING}{third.pk}/place/", {"to": "up"}, follow=True)
        # Where the next step is, for who goes by keyboard.
        assert f'id="{answer.redirect_chain[-1][0].partition("#")[2]}" name="to" value="up"' in answer.text
        assert names() == ["A", "C", "B"]
        assert log() == ("rule.moved", "Moved the routing rule C before B")
        inside.post(f"{ROUTING}{first.pk}/place/", {"to": "down"})
        assert names() == ["C", "A", "B"]
        before = UserActivity.objects.count()
        inside.post(f"{ROUTING}{second.pk}/place/", {"to": "down"})
        assert (names(), UserActivity.objects.count()) == (["C", "A", "B"], before)

    def test_switched_off_and_on(self, inside):
        (rule,) = rules("Refunds")

        inside.post(f"{ROUTING}{rule.pk}/active/", {"on": ""})
        assert (list(RoutingRule.objects.acting()), log()[1]) == ([], "Switched the routing rule Refunds off")
        inside.post(f"{ROUTING}{rule.pk}/active/", {"on": "1"})
        assert list(RoutingRule.objects.acting()) == [rule]

    def test_deleted(self, inside, in_acme, supervisor):
        (rule,) = rules("Refunds")

        inside.post(f"{ROUTING}{rule.pk}/removal/")
        assert (names(), log()) == ([], ("rule.deleted", "Deleted the routing rule Refunds"))
        before = UserActivity.objects.count()
        routing_rules.delete_rule(rule, by=supervisor, workspace=in_acme)
        assert UserActivity.objects.count() == before
        with pytest.raises(Refused):
            routing_rules.save_rule(rule, by=supervisor, workspace=in_acme)


class TestList:
    def test_empty_it_says_what_a_rule_is_for(self, inside):
        page = inside.get(ROUTING).content.decode()
        assert ("No rule yet" in page, NEW in page) == (True, True)

    def test_each_says_what_it_does(self, inside, in_acme):
        channel = factories.make_channel(name="Shop")
        label = Label.objects.create(name="Refund")
        billing = Position.objects.create(name="Billing", slug="billing")
        rules(
            "Refunds",
            conditions={"words": ["refund"], "channels": [str(channel.pk)], "returning": True},
            actions={"labels": [str(label.pk)], "position": str(billing.pk), "priority": 2},
        )

        said = words_of(inside.get(ROUTING))

        assert (
            "A chat on Shop (Messenger), with “refund” in it, from somebody who has written before: "
            "give it in turn among Billing, label it Refund, make it urgent priority." in said
        )
        assert "Broken" not in said

    def test_what_is_gone_is_shown_as_broken(self, inside, bo, in_acme):
        agent = factories.agent_of(bo, in_acme)
        connection.set_tenant(in_acme)
        rules("Gone", actions={"labels": [NOBODY], "agent": str(agent.pk)})
        assert "It names a label that is no longer there." in words_of(inside.get(ROUTING))

        Agent.objects.filter(pk=agent.pk).update(is_active=False)

        said = words_of(inside.get(ROUTING))
        assert "It names somebody who does not answer here any more." in said

    def test_it_costs_the_same_however_many(self, inside, django_assert_max_num_queries):
        label = Label.objects.create(name="Refund")
        rules(*[f"Rule {number}" for number in range(30)], actions={"labels": [str(label.pk)]})
        inside.get(ROUTING)
        with django_assert_max_num_queries(9):
            assert inside.get(ROUTING).status_code == 200


class TestTrial:
    def sample(self, **over):
        return {"try": "1", "name": "Edited", "priority": "1", "sample-where": "FACEBOOK", **over}

    def test_all_rules_in_order_with_the_edited_one_in_its_place(self, inside):
        _, second, _ = rules("First", "Second", "Third", conditions={"words": ["refund"]})
        RoutingRule.objects.filter(name="First").update(is_active=False)
        said = self.sample(words="money", **{"sample-text": "A REFUND, please"})

        page = inside.post(f"{ROUTING}{second.pk}/", said)

        trial = page.context["trial"]
        found = [(one.rule.name, one.is_edited, one.fits, one.decides) for one in trial.rules]
        assert found == [("Edited", True, False, False), ("Third", False, True, True)]
        assert trial.rules[0].checks == (("Words", "money", "none of them", False),)
        assert (page.status_code, names()) == (200, ["First", "Second", "Third"])
        assert "Third decides" in words_of(page)

    def test_nothing_is_written(self, inside, in_acme):
        make_agents(in_acme, 2)
        before = (AssignmentCursor.objects.count(), UserActivity.objects.count())

        page = inside.post(NEW, self.sample(**{"sample-text": "Hello"}))

        assert page.context["trial"].turn.to
        kept = (Chat, ChatEvent, Message, RoutingRule)
        assert [model.objects.count() for model in kept] == [0, 0, 0, 0]
        assert (AssignmentCursor.objects.count(), UserActivity.objects.count()) == before

    def test_who_would_be_in_turn(self, inside, in_acme):
        first, second = make_agents(in_acme, 2)
        AssignmentCursor.objects.update_or_create(name="everybody", defaults={"last_agent": first})
        channel = factories.make_channel()

        nobody = inside.post(NEW, self.sample(**{"sample-where": str(channel.pk)})).context["trial"].turn
        named = inside.post(NEW, self.sample(agent=first.pk, **{"sample-where": str(channel.pk)})).context["trial"].turn
        Agent.objects.filter(pk=first.pk).update(availability="AWAY")
        away = inside.post(NEW, self.sample(agent=first.pk)).context["trial"].turn

        assert (nobody.to, nobody.how, nobody.after) == (second.name, "next in turn", first.name)
        assert (named.to, named.how) == (first.name, "as the rule says")
        assert (away.to, (first.name, "is away") in away.passed) == (second.name, True)

    def test_by_hand_it_waits(self, inside):
        InboxRules.objects.create(strategy="BY_HAND")
        page = inside.post(NEW, self.sample())
        assert "Chats are taken by hand" in words_of(page)

    @pytest.mark.parametrize(("at", "fits"), [("2026-11-20T12:00", True), ("2026-11-20T20:00", False)])
    def test_the_time_is_the_workspaces(self, inside, in_acme, at, fits):
        WorkspaceProfile.objects.filter(workspace=in_acme).update(
            timezone="Asia/Tokyo", business_hours={"fri": [["09:00", "17:00"]]}
        )
        page = inside.post(NEW, self.sample(hours="inside", **{"sample-at": at}))
        assert page.context["trial"].rules[0].fits is fits

    def test_without_a_name_it_can_be_tried(self, inside):
        page = inside.post(NEW, self.sample(name=""))
        assert page.context["trial"].rules[0].rule.name == "This rule"

    @pytest.mark.parametrize("wrong", [{"sample-where": NOBODY}, {"priority": ""}, {"sample-at": "soon"}])
    def test_what_cannot_be_tried_says_why(self, inside, wrong):
        page = inside.post(NEW, self.sample(**wrong))
        assert (page.status_code, page.context["trial"]) == (422, None)
        assert "It cannot be tried yet" in words_of(page)


class TestAssignment:
    def test_kept_and_told(self, inside):
        said = {
            "strategy": "LAST_AGENT",
            "reassign_after": "0",
            "tell_after": "",
            "idle_after": "15",
            "away_message": " Back {opens} ",
            "auto_close_days": "7",
        }
        assert inside.post("/settings/inbox/", said).status_code == 302
        kept = InboxRules.objects.get()
        assert (kept.strategy, kept.reassign_after, kept.tell_after, kept.idle_after) == ("LAST_AGENT", 0, None, 15)
        assert (kept.away_message, kept.auto_close_days) == ("Back {opens}", 7)
        assert log()[1].split(". ") == [
            "New chats are dealt: who answered last",
            "Chats of who is off are dealt at once",
            "Supervisors are told of nobody who waits",
            "Agents count as away after 15 minutes",
            "Another away message",
            "Idle chats are closed after 7 days",
        ]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("strategy", "DICE"),
            ("reassign_after", "-1"),
            ("tell_after", "0"),
            ("idle_after", "4"),
            ("idle_after", "1441"),
            ("away_message", "x" * 1001),
        ],
    )
    def test_what_is_refused(self, inside, field, value):
        answer = inside.post("/settings/inbox/", {**RULES, field: value})
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
        assert InboxRules.objects.count() == 0

    def test_whoever_waits_is_looked_at_again(self, in_acme, supervisor, django_capture_on_commit_callbacks):
        key = bells.key_of("inbox.tasks.deal_waiting", in_acme.schema_name)
        changes = (
            lambda: save_rules(strategy="LEAST_LOADED", by=supervisor, workspace=in_acme),
            lambda: hours.save_hours({"mon": [["09:00", "10:00"]]}, by=supervisor, workspace=in_acme),
        )
        for change in changes:
            valkey().delete(key)
            with django_capture_on_commit_callbacks(execute=True):
                change()
            assert valkey().exists(key) == 1


class TestHours:
    def test_kept_as_people_write_them(self, inside, in_acme):
        said = {"mon": "9-12:30, 14-18", "fri": "22:00-6", "sun": "24h"}
        assert inside.post("/settings/hours/", said).status_code == 302
        kept = WorkspaceProfile.objects.get(workspace=in_acme).business_hours
        assert kept == {
            "mon": [["09:00", "12:30"], ["14:00", "18:00"]],
            "fri": [["22:00", "06:00"]],
            "sun": [["00:00", "00:00"]],
        }
        assert log()[1] == "Business hours: Mon 09:00-12:30, 14:00-18:00, Fri 22:00-06:00, Sun 24h"
        assert 'value="09:00-12:30, 14:00-18:00"' in inside.get("/settings/hours/").content.decode()
        inside.post("/settings/hours/", {"mon": ""})
        assert WorkspaceProfile.objects.get(workspace=in_acme).business_hours == {}

    def test_what_is_no_time_is_refused_at_its_day(self, inside, in_acme):
        answer = inside.post("/settings/hours/", {"tue": "early", "wed": "9-25"})
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"tue", "wed"})
        assert 'value="early"' in answer.content.decode()
        assert WorkspaceProfile.objects.get(workspace=in_acme).business_hours == {}

    def test_holidays(self, inside):
        day = timezone.localdate() + timedelta(days=30)
        said = {"date": day.isoformat(), "name": "Fair"}
        assert inside.post("/settings/hours/holidays/", said).status_code == 302
        again = inside.post("/settings/hours/holidays/", said)
        assert (again.status_code, Holiday.objects.count()) == (422, 1)
        holiday = Holiday.objects.get()
        assert log() == ("holiday.saved", f"Closed on a holiday: {holiday}")
        assert "Fair" in words_of(inside.get("/settings/hours/"))
        assert inside.post(f"/settings/hours/holidays/{holiday.pk}/removal/").status_code == 302
        assert (Holiday.objects.count(), log()[1]) == (0, f"No longer closed on a holiday: {holiday}")

    def test_days_that_are_over_are_neither_taken_nor_shown(self, inside):
        Holiday.objects.create(date="2020-01-01", name="Long ago")
        answer = inside.post("/settings/hours/holidays/", {"date": "2020-02-01"})
        assert (answer.status_code, "Long ago" in answer.content.decode()) == (422, False)


def test_agents_set_none_of_it(in_acme, bo):
    agent = factories.agent_of(bo, in_acme)
    connection.set_tenant(in_acme)
    (rule,) = rules("Refunds")
    asked = {"by": agent, "workspace": in_acme}
    day = Holiday(date="2099-01-01")
    for refused in (
        lambda: routing_rules.save_rule(RoutingRule(name="New"), **asked),
        lambda: routing_rules.switch_rule(rule, False, **asked),
        lambda: routing_rules.move_rule(rule, up=True, **asked),
        lambda: routing_rules.delete_rule(rule, **asked),
        lambda: save_rules(strategy="BY_HAND", **asked),
        lambda: hours.save_hours({"mon": [["09:00", "10:00"]]}, **asked),
        lambda: hours.add_holiday(day, **asked),
        lambda: delete_holiday(day, **asked),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert (names(), InboxRules.objects.count(), Holiday.objects.count()) == (["Refunds"], 0, 0)
