"""All of an agent's chats in other hands: a colleague's, a position's, or back to the turn; with a note in each."""

import uuid

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from agents.models import Agent, Position
from inbox.actions import handing
from inbox.actions.bulk import give_many, undo
from inbox.actions.dealing import deal_waiting
from inbox.actions.handing import hand_over_chats
from inbox.actions.standing import close_chats, snooze_chats
from inbox.models import Chat, ChatEvent, InboxRules, Mention, Message
from tests import factories
from tests.inbox.dealing import floor, leave, make_agents, turns_of
from workspaces.models import UserActivity
from workspaces.refusals import NotAllowed, Refused

__all__ = ["floor"]


@pytest.fixture
def cast(floor):
    return make_agents(floor, 3)


def chats_of(agent, number, **over):
    channel = factories.make_channel()
    return [factories.make_chat(channel, assigned_to=agent, **over) for _ in range(number)]


def owners(chats):
    found = dict(Chat.objects.filter(pk__in=[chat.pk for chat in chats]).values_list("pk", "assigned_to"))
    return [found[chat.pk] for chat in chats]


def notes_in(chat):
    return list(Message.objects.filter(chat=chat, is_private=True).values_list("text", "author"))


def supervisor(workspace, sam):
    agent = factories.agent_of(sam, workspace)
    connection.set_tenant(workspace)
    return agent


def test_to_a_colleague_with_a_note_in_each(floor, cast):
    first, second, _ = cast
    chats = chats_of(first, 3)

    number = hand_over_chats(first, second, by=first, workspace=floor, note="Doctor. Back on Monday.")

    assert (number, owners(chats)) == (3, [second.pk] * 3)
    assert [notes_in(chat) for chat in chats] == [[("Doctor. Back on Monday.", first.pk)]] * 3
    (turn,) = turns_of(chats[0])
    assert (turn["from"], turn["to"], turn["why"]) == (first.name, second.name, "handing over all chats")


def test_only_what_is_open_goes(floor, cast):
    first, second, _ = cast
    chats = chats_of(first, 3)
    close_chats([chats[0]], by=first)
    snooze_chats([chats[1]], None, by=first)

    assert hand_over_chats(first, second, by=first, workspace=floor) == 1
    assert owners(chats) == [first.pk, first.pk, second.pk]


def test_back_to_the_turn_it_comes_to_everybody_else(floor, cast):
    first, second, third = cast
    chats = chats_of(first, 4)

    hand_over_chats(first, None, by=first, workspace=floor)

    assert sorted(owners(chats)) == sorted([second.pk, third.pk] * 2)
    (turn,) = turns_of(chats[0])
    assert turn["turn"]["by"] == "turn"


def test_with_nobody_in_turn_it_waits_and_does_not_come_back(floor, cast, sam):
    first, second, third = cast
    boss = supervisor(floor, sam)
    leave(floor, second, third)
    chats = chats_of(first, 2, waiting_since="2026-01-01T00:00Z")

    hand_over_chats(first, None, by=boss, workspace=floor)

    assert owners(chats) == [None, None]
    assert deal_waiting() == 0
    (turn,) = turns_of(chats[0])
    assert (turn["to"], turn["why"], turn["turn"]["by"]) == ("", f"handing over all chats of {first.name}", "nobody")


def test_to_a_position_it_is_dealt_among_those_who_hold_it(floor, cast):
    first, second, third = cast
    night = Position.objects.create(name="Night", slug="night", permissions=[])
    Agent.objects.filter(pk__in=[second.pk, third.pk]).update(position=night)
    InboxRules.objects.create(strategy="BY_HAND")
    Agent.objects.filter(pk=third.pk).update(max_open_chats=1)
    Agent.objects.filter(pk=second.pk).update(max_open_chats=1)
    chats = chats_of(first, 3)

    hand_over_chats(first, night, by=first, workspace=floor)

    assert sorted(map(str, owners(chats))) == sorted(map(str, [second.pk, third.pk, None]))
    assert set(Chat.objects.values_list("team", flat=True)) == {night.pk}


def test_to_a_position_that_nobody_holds_nothing_moves(floor, cast):
    chats = chats_of(cast[0], 1)
    empty = Position.objects.create(name="Empty", slug="empty", permissions=[])

    with pytest.raises(Refused, match="Nobody who takes chats is Empty"):
        hand_over_chats(cast[0], empty, by=cast[0], workspace=floor, note="Hm")

    assert (owners(chats), notes_in(chats[0])) == ([cast[0].pk], [])


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "VIEWER"}])
def test_to_somebody_who_takes_no_chats_nothing_moves(floor, cast, change):
    first, second, _ = cast
    chats = chats_of(first, 1)
    Agent.objects.filter(pk=second.pk).update(**change)

    with pytest.raises(Refused, match="does not take chats"):
        hand_over_chats(first, second, by=first, workspace=floor, note="Hm")

    assert (owners(chats), notes_in(chats[0])) == ([first.pk], [])


def test_by_hand_also_beyond_the_limit(floor, cast):
    first, second, _ = cast
    Agent.objects.filter(pk=second.pk).update(max_open_chats=1)

    assert hand_over_chats(first, second, by=first, workspace=floor) == 0
    chats_of(first, 3)
    assert hand_over_chats(first, second, by=first, workspace=floor) == 3


def test_a_colleague_may_not_and_a_supervisor_may(floor, cast, sam):
    first, second, third = cast
    chats = chats_of(first, 1)

    with pytest.raises(NotAllowed):
        hand_over_chats(first, second, by=third, workspace=floor)
    assert owners(chats) == [first.pk]

    boss = supervisor(floor, sam)
    assert hand_over_chats(first, second, by=boss, workspace=floor, note="Take over, please") == 1
    assert notes_in(chats[0]) == [("Take over, please", boss.pk)]


def test_who_sees_their_own_alone_leaves_a_note_and_mentions_who_has_it_now(floor, cast):
    first, second, _ = cast
    factories.seeing_own_chats_alone(first)
    chats = chats_of(first, 1)

    note = f"@[{second.name}]({second.pk}) she is in a hurry"
    hand_over_chats(first, second, by=Agent.objects.get(pk=first.pk), workspace=floor, note=note)

    assert notes_in(chats[0]) == [(note, first.pk)]
    assert Mention.objects.filter(chat=chats[0], agent=second).exists()


def test_it_is_written_down_once(floor, cast):
    first, second, _ = cast
    chats_of(first, 2)
    before = UserActivity.objects.count()

    hand_over_chats(first, second, by=first, workspace=floor)
    hand_over_chats(first, second, by=first, workspace=floor)

    (said,) = UserActivity.objects.order_by("-pk")[: UserActivity.objects.count() - before]
    assert (said.activity_type, said.description) == ("chats.handed_over", f"Handed over 2 chats to {second.name}")


def test_a_hand_over_that_breaks_off_is_gone_on_with(transactional_db, acme, monkeypatch):
    connection.set_tenant(acme)
    first, second = make_agents(acme, 2)
    chats = chats_of(first, 5)
    monkeypatch.setattr(handing, "AT_ONCE", 2)
    with connection.cursor() as cursor:
        # In the middle of the second group the database says no.
        cursor.execute(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.chat_id = '{sorted(chat.pk for chat in chats)[3]}' THEN RAISE 'no'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER stop BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION stop()"
        )
    with pytest.raises(Exception, match="no"):
        hand_over_chats(first, second, by=first, workspace=acme, note="Bye")
    half = sorted(chats, key=lambda chat: chat.pk)
    assert owners(half) == [second.pk] * 2 + [first.pk] * 3
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER stop ON messages")

    assert hand_over_chats(first, second, by=first, workspace=acme, note="Bye") == 3

    assert owners(half) == [second.pk] * 5
    assert [len(notes_in(chat)) for chat in half] == [1] * 5


def test_two_who_hand_over_the_same_at_once_move_each_chat_once(transactional_db, acme, at_once):
    connection.set_tenant(acme)
    first, second, third = make_agents(acme, 3)
    chats = chats_of(first, 4)

    def hand(to):
        def call():
            connection.set_tenant(acme)
            return hand_over_chats(first, to, by=first, workspace=acme, note="Bye")

        return call

    found = at_once(hand(second), hand(third), racing_for="chats")
    connection.set_tenant(acme)

    assert sorted(found) == [0, 4]
    assert len(set(owners(chats))) == 1
    assert [len(notes_in(chat)) for chat in chats] == [1] * 4
    assert ChatEvent.objects.filter(kind="ASSIGNED").count() == 4


# One chat, or those that are ticked.


def test_a_chat_is_given_to_a_position_and_that_is_undone(floor, cast):
    first, second, third = cast
    night = Position.objects.create(name="Night", slug="night", permissions=[])
    Agent.objects.filter(pk=third.pk).update(position=night)
    mine, nobodys = chats_of(first, 1)[0], chats_of(None, 1)[0]

    deed = give_many([mine.pk, nobodys.pk], night, by=second)
    assert owners([mine, nobodys]) == [third.pk, third.pk]

    assert undo(deed, by=second) == 2
    assert owners([mine, nobodys]) == [first.pk, None]
    assert set(Chat.objects.values_list("team", flat=True)) == {None}


def test_a_chat_of_nobody_that_is_given_to_a_position_where_nobody_is_says_so(floor, cast):
    first, _, third = cast
    night = Position.objects.create(name="Night", slug="night", permissions=[])
    Agent.objects.filter(pk=third.pk).update(position=night)
    leave(floor, third)
    (chat,) = chats_of(None, 1)

    give_many([chat.pk], night, by=first)

    (turn,) = turns_of(chat)
    assert (owners([chat]), turn["to"], turn["team"]) == ([None], "", "Night")


# Over HTTP.


@pytest.fixture
def as_bo(client_for, bo, acme):
    return client_for(bo, acme)


def agent_in(acme, user):
    agent = factories.agent_of(user, acme)
    connection.set_tenant(acme)
    return agent


def test_the_page_asks_shows_and_does(acme, bo, ana, as_bo):
    me, colleague = agent_in(acme, bo), agent_in(acme, ana)
    Agent.objects.filter(pk=colleague.pk).update(max_open_chats=1)
    chats = chats_of(me, 2)

    page = as_bo.get("/inbox/hand-over/").content.decode()
    assert "You have 2 open chats" in page
    assert f'value="{colleague.pk}"' in page
    assert "0 of 1" in page

    sent = {"to": str(colleague.pk), "note": "Bye"}
    sure = as_bo.post("/inbox/hand-over/", sent).content.decode()
    assert "Hand over 2 chats?" in sure
    assert "more than the 1 that are dealt to them" in sure
    with schema_context(acme.schema_name):
        assert owners(chats) == [me.pk, me.pk]

    answer = as_bo.post("/inbox/hand-over/", {**sent, "sure": "1"}, follow=True).content.decode()
    assert f"2 chats handed over to {colleague.name}." in answer
    assert f"{colleague.name} now has 2 of 1 chats." in answer
    with schema_context(acme.schema_name):
        assert owners(chats) == [colleague.pk] * 2


def test_the_page_says_what_is_wrong_and_keeps_what_was_written(acme, bo, as_bo):
    chats_of(agent_in(acme, bo), 1)
    for to, words in (("", "Choose who is to have the chats."), (str(uuid.uuid4()), "no longer here")):
        answer = as_bo.post("/inbox/hand-over/", {"to": to, "note": "My words", "sure": "1"})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "My words</textarea>" in answer.content.decode()


def test_with_no_chats_there_is_nothing_to_choose(acme, as_bo):
    page = as_bo.get("/inbox/hand-over/").content.decode()
    assert "There is nothing to hand over" in page
    assert "<textarea" not in page.split("</main>")[0]


def test_a_supervisor_hands_over_for_others_and_an_agent_does_not(acme, bo, sam, ana, client_for):
    me = agent_in(acme, bo)
    boss = agent_in(acme, sam)
    chats = chats_of(boss, 1) + chats_of(me, 1)

    refused = client_for(bo, acme).post(f"/inbox/hand-over/{boss.pk}/", {"to": str(me.pk), "sure": "1"})
    done = client_for(sam, acme).post(f"/inbox/hand-over/{me.pk}/", {"to": str(boss.pk), "sure": "1"})

    assert (refused.status_code, done.status_code) == (403, 302)
    with schema_context(acme.schema_name):
        assert owners(chats) == [boss.pk, boss.pk]


def test_the_menu_gives_a_chat_to_a_position_and_back_to_the_turn(acme, bo, ana, as_bo):
    agent_in(acme, bo)
    colleague = agent_in(acme, ana)
    (chat,) = chats_of(colleague, 1)
    position = Position.objects.get(slug="agent")
    menu = as_bo.get(f"/chats/{chat.pk}/assignment/").content.decode()
    assert f'value="position:{position.pk}"' in menu
    assert 'value="turn"' in menu

    for to, words in ((f"position:{position.pk}", "Nobody of Agent is in turn: it waits."), ("turn", "is in turn")):
        with schema_context(acme.schema_name):
            leave(acme, *Agent.objects.all())
        answer = as_bo.post(f"/chats/{chat.pk}/assignment/", {"to": to}, headers={"HX-Request": "true"})
        assert words in answer.content.decode()
    with schema_context(acme.schema_name):
        chat.refresh_from_db()
        assert (chat.assigned_to_id, chat.team_id) == (None, None)


def test_the_ticked_ones_too(acme, bo, ana, as_bo):
    agent_in(acme, bo)
    chats = chats_of(agent_in(acme, ana), 2)
    position = Position.objects.get(slug="agent")
    sent = {"do": f"assign:position:{position.pk}", "ids": [str(chat.pk) for chat in chats]}
    answer = as_bo.post("/inbox/all/bulk/", sent, headers={"HX-Request": "true"})
    assert "2 chats: given to Agent." in answer.content.decode()
    with schema_context(acme.schema_name):
        assert set(Chat.objects.values_list("team", flat=True)) == {position.pk}
