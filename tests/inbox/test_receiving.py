"""What customers write: one contact, one chat, each message once, whatever Meta repeats and in whatever order."""

import itertools
from datetime import timedelta

import pytest
from django_tenants.utils import schema_context

from inbox.models import Attachment, Chat, Contact, Identity, Message
from pages.models import WebhookEvent
from pages.webhooks.digesting import digest_deliveries
from tests.factories import make_message
from tests.webhooks import (
    SECRET,
    START,
    connect,
    deliver,
    echo,
    item,
    milliseconds,
    page,
    text,
    whatsapp,
    whatsapp_text,
)
from workspaces.models import Delivery


@pytest.fixture(autouse=True)
def platform_app(settings):
    settings.META_APP_SECRET = SECRET


@pytest.fixture
def messenger(acme):
    return connect(acme)


@pytest.fixture
def number(acme):
    return connect(acme, "WHATSAPP", metadata={"waba_id": "3100", "display_phone_number": "+1 555 010 0001"})


@pytest.fixture
def inside(acme):
    with schema_context(acme.schema_name):
        yield


def rows(*fields, **only):
    return sorted(Message.objects.filter(**only).values_list(*fields))


def test_a_first_word_makes_contact_chat_and_message(messenger, inside):
    deliver(page(messenger, text(messenger, "Is the blue one in stock?", mid="m_1", customer="7001", second=5)))

    chat = Chat.objects.select_related("identity__contact", "last_message").get()
    message = Message.objects.get()
    assert (chat.identity.external_id, chat.identity.scope, chat.identity.platform) == (
        "7001",
        messenger.external_id,
        "FACEBOOK",
    )
    assert (message.text, message.direction, message.sender, message.status) == (
        "Is the blue one in stock?",
        "IN",
        "CONTACT",
        "RECEIVED",
    )
    assert message.sent_at == START + timedelta(seconds=5)
    assert (chat.last_message, chat.unread_count, chat.state) == (message, 1, "OPEN")
    assert chat.window_expires_at == message.sent_at + timedelta(hours=24)
    assert chat.identity.profile_state == Identity.Profile.WANTED
    assert message.event.payload["entry"][0]["messaging"][0]["message"]["mid"] == "m_1"
    assert Delivery.objects.count() == 0


def test_a_repetition_changes_nothing(messenger, inside):
    body = page(messenger, text(messenger, mid="m_1"), text(messenger, "Anybody?", mid="m_2", second=1))
    deliver(body)
    before = list(Chat.objects.values()), list(Message.objects.values()), list(WebhookEvent.objects.values())
    deliver(body, body)
    # The same messages in another envelope are no news either.
    deliver(page(messenger, text(messenger, mid="m_1")) | {"extra": "key"})
    assert (list(Chat.objects.values()), list(Message.objects.values())) == before[:2]
    assert Delivery.objects.count() == 0


def test_messages_stand_by_metas_time(messenger, inside):
    late, early = text(messenger, "second", second=10), text(messenger, "first", second=1)
    deliver(page(messenger, late), page(messenger, early))
    assert [message.text for message in Message.objects.in_order()] == ["first", "second"]
    chat = Chat.objects.get()
    assert chat.last_message.text == "second"
    assert (chat.unread_count, chat.last_incoming_at) == (2, START + timedelta(seconds=10))


def test_a_closed_chat_opens_again(messenger, inside):
    deliver(page(messenger, text(messenger)))
    Chat.objects.update(state=Chat.State.CLOSED, unread_count=0)
    deliver(page(messenger, text(messenger, second=60)))
    assert Chat.objects.values_list("state", "unread_count").get() == ("OPEN", 1)


def test_two_workspaces_in_one_delivery(acme, globex, messenger):
    other = connect(globex)
    body = page(messenger, text(messenger, "for acme"))
    body["entry"] += page(other, text(other, "for globex"))["entry"]
    deliver(body)
    for workspace, words in [(acme, "for acme"), (globex, "for globex")]:
        with schema_context(workspace.schema_name):
            assert [message.text for message in Message.objects.all()] == [words]


def test_an_account_that_nobody_connected_waits(acme, messenger, inside):
    stranger = connect(acme)
    body = page(messenger, text(messenger, "known"))
    body["entry"] += page(stranger, text(stranger, "unknown"))["entry"]
    from workspaces.models import ChannelRoute

    ChannelRoute.objects.filter(external_id=stranger.external_id).delete()
    deliver(body)
    assert [message.text for message in Message.objects.all()] == ["known"]
    kept = Delivery.objects.get()
    assert (kept.state, kept.platform, kept.account_id) == ("UNROUTED", "FACEBOOK", stranger.external_id)


def test_an_app_of_another_workspace_speaks_only_for_its_own(acme, globex, messenger, inside):
    import json

    from pages.webhooks.storing import store_delivery

    store_delivery(json.dumps(page(messenger, text(messenger, "forged"))).encode(), globex.pk)
    digest_deliveries()
    assert Message.objects.count() == 0
    assert Delivery.objects.get().state == "UNROUTED"


def test_a_shape_that_nobody_knows_is_kept(messenger, inside):
    deliver(page(messenger, item(messenger, telepathy={"thought": "blue"})))
    event = WebhookEvent.objects.get()
    assert (event.is_known, event.channel) == (False, messenger)
    assert Message.objects.count() == 0


def test_pictures_are_noted_and_fetched_later(messenger, inside):
    files = [
        {"type": "image", "payload": {"url": "https://cdn.example/1.jpg"}},
        {"type": "video", "payload": {"url": "https://cdn.example/2.mp4"}},
    ]
    deliver(page(messenger, item(messenger, message={"mid": "m_1", "attachments": files})))
    found = Attachment.objects.values_list("position", "kind", "state", "remote_url")
    assert sorted(found) == [
        (0, "IMAGE", "WAITING", "https://cdn.example/1.jpg"),
        (1, "VIDEO", "WAITING", "https://cdn.example/2.mp4"),
    ]


def test_what_no_person_can_send_is_kept_as_far_as_a_page_can_show_it(messenger, inside):
    files = [{"type": "image", "payload": {"url": f"https://cdn.example/{n}.jpg"}} for n in range(1000)]
    deliver(
        page(messenger, text(messenger, "x" * 70_000, mid="m_whole"), text(messenger, "y" * 2_000_000, mid="m_cut")),
        page(messenger, item(messenger, second=2, message={"mid": "m_files", "attachments": files})),
        page(messenger, item(messenger, second=9, message_edit={"mid": "m_whole", "text": "z" * 10**6, "num_edit": 1})),
    )
    texts = dict(Message.objects.values_list("external_id", "text"))
    assert texts == {"m_whole": "z" * 70_000 + "…", "m_cut": "y" * 70_000 + "…", "m_files": ""}
    assert Message.objects.get(external_id="m_whole").earlier_texts[0]["text"] == "x" * 70_000
    assert Attachment.objects.count() == 100
    assert "y" * 2_000_000 in str(list(WebhookEvent.objects.values_list("payload")))


def test_an_order_without_end_is_said_to_be_too_large(number, inside):
    line = {"product_retailer_id": "sku", "quantity": 1, "item_price": 1, "currency": "EUR"}
    order = {"catalog_id": "c1", "product_items": [line] * 20_000}
    deliver(whatsapp(number, messages=[whatsapp_text(phone="4915112345678", type="order", order=order)]))
    assert Message.objects.get().payload == {"unsupported": {"kind": "too_large"}}


CHANGES = {
    "message": lambda channel: text(channel, "befor", mid="m_1"),
    "edit": lambda channel: item(channel, second=20, message_edit={"mid": "m_1", "text": "before", "num_edit": 1}),
    "edit again": lambda channel: item(
        channel, second=30, message_edit={"mid": "m_1", "text": "before.", "num_edit": 2}
    ),
    "react": lambda channel: item(
        channel, second=40, reaction={"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"}
    ),
    "unreact": lambda channel: item(channel, second=50, reaction={"mid": "m_1", "action": "unreact"}),
}


@pytest.mark.parametrize("order", list(itertools.permutations(CHANGES)), ids=" > ".join)
def test_changes_in_any_order_end_the_same(order, messenger, inside):
    deliver(*(page(messenger, CHANGES[name](messenger)) for name in order))
    message = Message.objects.get()
    assert message.text == "before."
    assert [version["text"] for version in message.earlier_texts] == ["befor", "before"]
    assert message.reactions["contact"]["emoji"] == ""
    assert not WebhookEvent.objects.waiting_for_message().exists()


def test_edits_without_end_leave_the_first_and_the_latest(messenger, inside):
    edits = [
        item(messenger, second=n, message_edit={"mid": "m_1", "text": f"edit {n}", "num_edit": n}) for n in range(1, 61)
    ]
    deliver(page(messenger, text(messenger, "first", mid="m_1")), page(messenger, *edits))
    message = Message.objects.get()
    kept = [version["text"] for version in message.earlier_texts]
    assert (message.text, kept) == ("edit 60", ["first", *(f"edit {n}" for n in range(40, 60))])


def test_what_is_taken_back_is_gone(acme, inside):
    instagram = connect(acme, "INSTAGRAM")
    words = page(instagram, text(instagram, "my card is 4111", mid="m_1"))
    deliver(words)
    deliver(page(instagram, item(instagram, second=9, message={"mid": "m_1", "is_deleted": True})))
    deliver(words)
    message = Message.objects.get()
    assert (message.text, message.payload, message.deleted_at) == ("", {}, START + timedelta(seconds=9))
    assert "4111" not in str(list(WebhookEvent.objects.values_list("payload")))


@pytest.mark.parametrize("answer_first", [False, True])
def test_a_quote_finds_what_it_quotes(answer_first, messenger, inside):
    question = page(messenger, text(messenger, "Blue or red?", mid="m_1"))
    quoting = {"mid": "m_2", "text": "Blue", "reply_to": {"mid": "m_1"}}
    answer = page(messenger, item(messenger, second=5, message=quoting))
    deliver(*([answer, question] if answer_first else [question, answer]))
    assert Message.objects.get(external_id="m_2").reply_to.external_id == "m_1"


def test_another_tools_answer_is_shown(messenger, inside):
    deliver(page(messenger, text(messenger)))
    deliver(page(messenger, echo(messenger, "We have it", mid="m_e", second=30, app_id=263902037430900)))
    message = Message.objects.get(external_id="m_e")
    assert (message.direction, message.sender, message.status) == ("OUT", "ELSEWHERE", "SENT")
    assert Chat.objects.get().last_outgoing_at == message.sent_at


@pytest.mark.parametrize("status", ["SENDING", "UNCONFIRMED"])
def test_an_echo_settles_what_was_ours(status, messenger, inside):
    deliver(page(messenger, text(messenger)))
    chat = Chat.objects.get()
    ours = make_message(
        chat, direction="OUT", sender="AGENT", status=status, text="Yes", external_id=None, sent_at=START
    )
    deliver(page(messenger, echo(messenger, "Yes", mid="m_ours", second=30, metadata=f"sb:{ours.pk}")))
    ours.refresh_from_db()
    assert (ours.status, ours.external_id, Message.objects.count()) == ("SENT", "m_ours", 2)


def test_read_reaches_back(messenger, inside):
    deliver(page(messenger, text(messenger)))
    deliver(
        page(messenger, item(messenger, second=40, read={"watermark": milliseconds(35)})),
        page(messenger, echo(messenger, "late news of an early answer", mid="m_1", second=30)),
        page(messenger, echo(messenger, "not read yet", mid="m_2", second=36)),
    )
    assert rows("external_id", "status", direction="OUT") == [("m_1", "READ"), ("m_2", "SENT")]


STATUSES = [
    {"status": "sent", "timestamp": str(milliseconds(1) // 1000)},
    {"status": "delivered", "timestamp": str(milliseconds(2) // 1000)},
    {"status": "read", "timestamp": str(milliseconds(3) // 1000)},
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_statuses_never_move_backwards(order, number, inside):
    deliver(whatsapp(number, messages=[whatsapp_text(phone="573001", user_id="CO.1")]))
    ours = make_message(
        Chat.objects.get(), direction="OUT", sender="AGENT", status="UNCONFIRMED", external_id=None, sent_at=START
    )
    about = {"id": "wamid.out", "recipient_id": "573001", "biz_opaque_callback_data": f"sb:{ours.pk}"}
    deliver(*(whatsapp(number, statuses=[about | STATUSES[position]]) for position in order))
    ours.refresh_from_db()
    assert (ours.status, ours.external_id) == ("READ", "wamid.out")
    assert ours.read_at == START + timedelta(seconds=3)


def test_a_failure_that_comes_later_is_told_in_words(number, inside):
    deliver(whatsapp(number, messages=[whatsapp_text(phone="573001")]))
    ours = make_message(
        Chat.objects.get(), direction="OUT", sender="AGENT", status="SENT", external_id="wamid.out", sent_at=START
    )
    trouble = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "Window closed"}}
    about = {"id": "wamid.out", "status": "failed", "timestamp": str(milliseconds(9) // 1000), "errors": [trouble]}
    deliver(whatsapp(number, statuses=[about | {"recipient_id": "573001"}]))
    ours.refresh_from_db()
    assert (ours.status, ours.error_code) == ("FAILED", "131047")
    assert "24" in ours.error


PHONE, BSUID = "573000000001", "CO.1000000000001"
SIGHTINGS = {
    "phone": {"phone": PHONE},
    "id": {"user_id": BSUID},
    "both": {"phone": PHONE, "user_id": BSUID},
}


@pytest.mark.parametrize("order", list(itertools.permutations(SIGHTINGS)), ids=" > ".join)
def test_one_person_is_never_two(order, number, inside):
    for second, name in enumerate(order):
        deliver(whatsapp(number, messages=[whatsapp_text(name, second=second, **SIGHTINGS[name])]))
    identity = Identity.objects.get()
    assert (identity.external_id, identity.phone) == (BSUID, PHONE)
    chat = Chat.objects.get()
    assert (chat.messages.count(), chat.unread_count, chat.last_message.text) == (3, 3, order[-1])
    assert Contact.objects.filter(merged_into=None).count() == 1


def test_a_number_that_changed_hands_is_somebody_else(number, inside):
    deliver(whatsapp(number, messages=[whatsapp_text("old owner", phone=PHONE, user_id="CO.1")]))
    deliver(whatsapp(number, messages=[whatsapp_text("new owner", phone=PHONE, user_id="CO.2", second=9)]))
    assert sorted(Identity.objects.values_list("external_id", "phone")) == [("CO.1", None), ("CO.2", PHONE)]
    assert Contact.objects.count() == 2


def test_a_new_number_is_the_same_person(number, inside):
    deliver(whatsapp(number, messages=[whatsapp_text(phone=PHONE)]))
    notice = {
        "from": PHONE,
        "id": "wamid.s",
        "timestamp": str(milliseconds(9) // 1000),
        "type": "system",
        "system": {"body": "changed", "type": "user_changed_number", "wa_id": "573009"},
    }
    deliver(whatsapp(number, messages=[notice]))
    deliver(whatsapp(number, messages=[whatsapp_text("my new number", phone="573009", second=20)]))
    assert Identity.objects.values_list("phone", flat=True).get() == "573009"
    assert Chat.objects.get().messages.count() == 3


def notice(to, *, second, **person):
    told = {"body": "changed", "type": "user_changed_number", "wa_id": to}
    return whatsapp_text(second=second, **person, type="system", system=told)


def test_what_was_written_before_the_number_changed_and_comes_after_is_the_same_persons(number, inside):
    deliver(whatsapp(number, messages=[whatsapp_text("hello", phone=PHONE, user_id=BSUID)]))
    deliver(whatsapp(number, messages=[notice("573009", second=9, phone=PHONE, user_id=BSUID)]))
    deliver(whatsapp(number, messages=[whatsapp_text("late", phone=PHONE, user_id=BSUID, second=5)]))
    deliver(whatsapp(number, messages=[whatsapp_text("late too", phone=PHONE, second=6)]))
    identity = Identity.objects.get()
    assert (identity.external_id, identity.phone) == (BSUID, "573009")
    assert Chat.objects.get().messages.count() == 4


def test_a_number_left_behind_is_free_for_another(number, inside):
    deliver(whatsapp(number, messages=[whatsapp_text("hello", phone=PHONE)]))
    deliver(whatsapp(number, messages=[notice("573009", second=9, phone=PHONE)]))
    deliver(whatsapp(number, messages=[whatsapp_text("I am new here", phone=PHONE, second=20)]))
    deliver(whatsapp(number, messages=[whatsapp_text("late", phone="573009", second=21)]))
    assert sorted(Identity.objects.values_list("phone", flat=True)) == sorted([PHONE, "573009"])
    assert sorted(chat.messages.count() for chat in Chat.objects.all()) == [1, 3]


def test_numbers_changed_twice_and_told_in_the_wrong_order_are_one_persons(number, inside):
    deliver(whatsapp(number, messages=[notice("573010", second=9, phone="573009")]))
    deliver(whatsapp(number, messages=[notice("573009", second=5, phone=PHONE)]))
    deliver(whatsapp(number, messages=[whatsapp_text("the oldest", phone=PHONE, second=1)]))
    assert Identity.objects.values_list("phone", flat=True).get() == "573010"
    assert Chat.objects.get().messages.count() == 3


def test_a_new_number_that_another_had_is_taken_from_them(number, inside):
    deliver(whatsapp(number, messages=[whatsapp_text("mine", phone=PHONE, user_id="CO.1")]))
    deliver(whatsapp(number, messages=[whatsapp_text("another", phone="573009", user_id="CO.2")]))
    moved = {"wa_id": "573009", "user_id": "CO.1", "type": "user_changed_number", "body": "changed"}
    told = whatsapp_text(phone=PHONE, user_id="CO.1", second=9, type="system", system=moved)
    deliver(whatsapp(number, messages=[told]))
    assert sorted(Identity.objects.values_list("external_id", "phone")) == [("CO.1", "573009"), ("CO.2", None)]
    assert Delivery.objects.count() == 0
