"""The composer's doors: a reply goes to the customer once, a note never does, and nobody speaks over a colleague."""

import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from agents.models import Agent
from inbox.models import Chat, Draft, Mention, Message
from tests import factories
from tests.inbox.composing import Desk
from tests.inbox.conftest import open_chat, write_long_ago


@pytest.fixture
def desk_of(client_for, acme, in_acme):
    def desk_of(user, chat):
        return Desk(client_for(user, acme), chat)

    return desk_of


@pytest.fixture
def desk(desk_of, ana, chat):
    return desk_of(ana, chat)


@pytest.fixture
def in_here(acme):
    """After a request the connection is where it was: within the workspace."""

    def in_here(query):
        connection.set_tenant(acme)
        return query()

    return in_here


def messages_of(chat, acme):
    connection.set_tenant(acme)
    return list(Message.objects.filter(chat=chat).order_by("id"))


def test_a_reply_goes_to_the_customer(desk, chat, acme):
    answer = desk.reply("Your parcel is on its way")

    [message] = messages_of(chat, acme)
    assert (message.text, message.is_private, message.status) == ("Your parcel is on its way", False, "QUEUED")
    assert answer.status_code == 201
    assert f'id="message-{message.pk}"' in answer.content.decode()
    assert f'data-client="{message.client_id}"' in answer.content.decode()


def test_a_double_click_is_one_message(desk, chat, acme):
    client_id = uuid.uuid4()
    first, second = desk.reply("Once", client_id=client_id), desk.reply("Once", client_id=client_id)

    [message] = messages_of(chat, acme)
    assert f'id="message-{message.pk}"' in first.content.decode()
    assert f'id="message-{message.pk}"' in second.content.decode()


@pytest.mark.parametrize("door", ["notes", "messages"])
def test_what_was_written_in_one_chat_is_not_written_again_in_another(door, desk, chat, acme, desk_of, ana):
    other = open_chat()
    fields = {"client_id": uuid.uuid4(), "note": "Once", "reply": "Once"}
    assert desk.client.post(desk.url("notes"), fields, HTTP_HX_REQUEST="true").status_code == 201
    elsewhere = desk_of(ana, other)
    answer = elsewhere.client.post(elsewhere.url(door), fields, HTTP_HX_REQUEST="true")

    assert "in another chat already" in answer.content.decode() or "to another chat already" in answer.content.decode()
    assert (answer.status_code, messages_of(other, acme)) == (422, [])


def test_a_retry_after_the_answer_was_lost_is_told_what_was_sent(desk, chat, acme):
    """Its files are gone by then, and a colleague has written since."""
    fields = {"client_id": uuid.uuid4(), "upload": uuid.uuid4()}
    assert desk.reply("Once", client_id=fields["client_id"]).status_code == 201
    factories.make_message(chat, direction="OUT", sender="ELSEWHERE", status="SENT")

    assert desk.reply("Once", **fields).status_code == 201
    assert len(messages_of(chat, acme)) == 2


def test_a_long_reply_is_shown_as_all_that_it_became(desk, chat, acme):
    answer = desk.reply("word " * 700)

    parts = messages_of(chat, acme)
    assert len(parts) == 2
    assert all(f'id="message-{part.pk}"' in answer.content.decode() for part in parts)


def test_lines_are_counted_as_they_were_typed(desk, chat, acme):
    desk.reply("One\r\nTwo")
    assert messages_of(chat, acme)[0].text == "One\nTwo"


@pytest.mark.parametrize("fields", [{"note": "Do not trust him"}, {"note": "Do not trust him", "reply": ""}])
def test_what_stands_in_the_notes_field_is_never_sent(desk, chat, acme, fields):
    answer = desk.client.post(desk.url("messages"), {"client_id": uuid.uuid4(), **fields}, HTTP_HX_REQUEST="true")

    assert answer.status_code == 422
    assert messages_of(chat, acme) == []


def test_what_stands_in_the_replys_field_is_no_note(desk, chat, acme):
    desk.client.post(desk.url("notes"), {"client_id": uuid.uuid4(), "reply": "Dear customer"}, HTTP_HX_REQUEST="true")
    assert messages_of(chat, acme) == []


def test_a_note_stays_with_the_team(desk, chat, acme, bo, run_tasks):
    agent = factories.agent_of(bo, acme)
    connection.set_tenant(acme)
    answer = desk.note(f"@[Bo Lindqvist]({agent.pk}) look at this")

    [note] = messages_of(chat, acme)
    assert answer.status_code == 201
    assert note.is_private
    assert Mention.objects.get().agent == agent
    assert not Message.objects.unsettled().exists()


def test_where_no_reply_may_go_a_note_still_may(desk, chat, acme):
    write_long_ago(chat, timedelta(days=8))

    refused = desk.reply()
    assert refused.status_code == 422
    assert "seven days" in refused.content.decode()
    assert desk.note().status_code == 201
    assert [message.is_private for message in messages_of(chat, acme)] == [True]


SAID = {
    "fresh": ("Answer freely until", "24-hour window"),
    "two days": ("You may still answer by hand", "Human agent, 7 days"),
    "eight days": ("It is over seven days", "No reply"),
    "blocked": ("This contact is blocked", "No reply"),
    "switched off": ("The channel is switched off", "No reply"),
}


@pytest.mark.parametrize("case", SAID)
def test_the_line_says_what_may_be_sent_under_which_rule(desk, chat, acme, case):
    if case in {"two days", "eight days"}:
        write_long_ago(chat, timedelta(days=2 if case == "two days" else 8))
    if case == "blocked":
        type(chat.identity.contact).objects.update(blocked=True)
    if case == "switched off":
        type(chat.channel).objects.update(is_active=False)

    shown = desk.state()
    for words in SAID[case]:
        assert words in shown
    assert ("disabled" in desk.state(whole="")) == (case not in {"fresh", "two days"})


def test_on_whatsapp_only_a_template_is_left(desk_of, ana, in_acme):
    chat = open_chat("WHATSAPP")
    write_long_ago(chat, timedelta(days=2))
    shown = desk_of(ana, chat).state()
    assert "Template only" in shown
    assert "Notes are still possible" in shown


@pytest.mark.parametrize(
    "other",
    [{"sender": "AGENT", "is_private": False}, {"sender": "AGENT", "is_private": True}, {"sender": "ELSEWHERE"}],
)
def test_who_was_overtaken_is_asked(desk, chat, acme, bo, other):
    seen = factories.make_message(chat)
    author = factories.agent_of(bo, acme) if other["sender"] == "AGENT" else None
    connection.set_tenant(acme)
    theirs = factories.make_message(chat, text="I have it", direction="OUT", status="SENT", author=author, **other)
    client_id = uuid.uuid4()

    asked = desk.reply("Mine", last_seen=seen.pk, client_id=client_id)
    assert asked.status_code == 409
    assert "I have it" in asked.content.decode()
    assert f'name="last_seen" value="{theirs.pk}"' in asked.content.decode()
    assert len(messages_of(chat, acme)) == 2

    # Send anyway.
    assert desk.reply("Mine", last_seen=theirs.pk, client_id=client_id).status_code == 201
    assert messages_of(chat, acme)[-1].text == "Mine"


def test_the_customer_and_oneself_overtake_nobody(desk, chat, acme):
    seen = factories.make_message(chat)
    assert desk.reply("One", last_seen=seen.pk).status_code == 201
    connection.set_tenant(acme)
    factories.make_message(chat)
    assert desk.reply("Two", last_seen=seen.pk).status_code == 201


def test_of_two_who_answer_at_once_one_is_asked(transactional_db, at_once, acme, ana, bo):
    from inbox.actions.drafting import Overtaken, send_reply

    agents = [factories.agent_of(user, acme) for user in (ana, bo)]
    connection.set_tenant(acme)
    chat = open_chat()
    seen = factories.make_message(chat).pk

    def answer(agent):
        def call():
            connection.set_tenant(acme)
            return send_reply(chat, by=agent, client_id=uuid.uuid4(), text="Here I am", last_seen=seen)

        return call

    results = at_once(*map(answer, agents), racing_for=f'{acme.schema_name}"."chats')
    assert {type(result) for result in results} == {Message, Overtaken}


def test_without_a_script_the_forms_lead_back(desk, chat, acme):
    answer = desk.reply("Hello", hx=False, box="mine")
    assert (answer.status_code, answer["Location"]) == (302, f"/inbox/mine/{chat.pk}/")
    assert desk.note(hx=False)["Location"] == f"/inbox/all/{chat.pk}/"
    assert [message.is_private for message in messages_of(chat, acme)] == [False, True]


def test_without_a_script_a_refused_text_is_found_again(desk, chat, acme):
    write_long_ago(chat, timedelta(days=8))
    answer = desk.client.post(
        desk.url("messages"),
        {"reply": "A long answer", "client_id": uuid.uuid4()},
        HTTP_REFERER=f"http://{acme.host}/inbox/all/{chat.pk}/",
    )
    assert answer.status_code == 302
    connection.set_tenant(acme)
    assert Draft.objects.get().text == "A long answer"
    assert "A long answer" in desk.state(whole="")


def test_without_a_script_the_question_is_a_page(desk, chat, acme):
    factories.make_message(chat, text="I have it", direction="OUT", sender="ELSEWHERE", status="SENT")
    answer = desk.reply("Mine", hx=False)
    assert answer.status_code == 409
    assert "<html" in answer.content.decode()
    assert 'name="reply" value="Mine"' in answer.content.decode()


def test_the_page_brings_ids_for_both_forms(desk):
    shown = desk.state(whole="")
    assert shown.count('name="client_id"') == 2
    assert 'action="/chats/' in shown


@pytest.mark.parametrize("what", ["reply", "note", "draft", "schedule"])
def test_a_viewer_writes_nothing(desk_of, vi, chat, acme, what):
    desk = desk_of(vi, chat)
    connection.set_tenant(acme)
    assert getattr(desk, what)("Hello").status_code == 403
    assert messages_of(chat, acme) == []
    assert "Your position reads along" in desk.state(whole="")


def test_the_customer_is_told_of_typing_once_in_ten_seconds(
    desk, chat, acme, run_tasks, meta, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            assert desk.client.post(desk.url("typing"), HTTP_HX_REQUEST="true").status_code == 204
    assert run_tasks().count("inbox.tasks.tell_typing") == 1


def test_nobody_types_where_nothing_may_be_sent(desk, chat, run_tasks, django_capture_on_commit_callbacks):
    write_long_ago(chat, timedelta(days=2))
    cache.clear()
    with django_capture_on_commit_callbacks(execute=True):
        desk.client.post(desk.url("typing"), HTTP_HX_REQUEST="true")
    assert "inbox.tasks.tell_typing" not in run_tasks()


def test_colleagues_who_may_read_the_chat_can_be_mentioned(desk, chat, acme, bo, sam):
    position = factories.make_position(acme, permissions=["team.view"])
    connection.set_tenant(acme)
    Agent.objects.filter(user=sam).update(position=position)

    def found(query=""):
        return desk.client.get(desk.url("colleagues"), {"q": query}, HTTP_HX_REQUEST="true").content.decode()

    assert "Bo Lindqvist" in found()
    assert "Ana Alvarez" not in found()
    assert "Sam Okafor" not in found()
    connection.set_tenant(acme)
    Chat.objects.update(assigned_to=Agent.objects.get(user=sam))
    assert "Sam Okafor" in found("sam")
    assert "Bo Lindqvist" not in found("sam")


def test_quick_replies_go_with_it(desk, chat, acme):
    desk.reply("Which size?", quick_reply=["Small", "Large"])
    [message] = messages_of(chat, acme)
    assert [reply["title"] for reply in message.payload["quick_replies"]] == ["Small", "Large"]


def test_the_composer_asks_once(desk, chat, acme, ana, django_assert_num_queries):
    from inbox.composer import composer_of

    agent = factories.agent_of(ana, acme)
    connection.set_tenant(acme)
    fresh = Chat.objects.select_related("identity__contact", "channel").get(pk=chat.pk)
    with django_assert_num_queries(1):
        composer = composer_of(fresh, agent, acme)
    assert composer.may_reply


def test_a_sign_that_no_database_takes_is_left_out_of_a_button(desk, chat, acme):
    assert desk.reply("Which size?", quick_reply=["Small\0", "\0"]).status_code == 201


def test_a_box_that_there_is_none_of_leads_to_all(desk, chat):
    answer = desk.note("Psst", hx=False, box="../x\0")
    assert (answer.status_code, answer["Location"]) == (302, f"/inbox/all/{chat.pk}/")
