"""What a blocked person writes is kept, but opens nothing and counts for nothing."""

from datetime import timedelta

import pytest
from django_tenants.utils import schema_context

from inbox.actions.people import People
from inbox.models import Chat, ChatEvent, Contact, Message
from pages.webhooks.events import Person
from tests.webhooks import SECRET, START, connect, deliver, page, text


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def messenger(acme):
    return connect(acme)


@pytest.fixture
def inside(acme):
    with schema_context(acme.schema_name):
        yield


def write(channel, words, mid, customer="7001", second=5):
    deliver(page(channel, text(channel, words, mid=mid, customer=customer, second=second)))


@pytest.mark.parametrize("state", [Chat.State.OPEN, Chat.State.CLOSED, Chat.State.SNOOZED])
def test_kept_but_quiet(messenger, inside, state):
    write(messenger, "Hello", "m_1")
    Contact.objects.update(blocked=True)
    Chat.objects.update(state=state, unread_count=0, waiting_since=None)
    write(messenger, "Hello?", "m_2", second=9)

    chat = Chat.objects.select_related("last_message").get()
    assert (chat.state, chat.unread_count, chat.incoming_count, chat.waiting_since) == (state, 0, 1, None)
    assert chat.last_message.text == "Hello?"
    assert Message.objects.count() == 2
    assert not ChatEvent.objects.exists()


def test_on_another_page_no_open_chat_begins(messenger, inside, acme):
    write(messenger, "Hello", "m_1")
    Contact.objects.update(blocked=True)
    Chat.objects.all().delete()
    write(messenger, "Hello?", "m_2", second=9)
    assert Chat.objects.get().state == Chat.State.CLOSED


def test_unblocked_they_are_heard_again(messenger, inside):
    write(messenger, "Hello", "m_1")
    Contact.objects.update(blocked=True)
    Chat.objects.update(state=Chat.State.CLOSED)
    write(messenger, "Hello?", "m_2", second=9)
    Contact.objects.update(blocked=False)
    write(messenger, "Please", "m_3", second=12)
    chat = Chat.objects.get()
    assert (chat.state, chat.incoming_count) == (Chat.State.OPEN, 2)


@pytest.mark.parametrize(("given", "shown"), [(None, "Kim Kowalska"), ("Our Kim", "Our Kim")])
def test_a_new_name_on_whatsapp_is_followed_but_an_agents_stays(inside, acme, given, shown):
    number = connect(acme, "WHATSAPP", metadata={"waba_id": "3100", "display_phone_number": "+1 555 010 0001"})
    with schema_context(acme.schema_name):
        people = People(number, [(Person(phone="491511", name="Kim"), START)])
        if given:
            Contact.objects.update(display_name=given)
        People(number, [(Person(phone="491511", name="Kim Kowalska"), START + timedelta(hours=1))])
        assert len(people.new) == 1
        assert Contact.objects.get().display_name == shown
