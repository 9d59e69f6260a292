"""Quoting a message: of this chat alone, kept with the draft, told to Meta in each platform's words."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Agent
from inbox.actions.scheduling import send_due
from inbox.models import Draft, Message, ScheduledMessage
from tests import factories
from tests.inbox.composing import Desk
from tests.inbox.conftest import open_chat


@pytest.fixture
def desk_of(client_for, acme, in_acme):
    def desk_of(user, chat):
        return Desk(client_for(user, acme), chat)

    return desk_of


@pytest.fixture
def desk(desk_of, ana, chat):
    return desk_of(ana, chat)


@pytest.fixture
def asked(in_acme, chat):
    return factories.make_message(chat, text="Which size?", external_id="m_asked")


def last(acme):
    connection.set_tenant(acme)
    return Message.objects.latest("id")


def page(desk, query="", box="all"):
    return desk.client.get(f"/inbox/{box}/{desk.chat.pk}/{query}").content.decode()


def unquotable(chat):
    now = timezone.now()
    kinds = {
        "queued": {"direction": "OUT", "status": "QUEUED", "external_id": None},
        "failed": {"direction": "OUT", "status": "FAILED", "external_id": None},
        "deleted": {"external_id": "m_gone", "deleted_at": now},
        "note": {"direction": "OUT", "sender": "AGENT", "is_private": True, "status": "SENT"},
        "no message": {"external_id": "referral:7001:1:abc", "type": "REFERRAL"},
    }
    made = {name: factories.make_message(chat, text=name, **fields) for name, fields in kinds.items()}
    return made | {"of another chat": factories.make_message(open_chat(channel=chat.channel), external_id="m_other")}


def test_the_answer_carries_what_it_quotes(desk, asked, acme):
    answer = desk.reply("Medium", reply_to=asked.pk)
    message = last(acme)
    assert (message.reply_to_id, message.reply_to_external_id) == (asked.pk, "m_asked")
    shown = answer.content.decode()
    assert f'data-jump="message-{asked.pk}"' in shown
    assert "Which size?" in shown


def test_of_several_messages_the_first_quotes(desk, asked, acme):
    desk.reply("word " * 700, reply_to=asked.pk)
    connection.set_tenant(acme)
    sent = Message.objects.filter(direction="OUT").order_by("id")
    assert [message.reply_to_id for message in sent] == [asked.pk, None]


def test_what_has_no_id_of_metas_is_not_quoted(desk, chat, acme):
    for name, message in unquotable(chat).items():
        connection.set_tenant(acme)
        refused = desk.reply("Medium", reply_to=message.pk)
        assert (refused.status_code, name) == (422, name)
        assert "quoted message is no longer here" in refused.content.decode()
        connection.set_tenant(acme)
        assert not Message.objects.filter(text="Medium").exists()
    assert desk.reply("Medium", reply_to=uuid.uuid4()).status_code == 422
    assert desk.reply("Medium", reply_to="nonsense").status_code == 422


def test_only_what_may_be_quoted_offers_it(desk, asked, chat):
    others = unquotable(chat)
    shown = page(desk)
    assert f'data-quote="{asked.pk}"' in shown
    assert all(f'data-quote="{message.pk}"' not in shown for message in others.values())


def test_who_answers_nobody_is_offered_none(desk, asked, ana, acme):
    agent = factories.agent_of(ana, acme)
    agent.role = Agent.Role.VIEWER
    agent.save()
    connection.set_tenant(acme)
    shown = page(desk)
    assert "Which size?" in shown
    assert "data-quote=" not in shown


def test_a_draft_keeps_it(desk, asked, chat, acme):
    assert desk.draft("Med", reply_to=asked.pk).status_code == 204
    shown = desk.state(whole="")
    assert f'name="reply_to" value="{asked.pk}"' in shown
    assert "Which size?" in shown
    # It is something begun, also without a word.
    desk.draft("", reply_to=asked.pk)
    connection.set_tenant(acme)
    assert Draft.objects.get().reply_to_id == asked.pk
    desk.draft("", reply_to="")
    connection.set_tenant(acme)
    assert not Draft.objects.exists()


def test_a_draft_quotes_no_other_chat(desk, chat, acme):
    for message in unquotable(chat).values():
        desk.draft("Med", reply_to=message.pk)
        connection.set_tenant(acme)
        assert Draft.objects.get().reply_to_id is None


def test_what_is_deleted_meanwhile_is_quoted_no_more(desk, asked, acme):
    desk.draft("Med", reply_to=asked.pk)
    connection.set_tenant(acme)
    Message.objects.filter(pk=asked.pk).update(deleted_at=timezone.now())
    assert 'name="reply_to" value=""' in desk.state(whole="")


def test_without_a_script_a_link_quotes(desk, asked, acme):
    assert f'href="?reply_to={asked.pk}#composer-reply-text"' in page(desk)
    assert f'name="reply_to" value="{asked.pk}"' in page(desk, f"?reply_to={asked.pk}")
    assert desk.reply("Medium", hx=False, reply_to=asked.pk).status_code == 302
    assert last(acme).reply_to_id == asked.pk
    # And takes it away again, whatever the draft has.
    connection.set_tenant(acme)
    desk.draft("Med", reply_to=asked.pk)
    assert f'name="reply_to" value="{asked.pk}"' in page(desk)
    assert 'name="reply_to" value=""' in page(desk, "?reply_to=")
    assert 'name="reply_to" value=""' in page(desk, f"?reply_to={uuid.uuid4()}")
    assert 'name="reply_to" value=""' in page(desk, "?reply_to=%00nonsense")


def test_who_was_overtaken_still_quotes(desk, asked, chat):
    factories.make_message(chat, direction="OUT", sender="ELSEWHERE", status="SENT")
    refused = desk.reply("Medium", reply_to=asked.pk, last_seen=asked.pk)
    assert refused.status_code == 409
    assert f'name="reply_to" value="{asked.pk}"' in refused.content.decode()


def test_what_is_scheduled_quotes_when_its_time_comes(desk, asked, acme):
    assert "Which size?" in desk.schedule("Medium", reply_to=asked.pk).content.decode()
    connection.set_tenant(acme)
    ScheduledMessage.objects.update(send_at=timezone.now() - timedelta(seconds=1))
    send_due()
    assert last(acme).reply_to_id == asked.pk


def test_what_is_scheduled_comes_back_with_it(desk, asked, acme):
    desk.schedule("Medium", reply_to=asked.pk)
    connection.set_tenant(acme)
    later = ScheduledMessage.objects.get()
    shown = desk.client.post(f"/scheduled/{later.pk}/edit/", HTTP_HX_REQUEST="true").content.decode()
    assert f'name="reply_to" value="{asked.pk}"' in shown


def test_what_was_deleted_by_then_goes_without(desk, asked, acme):
    desk.schedule("Medium", reply_to=asked.pk)
    connection.set_tenant(acme)
    Message.objects.filter(pk=asked.pk).update(deleted_at=timezone.now())
    ScheduledMessage.objects.update(send_at=timezone.now() - timedelta(seconds=1))
    send_due()
    assert (last(acme).text, last(acme).reply_to_id) == ("Medium", None)
