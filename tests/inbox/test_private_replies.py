"""A private answer to a comment: one, and its chat is the person's own as soon as Meta names them."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.actions.outbox import send_chat
from inbox.actions.private_replies import reply_privately
from inbox.models import Chat, Contact, Identity, Message
from tests.inbox.test_sending_sandbox import ACCOUNTS, meta, sandbox  # noqa: F401
from tests.webhooks import SECRET, connect, deliver, echo, page, text
from workspaces.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def messenger(acme, in_acme, settings):
    settings.META_APP_SECRET = SECRET
    platform, external_id, token, metadata = ACCOUNTS["page"]
    return connect(acme, platform, external_id=external_id, access_token=token, metadata=metadata)


@pytest.fixture
def answer(messenger, bo, agent_of, acme):
    agent = agent_of(bo, acme)

    def answer(comment_id="55_901", words="It costs 20.", *, age=timedelta(hours=1), client_id=None):
        return reply_privately(
            messenger,
            comment_id,
            comment_at=timezone.now() - age,
            name="Rosa T.",
            text=words,
            by=agent,
            client_id=client_id or uuid.uuid4(),
        )

    return answer


def echo_of(messenger, message):
    return page(messenger, echo(messenger, message.text, mid="m_private", metadata=f"sb:{message.pk}"))


def test_it_goes_out_to_the_comment(meta, messenger, answer, settings):  # noqa: F811
    from pages.sandbox import world

    settings.META_APP_SECRET = world.APP_SECRET
    comment = meta.act("comments", "rosa", world.ACME_PAGE, text="How much?")["id"]
    message = answer(comment)
    send_chat(message.chat_id)
    message.refresh_from_db()
    assert (message.status, message.error) == ("SENT", "")
    assert [entry["text"] for entry in meta.record("accepted")] == ["It costs 20."]


@pytest.mark.parametrize("known_before", [False, True])
@pytest.mark.parametrize("answered_first", [False, True])
def test_its_echo_names_the_person(known_before, answered_first, messenger, answer):
    if known_before:
        deliver(page(messenger, text(messenger, "I wrote before", customer="7001")))
    message = answer()
    if answered_first:
        Message.objects.filter(pk=message.pk).update(status="SENT", external_id="m_private")
    deliver(echo_of(messenger, message))
    message.refresh_from_db()
    assert (message.status, message.external_id) == ("SENT", "m_private")
    chat = Chat.objects.get()
    assert (chat.identity.external_id, message.chat) == ("7001", chat)
    assert chat.last_outgoing_at is not None
    assert Identity.objects.count() == Contact.objects.filter(merged_into=None).count() == 1


def test_a_comment_has_one_private_answer(messenger, answer):
    first = uuid.uuid4()
    message = answer(client_id=first)
    assert answer(client_id=first) == message
    with pytest.raises(Refused, match="Meta allows one"):
        answer()
    deliver(echo_of(messenger, message))
    with pytest.raises(Refused, match="Meta allows one"):
        answer()
    Message.objects.update(status="FAILED")
    assert answer(words="Again").status == "QUEUED"


def test_a_comment_older_than_a_week_is_answered_in_public(messenger, answer):
    with pytest.raises(Refused, match="seven days"):
        answer(age=timedelta(days=7))
    assert Message.objects.count() == Chat.objects.count() == 0
