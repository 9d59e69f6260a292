"""An answer is written down: once, whole, in order, and only if it may go."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from inbox.actions import resending, seen, statuses
from inbox.actions.outbox import send_chat
from inbox.actions.sending import ids_after
from inbox.models import Attachment, Chat, Message
from inbox.policy import WINDOW
from pages.graph.content import QuickReply
from tests import factories
from tests.inbox import meta as answers
from tests.inbox.conftest import open_chat, write_long_ago
from workspaces.models import UserActivity
from workspaces.refusals import NotAllowed, Refused

Status = Message.Status
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\0" * 40

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def png(name="a.png"):
    return ContentFile(PNG, name=name)


def stored_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_is_queued_and_is_the_chat_s_last(chat, write):
    message = write(chat, "  Hello\0 ")
    chat.refresh_from_db()
    assert (message.status, message.text, message.sender) == (Status.QUEUED, "Hello", "AGENT")
    assert chat.last_message_id == message.pk
    assert chat.last_outgoing_at == chat.last_message_at == message.sent_at


def test_a_client_id_that_was_used_is_the_same_message(chat, write):
    client_id = uuid.uuid4()
    first = write(chat, "one", client_id=client_id)
    assert write(chat, "something else", client_id=client_id).pk == first.pk
    assert [message.text for message in chat.messages.all()] == ["one"]


def test_a_client_id_of_another_chat_is_refused(chat, write):
    client_id = uuid.uuid4()
    write(chat, "one", client_id=client_id)
    with pytest.raises(Refused):
        write(open_chat(), "one", client_id=client_id)


def test_long_text_is_several_messages_of_one_group(chat, write):
    write(chat, "A sentence of some words. " * 200)
    messages = list(chat.messages.order_by("id"))
    assert len(messages) == 3
    assert {message.group_id for message in messages} == {messages[0].group_id} != {None}
    assert [message.client_id is None for message in messages] == [False, True, True]
    assert all(len(message.text) <= 2000 for message in messages)


def test_files_are_messages_of_their_own_behind_the_text(chat, write):
    first = write(chat, "Look", files=[png("a.png"), ContentFile(b"plain words", name="b.txt")])
    messages = list(chat.messages.order_by("id"))
    assert [(message.type, message.text) for message in messages] == [("TEXT", "Look"), ("IMAGE", ""), ("FILE", "")]
    assert messages[0] == first
    found = Attachment.objects.get(message=messages[2])
    assert (found.state, found.name, found.mime_type, found.size) == ("STORED", "b.txt", "text/plain", 11)
    assert default_storage.open(found.file.name).read() == b"plain words"


def test_whatsapp_has_the_text_under_the_first_file(in_acme, write):
    chat = open_chat("WHATSAPP")
    write(chat, "Look", files=[png(), png()])
    assert [(message.type, message.text) for message in chat.messages.order_by("id")] == [
        ("IMAGE", "Look"),
        ("IMAGE", ""),
    ]


def test_quick_replies_belong_to_the_last(chat, write, meta):
    write(chat, "Which?", files=[png()], quick_replies=[QuickReply("Yes", "YES")])
    assert [message.type for message in chat.messages.order_by("id")] == ["IMAGE", "TEXT"]
    send_chat(chat.pk)
    assert meta.taken[-1]["message"]["quick_replies"][0]["title"] == "Yes"


def test_what_it_is_says_its_content(in_acme, write):
    chat = open_chat("INSTAGRAM")
    with pytest.raises(Refused, match="PDF"):
        write(chat, files=[ContentFile(b"MZ\x90\0 not a picture", name="picture.png")])


@pytest.mark.parametrize(
    ("text", "files", "said"),
    [
        ("", [], "Write something"),
        ("", [ContentFile(b"", name="a.txt")], "empty"),
        ("", [ContentFile(PNG + b"\0" * 26 * 2**20, name="a.png")], "25 MB"),
    ],
)
def test_what_the_platform_refuses_is_refused_before_anything_is_stored(chat, write, own_files, text, files, said):
    with pytest.raises(Refused, match=said):
        write(chat, text, files=files)
    assert (chat.messages.count(), stored_files(own_files)) == (0, [])


def test_what_fails_leaves_no_file(chat, write, own_files, monkeypatch):
    other = factories.make_message(chat)
    monkeypatch.setattr("inbox.actions.sending.uuid7", lambda: other.pk)
    with pytest.raises(Exception, match="messages_pkey"):
        write(chat, "", files=[png()])
    assert stored_files(own_files) == []


@pytest.mark.parametrize(
    ("platform", "ago", "may"),
    [("WHATSAPP", WINDOW, False), ("FACEBOOK", timedelta(days=2), True), ("FACEBOOK", timedelta(days=8), False)],
)
def test_the_policy_is_asked(in_acme, write, platform, ago, may):
    chat = open_chat(platform)
    write_long_ago(chat, ago)
    if may:
        assert write(chat).status == Status.QUEUED
    else:
        with pytest.raises(Refused) as refusal:
            write(chat)
        assert refusal.value.hint
        assert chat.messages.count() == 0


def test_a_template_goes_outside_the_window(in_acme, write, meta):
    chat = open_chat("WHATSAPP")
    write_long_ago(chat, timedelta(days=30))
    write(chat, "", template={"name": "hello", "language": "en", "components": []})
    send_chat(chat.pk)
    assert meta.taken[0]["template"]["name"] == "hello"


def test_automation_may_not_answer_after_a_day(chat, write):
    write_long_ago(chat, timedelta(days=2))
    with pytest.raises(Refused, match="24 hours"):
        write(chat, by=None, sender="BOT")


@pytest.mark.parametrize("name", ["vi", "bo"])
def test_who_only_reads_or_does_not_see_the_chat_cannot_answer(chat, write, in_acme, name, request):
    agent = factories.agent_of(request.getfixturevalue(name), in_acme)
    connection.set_tenant(in_acme)
    factories.seeing_own_chats_alone(agent)
    with pytest.raises(NotAllowed):
        write(chat, by=agent)
    assert chat.messages.count() == 0


def test_an_agent_answers_in_their_own_chat(chat, write, in_acme, bo):
    chat.assigned_to = factories.agent_of(bo, in_acme)
    chat.save()
    assert write(chat, by=chat.assigned_to).author == chat.assigned_to


def test_a_quote_names_the_message_by_meta_s_id(chat, write, meta):
    question = factories.make_message(chat, external_id="m_question")
    write(chat, "Yes", reply_to=question)
    send_chat(chat.pk)
    assert meta.taken[0]["reply_to"] == {"mid": "m_question"}


def test_ids_go_up_whatever_the_clock_does():
    ahead = uuid.UUID(int=(2**47 << 80) | (7 << 76) | (2 << 62))
    ids = ids_after(ahead)
    made = [next(ids) for _ in range(50)]
    assert made == sorted({*made})
    assert made[0] > ahead


# What an agent decides.


def decide(action, message, ana, in_acme):
    done = action(message, by=factories.agent_of(ana, in_acme), workspace=in_acme)
    message.refresh_from_db()
    return done, message.status


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (resending.retry_message, Status.FAILED, Status.QUEUED),
        (resending.send_again, Status.UNCONFIRMED, Status.QUEUED),
        (resending.confirm_arrival, Status.UNCONFIRMED, Status.SENT),
        (resending.cancel_message, Status.QUEUED, Status.FAILED),
    ],
)
def test_a_decision_changes_it_once(chat, write, ana, in_acme, action, before, after):
    message = write(chat)
    Message.objects.filter(pk=message.pk).update(status=before, error="because", attempts=3)
    assert decide(action, message, ana, in_acme) == (True, after)
    assert decide(action, message, ana, in_acme) == (False, after)
    assert UserActivity.objects.filter(activity_type="message.settled", user=ana).count() == 1


@pytest.mark.parametrize("action", [resending.retry_message, resending.send_again, resending.confirm_arrival])
@pytest.mark.parametrize("status", [Status.QUEUED, Status.SENDING, Status.SENT, Status.READ])
def test_a_decision_does_nothing_to_what_is_not_in_question(chat, write, ana, in_acme, action, status):
    message = write(chat)
    Message.objects.filter(pk=message.pk).update(status=status)
    assert decide(action, message, ana, in_acme) == (False, status)


def test_what_is_tried_again_goes_before_what_was_written_later(chat, write, ana, in_acme, meta):
    meta.replies = [answers.BAD_PARAMETER]
    first = write(chat, "one")
    send_chat(chat.pk)
    write(chat, "two")
    decide(resending.retry_message, first, ana, in_acme)
    send_chat(chat.pk)
    assert meta.texts == ["one", "one", "two"]


def test_what_was_withdrawn_never_goes(chat, write, ana, in_acme, meta):
    message = write(chat, "one")
    write(chat, "two")
    decide(resending.cancel_message, message, ana, in_acme)
    send_chat(chat.pk)
    assert meta.texts == ["two"]
    assert message.error.startswith("Withdrawn by Ana")


# Statuses.


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        *((early, late, late) for n, early in enumerate(statuses.FORWARDS) for late in statuses.FORWARDS[n:]),
        *((late, early, late) for n, early in enumerate(statuses.FORWARDS) for late in statuses.FORWARDS[n:]),
        (Status.SENT, Status.FAILED, Status.FAILED),
        (Status.FAILED, Status.SENT, Status.FAILED),
        (Status.UNCONFIRMED, Status.FAILED, Status.FAILED),
        (Status.DELIVERED, Status.FAILED, Status.DELIVERED),
        (Status.FAILED, Status.DELIVERED, Status.DELIVERED),
        (Status.FAILED, Status.READ, Status.READ),
    ],
)
def test_a_status_never_goes_back(before, after, stands):
    assert statuses.later_of(before, after) == stands


def test_a_message_that_was_read_was_delivered(chat):
    at = timezone.now()
    message = factories.make_message(chat, direction="OUT", status=Status.FAILED, error="no")
    assert set(statuses.advance(message, Status.READ, at)) == {
        "status",
        "delivered_at",
        "read_at",
        "error",
        "error_code",
    }
    assert statuses.advance(message, Status.DELIVERED, at + timedelta(seconds=1)) == []
    assert (message.status, message.read_at, message.error) == (Status.READ, at, "")


# Reading, typing, reacting.


def test_reading_a_chat_tells_the_customer_once(chat, ana, in_acme, meta):
    Chat.objects.filter(pk=chat.pk).update(unread_count=3)
    by = factories.agent_of(ana, in_acme)
    assert seen.mark_seen(chat, by=by) is True
    assert seen.mark_seen(chat, by=by) is False
    chat.refresh_from_db()
    assert chat.unread_count == 0
    seen.tell_seen(chat.pk)
    assert meta.taken[0]["sender_action"] == "mark_seen"


def test_typing_is_shown(chat, meta):
    seen.tell_typing(chat.pk, True)
    seen.tell_typing(chat.pk, False)
    assert [body["sender_action"] for body in meta.taken] == ["typing_on", "typing_off"]


def test_a_reaction_is_ours_and_can_be_taken_back(chat, ana, in_acme, meta):
    message, by = factories.make_message(chat), factories.agent_of(ana, in_acme)
    seen.react(message, "👍", by=by)
    seen.tell_reaction(message.pk, "👍")
    seen.react(message, "", by=by)
    # The first one came late: it must not undo the second.
    seen.tell_reaction(message.pk, "👍")
    seen.tell_reaction(message.pk, "")
    assert [body["sender_action"] for body in meta.taken] == ["react", "unreact"]
    message.refresh_from_db()
    assert message.reactions["us"]["emoji"] == ""


def test_a_reaction_that_meta_refused_says_so(chat, ana, in_acme, meta):
    meta.replies = [answers.BAD_PARAMETER]
    message = factories.make_message(chat)
    seen.react(message, "👍", by=factories.agent_of(ana, in_acme))
    seen.tell_reaction(message.pk, "👍")
    message.refresh_from_db()
    assert message.reactions["us"]["error"]


# The command.


def run(*args):
    out = StringIO()
    call_command("send", *args, stdout=out)
    return out.getvalue().split()


def test_the_command_sends_into_the_chat_where_a_customer_wrote_last(chat):
    open_chat(last_incoming_at=timezone.now() - timedelta(hours=1))
    [message_id] = run("acme", "latest", "Hello from here")
    message = Message.objects.get(pk=message_id)
    assert (message.chat, message.text, message.author.user.email) == (chat, "Hello from here", "ana@cast.example")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere", "latest", "Hi"], "no workspace nowhere"),
        (["acme", "17", "Hi"], "no chat's id"),
        (["acme", str(uuid.uuid4()), "Hi"], "no such chat"),
        (["acme", "latest", ""], "Write something"),
        (["acme", "latest", "Hi", "--as", "cy@cast.example"], "works here"),
        (["acme", "latest", "Hi", "--as", "vi@cast.example"], "does not allow"),
        (["acme", "latest", "--file", "/nowhere/a.png"], "No such file"),
    ],
)
def test_the_command_refuses_in_one_line(chat, args, said):
    with pytest.raises(CommandError, match=said) as refusal:
        run(*args)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)


def test_the_command_follows_what_becomes_of_it(chat, meta, monkeypatch):
    monkeypatch.setattr("inbox.management.commands.send.time.sleep", lambda seconds: send_chat(chat.pk))
    meta.replies = [answers.BAD_PARAMETER]
    out = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("send", "acme", str(chat.pk), "Hello", "--wait", stdout=out)
    assert failure.value.returncode == 1
    assert [line.split()[0] for line in out.getvalue().splitlines()[1:]] == ["QUEUED", "FAILED"]
