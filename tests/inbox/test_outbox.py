"""From QUEUED to an end: each answer of Meta's, each place where a worker may die."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from inbox.actions import outbox
from inbox.actions.delivering import TRIES, deliver
from inbox.actions.outbox import send_chat
from inbox.claims import LEASE, claim_next
from inbox.models import Message
from inbox.policy import WINDOW
from tests import factories
from tests.inbox import meta as answers
from tests.inbox.conftest import make_due, open_chat, write_long_ago

Status = Message.Status

pytestmark = pytest.mark.django_db


def fresh(message):
    message.refresh_from_db()
    return message


def test_a_message_is_sent_with_what_meta_made_of_it(chat, write, meta):
    message = write(chat, "Hello")
    assert send_chat(chat.pk) == (1, None)
    fresh(message)
    assert (message.status, message.external_id, message.attempts) == (Status.SENT, "m_sent1", 1)
    assert message.payload["body"] == meta.taken[0]
    assert meta.taken[0]["message"]["metadata"].endswith(str(message.pk))
    assert (message.lease_until, message.error) == (None, "")


def test_the_channel_says_when_meta_last_took_something(chat, write, meta):
    channel = chat.channel
    write(chat, "Hello")
    assert fresh(channel).last_sent_at is None, "it is only queued"
    send_chat(chat.pk)
    first = fresh(channel).last_sent_at
    assert first is not None
    write(chat, "Again")
    send_chat(chat.pk)
    assert fresh(channel).last_sent_at == first, "to the minute"
    long_ago = first - timedelta(hours=1)
    type(channel).objects.update(last_sent_at=long_ago)
    meta.replies.append(answers.BAD_PARAMETER)
    write(chat, "No")
    send_chat(chat.pk)
    assert fresh(channel).last_sent_at == long_ago, "Meta refused it"
    write(chat, "Yes")
    send_chat(chat.pk)
    assert fresh(channel).last_sent_at >= first


def test_each_workspace_s_chats_are_claimed_in_its_own_schema(chat, write, globex):
    message = write(chat)
    assert claim_next(uuid4()) is None
    with schema_context(globex.schema_name):
        assert claim_next(chat.pk) is None
    assert claim_next(chat.pk).id == message.pk


def test_a_hundred_messages_go_in_their_order(chat, write, meta):
    texts = [f"number {number}" for number in range(100)]
    for text in texts:
        write(chat, text)
    # The limits let so many go at once; the next take up where it ended.
    sent, wait = send_chat(chat.pk)
    while wait is not None:
        make_due(Message.objects.unsettled().order_by("id").first())
        more, wait = send_chat(chat.pk)
        sent += more
    assert sent == 100
    assert meta.texts == texts


@pytest.mark.parametrize("platform", ["INSTAGRAM", "WHATSAPP"])
def test_the_other_platforms(in_acme, write, meta, platform):
    chat = open_chat(platform)
    message = write(chat, "Hola")
    send_chat(chat.pk)
    assert fresh(message).status == Status.SENT
    assert "Hola" in str(meta.taken[0])


KINDS = [
    ("RETRY", answers.BUSY, Status.QUEUED, 1),
    ("SLOW_DOWN", answers.TOO_FAST, Status.QUEUED, 0),
    ("RECONNECT", answers.TOKEN_DEAD, Status.QUEUED, 0),
    ("WINDOW_CLOSED", answers.OUTSIDE_WINDOW, Status.FAILED, 1),
    ("RECIPIENT", answers.NO_SUCH_PERSON, Status.FAILED, 1),
    ("FINAL", answers.BAD_PARAMETER, Status.FAILED, 1),
    ("AMBIGUOUS", answers.SILENCE, Status.UNCONFIRMED, 1),
    ("TAKEN_BEFORE", answers.HAD_IT, Status.SENT, 1),
]


@pytest.mark.parametrize(("answer", "status", "attempts"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_each_kind_of_answer_has_its_end(chat, write, meta, answer, status, attempts):
    meta.replies = [answer]
    message = write(chat)
    send_chat(chat.pk)
    fresh(message)
    assert (message.status, message.attempts) == (status, attempts)
    assert bool(message.error) == (status != Status.SENT)
    assert len(meta.taken) == 1


def test_what_failed_or_perhaps_went_holds_up_nothing(chat, write, meta):
    meta.replies = [answers.BAD_PARAMETER, answers.SILENCE]
    messages = [write(chat, text) for text in ("one", "two", "three")]
    send_chat(chat.pk)
    assert [fresh(message).status for message in messages] == [Status.FAILED, Status.UNCONFIRMED, Status.SENT]
    send_chat(chat.pk)
    assert meta.texts == ["one", "two", "three"]


def test_nothing_overtakes_what_is_to_be_tried_again(chat, write, meta):
    meta.replies = [answers.BUSY]
    first, second = write(chat, "one"), write(chat, "two")
    before = timezone.now()
    sent, wait = send_chat(chat.pk)
    assert (sent, fresh(second).status) == (0, Status.QUEUED)
    left_at = [(fresh(first).not_before - moment).total_seconds() for moment in (timezone.now(), before)]
    assert left_at[0] - 0.2 <= wait <= left_at[1]
    sent, wait = send_chat(chat.pk)
    assert sent == 0
    assert wait > 0.5
    make_due(first)
    assert send_chat(chat.pk) == (2, None)
    assert meta.texts == ["one", "one", "two"]


def test_trying_again_ends(chat, write, meta):
    meta.replies = [answers.BUSY] * (TRIES + 5)
    message = write(chat)
    for _ in range(TRIES + 5):
        send_chat(chat.pk)
        make_due(message)
    fresh(message)
    assert (message.status, message.attempts, len(meta.taken)) == (Status.FAILED, TRIES, TRIES)
    assert message.error


def test_a_dead_token_holds_the_queue_until_somebody_reconnects(chat, write, meta):
    meta.replies = [answers.TOKEN_DEAD]
    first, second = write(chat, "one"), write(chat, "two")
    send_chat(chat.pk)
    chat.channel.refresh_from_db()
    assert chat.channel.connection_status == "NEEDS_RECONNECT"
    assert [fresh(message).status for message in (first, second)] == [Status.QUEUED] * 2
    assert "reconnect" in first.error.lower() or "channel works again" in first.error
    assert send_chat(chat.pk) == (0, None)
    assert outbox.sweep() == 0
    chat.channel.connection_status = "CONNECTED"
    chat.channel.save()
    outbox.resume_channel(chat.channel)
    assert fresh(first).error == ""
    assert outbox.send_waiting() == 2
    assert meta.texts == ["one", "one", "two"]


def test_a_channel_that_is_switched_off_says_why_its_messages_wait(chat, write, meta):
    message = write(chat)
    chat.channel.is_active = False
    chat.channel.save()
    assert send_chat(chat.pk) == (0, None)
    assert (fresh(message).status, meta.taken) == (Status.QUEUED, [])
    assert "channel" in message.error


def test_a_channel_on_hold_is_tried_when_the_hold_ends(chat, write, meta):
    write(chat)
    chat.channel.held_until = timezone.now() + timedelta(seconds=40)
    chat.channel.save()
    sent, wait = send_chat(chat.pk)
    assert (sent, meta.taken) == (0, [])
    assert wait == pytest.approx(40, abs=1)


def test_a_locked_account_fails_the_message_and_holds_the_rest(in_acme, write, meta):
    chat = open_chat("WHATSAPP")
    meta.replies = [answers.LOCKED]
    first, second = write(chat, "one"), write(chat, "two")
    send_chat(chat.pk)
    assert [fresh(first).status, fresh(second).status] == [Status.FAILED, Status.QUEUED]
    chat.channel.refresh_from_db()
    assert chat.channel.held_until > timezone.now()


def test_too_fast_slows_the_channel(in_acme, write, meta):
    channel = factories.make_channel()
    one, other = open_chat(channel=channel), open_chat(channel=channel)
    meta.replies = [answers.TOO_FAST]
    write(one)
    message = write(other)
    send_chat(one.pk)
    sent, wait = send_chat(other.pk)
    assert (sent, len(meta.taken)) == (0, 1)
    assert wait > 0.5
    assert (fresh(message).status, message.attempts) == (Status.QUEUED, 0)


def test_the_pair_rate_slows_one_person_alone(in_acme, write, meta):
    channel = factories.make_channel("WHATSAPP")
    one, other = open_chat(channel=channel), open_chat(channel=channel)
    meta.replies = [answers.PAIR_RATE]
    held, sent = write(one), write(other)
    send_chat(one.pk)
    send_chat(other.pk)
    assert [fresh(held).status, fresh(sent).status] == [Status.QUEUED, Status.SENT]


def test_one_person_gets_45_at_once_on_whatsapp_and_then_one_in_six_seconds(in_acme, write, meta):
    chat = open_chat("WHATSAPP")
    chat.channel.metadata = {"messages_per_second": 10000}
    chat.channel.save()
    for number in range(47):
        write(chat, str(number))
    sent, wait = send_chat(chat.pk)
    assert sent == len(meta.taken) == 45
    assert 2 < wait <= 6


# The policy is asked again.


def test_the_window_may_close_while_a_message_waits(in_acme, write, meta):
    chat = open_chat("WHATSAPP")
    message = write(chat)
    write_long_ago(chat, WINDOW)
    send_chat(chat.pk)
    assert (fresh(message).status, meta.taken) == (Status.FAILED, [])
    assert "template" in message.error


def test_after_a_day_a_person_answers_with_the_tag(chat, write, meta):
    write(chat)
    write_long_ago(chat, timedelta(days=2))
    send_chat(chat.pk)
    assert (meta.taken[0]["messaging_type"], meta.taken[0]["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_whoever_is_blocked_meanwhile_gets_nothing(chat, write, meta):
    message = write(chat)
    chat.identity.contact.blocked = True
    chat.identity.contact.save()
    send_chat(chat.pk)
    assert (fresh(message).status, meta.taken) == (Status.FAILED, [])


# A worker dies.


def test_killed_before_the_claim_nothing_has_happened(chat, write, meta):
    write(chat)
    assert outbox.sweep() == 1
    assert outbox.send_waiting() == 1
    assert meta.texts == ["Hello"]


def test_killed_after_the_claim_it_is_never_sent_again_by_itself(chat, write, meta):
    message, later = write(chat, "one"), write(chat, "two")
    claim_next(chat.pk)
    sent, wait = send_chat(chat.pk)
    assert (sent, fresh(later).status) == (0, Status.QUEUED)
    assert wait == 1.0
    Message.objects.filter(pk=message.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.sweep() == 1
    assert outbox.send_waiting() == 1
    assert [fresh(message).status, fresh(later).status] == [Status.UNCONFIRMED, Status.SENT]
    assert meta.texts == ["two"]
    assert "may have arrived" in message.error


def test_a_worker_that_was_only_slow_still_says_how_it_ended(chat, write, meta):
    message = write(chat)
    claim = claim_next(chat.pk)
    assert claim.lease_until > timezone.now() + LEASE - timedelta(seconds=10)
    Message.objects.filter(pk=message.pk).update(status=Status.UNCONFIRMED)
    deliver(claim)
    fresh(message)
    assert (message.status, message.external_id) == (Status.SENT, "m_sent1")


def test_a_claim_whose_message_was_sent_anew_settles_nothing(chat, write, meta):
    message = write(chat)
    old = claim_next(chat.pk)
    Message.objects.filter(pk=message.pk).update(status=Status.QUEUED, lease_until=None)
    new = claim_next(chat.pk)
    meta.replies = [answers.BAD_PARAMETER]
    deliver(old)
    assert (fresh(message).status, message.lease_until) == (Status.SENDING, new.lease_until)


def test_only_one_of_a_chat_is_being_sent(chat, write, meta):
    first, _ = write(chat, "one"), write(chat, "two")
    meta.replies = [answers.BAD_PARAMETER]
    deliver(claim_next(chat.pk))
    later = claim_next(chat.pk)
    Message.objects.filter(pk=first.pk).update(status=Status.QUEUED, lease_until=None)
    assert claim_next(chat.pk) is None
    assert later.text == "two"
    Message.objects.filter(pk=later.id).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.sweep() == 1
    send_chat(chat.pk)
    assert [message.status for message in chat.messages.order_by("id")] == [Status.SENT, Status.UNCONFIRMED]


# Meta's echo or status is faster than its answer.
