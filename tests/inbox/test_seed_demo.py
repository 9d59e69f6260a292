"""The demo on top of what is there: it adds what is missing, and Meta's refusal is no obstacle."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import Count, F
from django.utils import timezone
from django_tenants.utils import schema_context

from agents.models import Agent
from inbox.models import Attachment, Chat, Identity, Mention, Message, ScheduledMessage
from pages.models import Channel
from pages.sandbox import world
from pages.sandbox.server import Sandbox
from workspaces.models import Platform


@pytest.fixture
def meta(settings):
    with Sandbox() as sandbox:
        settings.GRAPH_URL = sandbox.url
        settings.META_HOSTS = dict.fromkeys(settings.META_HOSTS, sandbox.url)
        settings.META_APP_ID, settings.META_APP_SECRET = world.APP_ID, world.APP_SECRET
        settings.INSTAGRAM_APP_ID = world.INSTAGRAM_APP_ID
        settings.INSTAGRAM_APP_SECRET = world.INSTAGRAM_APP_SECRET
        yield sandbox


def connected(workspace):
    with schema_context(workspace.schema_name):
        return set(Channel.objects.values_list("external_id", flat=True))


def test_tokens_that_have_ended_stop_nothing_and_are_asked_again(acme, globex, meta):
    meta.post("tokens/all", broken=463)
    call_command("seed_demo")
    assert (connected(acme), connected(globex)) == (set(), set())

    meta.post("tokens/all", broken=0)
    call_command("seed_demo")
    numbers = {world.ACME_NUMBER, world.ACME_RETURNS_NUMBER}
    instagram = {world.ACME_INSTAGRAM, world.ACME_STUDIO_INSTAGRAM}
    assert connected(acme) == {world.ACME_PAGE, *numbers, *instagram}
    assert connected(globex) == {world.GLOBEX_PAGE, world.GLOBEX_NUMBER}

    meta.post("tokens/all", broken=463)
    asked = len(meta.record("refused"))
    call_command("seed_demo")
    assert len(meta.record("refused")) == asked


@pytest.fixture
def seeded(acme, globex, meta):
    call_command("seed_demo")
    with schema_context(acme.schema_name):
        yield meta


def said_in(chat):
    return sorted((m for m in chat.messages.all() if not m.is_private), key=lambda m: (m.sent_at, m.pk))


def test_each_chat_says_what_its_messages_say(seeded):
    chats = Chat.objects.select_related("identity__contact").prefetch_related("messages")
    assert chats.count() >= 275
    for chat in chats:
        said = said_in(chat)
        came = [m for m in said if m.direction == "IN"]
        sent = [m for m in said if m.direction == "OUT"]
        answered = max((m.sent_at for m in sent if m.sender in {"AGENT", "ELSEWHERE"}), default=None)
        heard = [m.sent_at for m in came if m.type != "SYSTEM"]
        assert (chat.last_message_id, chat.last_message_at) == (said[-1].pk, said[-1].sent_at)
        assert chat.last_incoming_at == max((m.sent_at for m in came), default=None)
        assert chat.last_outgoing_at == max((m.sent_at for m in sent), default=None)
        assert chat.answered_at == answered
        assert chat.window_expires_at == max(heard) + timedelta(hours=24)
        assert chat.created_at == min(m.sent_at for m in chat.messages.all())
        if chat.identity.contact.blocked:
            assert (chat.state, chat.incoming_count) == ("CLOSED", 1)
            continue
        assert chat.waiting_since == min(
            (m.sent_at for m in came if not answered or m.sent_at > answered), default=None
        )
        assert chat.incoming_count == len(came)
        assert (chat.snoozed_until is None) or chat.state == "SNOOZED"


def test_who_has_read_what_fits_the_messages(seeded):
    viewers = set(Agent.objects.filter(role="VIEWER").values_list("pk", flat=True))
    for chat in Chat.objects.prefetch_related("messages", "reads"):
        came = [m.sent_at for m in said_in(chat) if m.direction == "IN"]
        reads = list(chat.reads.all())
        for read in reads:
            assert 0 <= read.incoming_seen <= chat.incoming_count
            if read.incoming_seen == chat.incoming_count:
                assert read.seen_until == chat.last_message_at
            else:
                assert sum(at <= read.seen_until for at in came) == read.incoming_seen
        seen = max((read.incoming_seen for read in reads if read.agent_id not in viewers), default=0)
        assert chat.unread_count == chat.incoming_count - seen


def test_nothing_of_it_leaves_or_is_fetched(seeded):
    soon = timezone.now() + timedelta(days=30)
    assert not Message.objects.filter(status="QUEUED").exclude(not_before__gt=soon).exists()
    assert not Message.objects.filter(status="SENDING").exclude(lease_until__gt=soon).exists()
    assert not Attachment.objects.due().exists()
    assert not Identity.objects.profile_due().exists()
    assert not ScheduledMessage.objects.due().exists()
    assert seeded.record("sent") == []


def test_every_screen_has_something_to_show(seeded):
    assert set(Message.objects.values_list("type", flat=True)) == set(Message.Type.values)
    assert set(Message.objects.values_list("status", flat=True)) == set(Message.Status.values)
    assert set(Message.objects.values_list("sender", flat=True)) == set(Message.Sender.values)
    assert set(Chat.objects.values_list("state", "platform")) >= {
        (state, platform) for state in ("OPEN", "CLOSED") for platform in Platform.values
    }
    assert Chat.objects.filter(channel__platform=F("platform")).count() == Chat.objects.count()
    assert Chat.objects.annotate(size=Count("messages")).filter(size__gte=400).exists()
    for name in ("sam@acme.example", "bo@acme.example"):
        assert Mention.objects.unseen().filter(agent__user__email=name).exists()


def test_it_is_done_once(seeded):
    before = Chat.objects.count(), Message.objects.count(), len(list(seeded.get("customers")))
    call_command("seed_demo")
    assert (Chat.objects.count(), Message.objects.count(), len(list(seeded.get("customers")))) == before


def test_its_customers_are_there_to_be_answered(seeded):
    open_now = Chat.objects.filter(window_expires_at__gt=timezone.now(), identity__contact__blocked=False)
    threads = {(thread["account"], thread["sender_id"]) for thread in seeded.get("threads")}
    wanted = set(open_now.values_list("channel__external_id", "identity__external_id"))
    assert len(wanted) > 40
    assert wanted <= threads
